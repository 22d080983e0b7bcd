"""`mainstem lookml`: check a LookML project, and show the SQL a query becomes."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mainstem.cli.lookml_test import command as test
from mainstem.cli.options import project_option
from mainstem.cli.request_options import context_from, request_from, request_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.errors import LookmlProblem
    from mainstem.semantics import Reading

_WATCH_SECONDS = 0.5
_COUNTED = ("files", "models", "views", "explores", "joins", "dashboards")


@click.group("lookml")
def command() -> None:
    """Check LookML and show the SQL it becomes."""


@command.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until interrupted.")
@click.option(
    "--warehouse",
    is_flag=True,
    help="Check tables and columns in the project's warehouse as well, and which tables dbt tests.",
)
@project_option
@click.pass_context
def validate(
    context: click.Context, folder: Path, as_json: bool, watch: bool, warehouse: bool, project_dir: Path
) -> None:
    """Read every LookML file under DIR and report what is wrong, by file and line.

    Exits 1 when there are errors; warnings leave it at 0.
    """
    against = project_dir if warehouse else None
    errors = _validate(folder, as_json, against)
    if watch:
        _watch(folder, lambda: _validate(folder, as_json, against))
    context.exit(1 if errors else 0)


def _validate(folder: Path, as_json: bool, against: Path | None) -> int:
    """How many errors there are, after they were printed."""
    # Deferred: the LookML and YAML parsers take 0.1 s to import, which help should not pay.
    from mainstem.semantics import read_project

    reading = read_project(folder)
    if against is not None:
        from mainstem.assemble.lookml import check_against

        errors, warnings = check_against(against, reading)
        reading = replace(reading, errors=(*reading.errors, *errors), warnings=(*reading.warnings, *warnings))
    report = _report(reading)
    click.echo(_json(report) if as_json else _text(folder, reading, report))
    return len(reading.errors)


def _watch(folder: Path, check: Callable[[], int]) -> None:
    """Call `check` whenever a LookML file was written, made or taken away."""
    from mainstem.assemble.watch import FileWatch
    from mainstem.semantics.files import lookml_files

    watch, seen = FileWatch(), lookml_files(folder)
    watch.changed(folder / file for file in seen)
    while True:
        time.sleep(_WATCH_SECONDS)
        before, seen = seen, lookml_files(folder)
        if watch.changed(folder / file for file in seen) or seen != before:
            click.echo("")
            check()


command.add_command(test)


@command.command("scaffold")
@click.argument("models", nargs=-1, metavar="[DBT_MODEL]…")
@click.option("--model", "-m", default="scaffold", show_default=True, help="Name of the LookML model.")
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path), help="Where to write; printed when left out."
)
@project_option
def scaffold_command(models: tuple[str, ...], model: str, out: Path | None, project_dir: Path) -> None:
    """Write LookML for dbt models: a view each, with keys, types and sums; explores that join them.

    Columns come from dbt and the warehouse, keys from unique tests, joins from relationships tests. A file
    that is there already is never written over.
    """
    from mainstem.assemble.lookml import scaffold_from

    files = scaffold_from(project_dir, models, model)
    if out is None:
        for name, text in files.items():
            click.echo(f"# {name}\n{text}")
        return
    standing = [name for name in files if (out / name).exists()]
    if standing:
        raise click.UsageError(f"{out} has {', '.join(standing)} already; nothing was written")
    for name, text in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
        click.echo(str(out / name))


@command.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@request_options
@click.option(
    "--dialect",
    default="duckdb",
    show_default=True,
    help="bigquery, duckdb, postgres, redshift or snowflake.",
)
def sql(
    folder: Path, dialect: str, user_attributes: tuple[str, ...], query: str | None, **asked: Any
) -> None:
    """Print the SQL of one query on the LookML under DIR; no warehouse is needed.

    Errors elsewhere in the project do not stand in the way.
    """
    from datetime import UTC, datetime

    from mainstem.errors import QueryError
    from mainstem.query import compile_request
    from mainstem.query.queries import beginning_with
    from mainstem.semantics import read_project

    context = context_from(user_attributes, datetime.now(UTC).replace(tzinfo=None))
    reading = read_project(folder)
    try:
        request = request_from(**asked, named=query is not None)
        request = beginning_with(reading.project, request, query) if query else request
        compiled = compile_request(reading.project, request, dialect, context)
    except QueryError as e:
        if not reading.errors:
            raise
        number = _count(len(reading.errors), "errors")
        raise QueryError(
            f"{e}\nthis project has {number}, which may be why: mainstem lookml validate {folder}"
        ) from e
    for warning in compiled.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(compiled.sql, nl=False)
    for companion in compiled.companions:
        click.echo(f"\n-- {companion.kind.replace('_', ' ')}\n{companion.sql}", nl=False)


def _report(reading: Reading) -> dict[str, Any]:
    models = reading.project.models.values()
    explores = [explore for model in models for explore in model.explores.values()]
    return {
        "files": len(reading.project.files),
        "models": len(models),
        "views": len({view.origin for model in models for view in model.views.values()}),
        "explores": len(explores),
        "joins": sum(len(explore.joins) for explore in explores),
        "dashboards": len(reading.project.dashboards),
        "errors": [_problem(problem) for problem in reading.errors],
        "warnings": [_problem(problem) for problem in reading.warnings],
        "without_effect": dict(sorted(reading.without_effect.items())),
    }


def _problem(problem: LookmlProblem) -> dict[str, Any]:
    return {"file": problem.where.file.as_posix(), "line": problem.where.line, "message": problem.message}


def _json(report: dict[str, Any]) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()


def _text(folder: Path, reading: Reading, report: dict[str, Any]) -> str:
    lines = [f"{folder}/{problem}" for problem in reading.errors]
    lines += [f"{folder}/{problem.where}: warning: {problem.message}" for problem in reading.warnings]
    counts = ", ".join(_count(report[name], name) for name in _COUNTED)
    found = f"{_count(len(reading.errors), 'errors')}, {_count(len(reading.warnings), 'warnings')}"
    return "\n".join([*lines, f"{counts}: {found}"])


def _count(number: int, plural: str) -> str:
    return f"{number} {plural.removesuffix('s') if number == 1 else plural}"
