"""`mainstem plan`: the manifest of what is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mainstem.assemble.plan import Plan
    from mainstem.manifest import Dag, Task


@click.command("plan")
@click.argument("dag_id", metavar="[DAG]", required=False)
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print the manifest: what the runner and Airflow read.")
@click.option("--check", "only_check", is_flag=True, help="Only say whether anything is wrong.")
@click.option(
    "--schema",
    type=click.Choice(["manifest", "dag"]),
    is_flag=False,
    flag_value="manifest",
    help="Print the JSON Schema of the manifest, or of a file in `dags/`, for editors.",
)
def command(
    project_dir: Path, dag_id: str | None, as_json: bool, only_check: bool, schema: str | None
) -> None:
    """Show what is run, and when: DAGs that Mainstem's stages offer, and the project's own, in `dags/`.

    With DAG, show its tasks. It needs no database and nothing that runs. Ends with status 2 when something is
    wrong, and says what and where.
    """
    if sum((as_json, only_check, schema is not None, dag_id is not None)) > 1:
        raise click.UsageError("--json, --check, --schema and DAG cannot be given together")
    if schema == "dag":
        from mainstem.orchestrate.dag_file_schema import dag_file_schema_text

        click.echo(dag_file_schema_text(), nl=False)
        return
    if schema == "manifest":
        from mainstem.manifest.schema import schema_text

        click.echo(schema_text(), nl=False)
        return
    from mainstem.assemble.plan import make_plan
    from mainstem.manifest import digest, pretty

    plan = make_plan(project_dir)
    for warning in plan.warnings:
        click.echo(f"warning: {warning}", err=True)
    if as_json:
        click.echo(pretty(plan.manifest))
    elif only_check:
        tasks = sum(len(dag.tasks) for dag in plan.manifest.dags)
        click.echo(f"{len(plan.manifest.dags)} DAGs, {tasks} tasks; digest {digest(plan.manifest)}")
    elif dag_id is None:
        click.echo("\n".join(_overview(plan)))
    else:
        click.echo("\n".join(_tasks(plan, dag_id)))


def _overview(plan: Plan) -> Iterator[str]:
    rows = [("DAG", "SCHEDULE", "NEXT RUN", "TASKS", "WRITTEN IN")]
    rows += [
        (dag.dag_id, _schedule(dag), _next_run(dag), str(len(dag.tasks)), _origin(plan, dag))
        for dag in plan.manifest.dags
    ]
    yield from _columns(rows)
    if plan.left_out:
        yield ""
        yield "offered, and not run ([orchestrate.dags.<DAG>] enabled = true runs it):"
        yield from _columns([(f"  {left.dag_id}", left.why) for left in plan.left_out])


def _tasks(plan: Plan, dag_id: str) -> Iterator[str]:
    from mainstem.errors import UsageError

    dags = {dag.dag_id: dag for dag in plan.manifest.dags}
    if dag_id not in dags:
        raise UsageError(f"there is no DAG {dag_id!r} (valid: {', '.join(dags)})")
    dag = dags[dag_id]
    yield f"{dag.dag_id}: {dag.description or 'no description'}"
    yield f"{_schedule(dag)}; {_origin(plan, dag)}"
    yield ""
    rows = [("TASK", "AFTER", "TRIES", "POOL", "RUNS")]
    rows += [
        (task.task_id, ", ".join(task.depends_on), str(task.retries + 1), task.pool, _command(task))
        for task in dag.tasks
    ]
    yield from _columns(rows)


def _origin(plan: Plan, dag: Dag) -> str:
    """Files as they are called from here."""
    from pathlib import Path

    return str(plan.origins[dag.dag_id]).replace(f"{Path.cwd()}/", "")


def _command(task: Task) -> str:
    import shlex

    where = f" in {task.image}" if task.image else ""
    return shlex.join(task.argv) + where


def _schedule(dag: Dag) -> str:
    from mainstem.manifest import AssetSchedule, CronSchedule

    match dag.schedule:
        case CronSchedule(expression, timezone):
            return f"{expression} {timezone}"
        case AssetSchedule(assets, match_):
            return f"on {' and '.join(assets)}" if match_ == "all" else f"on {' or '.join(assets)}"
        case _:
            return "by hand"


def _next_run(dag: Dag) -> str:
    """By the clock alone: whether it is paused, or behind, only the records know."""
    from datetime import UTC, datetime

    from mainstem.manifest import CronSchedule
    from mainstem.orchestrate.decisions.timetable import ticks_ahead

    if not isinstance(dag.schedule, CronSchedule):
        return ""
    if dag.is_paused_upon_creation:
        return "paused at first"
    now = datetime.now(UTC)
    ahead = [tick for tick in ticks_ahead(dag, None, now, now, 2) if tick > now]
    return f"{ahead[0].astimezone(UTC):%Y-%m-%d %H:%M} UTC" if ahead else "never"


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
