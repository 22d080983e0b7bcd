"""`mainstem tracking`: check plans, see what is sent, write plans and code from plans."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mainstem.cli.options import project_option
from mainstem.cli.tracking_lines import counted, review_lines, seen_lines
from mainstem.errors import TrackingPlanError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.assemble.project import Project
    from mainstem.events import Source

_out = click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write, not stdout."
)


@click.group("tracking")
def command() -> None:
    """Check tracking plans, see what is sent, write plans and code."""


@command.command()
@click.argument("plans", metavar="[PLAN]...", nargs=-1)
@project_option
@click.option(
    "--against-log",
    type=click.IntRange(min=1),
    metavar="N",
    help="Say how the last N events of each source would fare under its plan.",
)
@click.pass_context
def check(context: click.Context, plans: tuple[str, ...], project_dir: Path, against_log: int | None) -> None:
    """Check plans: names in the project or files; all of the project without any.

    Every mistake is told, by file and line; the status is then 2. Violations that --against-log finds are a
    report and change no status.
    """
    from mainstem.assemble.tracking import plan_file, plan_names
    from mainstem.tracking.read import read_plan

    project = None if plans and all(map(_is_file, plans)) else _open(project_dir)
    files = [Path(plan) if _is_file(plan) else _named(project, plan) for plan in plans]
    if not plans and project is not None:
        files = [plan_file(project, name) for name in plan_names(project)]
    broken = False
    for file in files:
        try:
            plan = read_plan(file)
        except TrackingPlanError as e:
            click.echo(f"mainstem: {e}", err=True)
            broken = True
        else:
            click.echo(f"{file}: version {plan.version}, {counted(len(plan.events), 'event')}, no mistakes")
    if not files:
        click.echo("there are no tracking plans; `mainstem tracking infer` writes one from what was sent")
    if broken:
        context.exit(TrackingPlanError.exit_code)
    if against_log is not None:
        _check_against_log(_open(project_dir), set(plans), against_log)


@command.command()
@project_option
@click.option("--source", "source_id", help="Id of one source; all without it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def seen(project_dir: Path, source_id: str | None, as_json: bool) -> None:
    """Show the catalogue: events and properties that watched sources sent, their types and counts.

    Gateways write it twice a minute. A `+` stands before what is in no plan.
    """
    import msgspec

    from mainstem.tracking.catalogue_files import event_lines, read_catalogue

    catalogues = read_catalogue(_open(project_dir).data_dir)
    if source_id is not None:
        if source_id not in catalogues:
            known = ", ".join(catalogues) or "none yet"
            raise UsageError(f"nothing was seen of source {source_id!r}; in the catalogue are: {known}")
        catalogues = {source_id: catalogues[source_id]}
    if as_json:
        told = {name: event_lines(catalogue) for name, catalogue in catalogues.items()}
        click.echo(msgspec.json.encode(told).decode())
        return
    if not catalogues:
        click.echo(
            "nothing was seen yet: sources with a tracking plan are watched, and those in tracking.watch"
        )
    for catalogue in catalogues.values():
        for line in seen_lines(catalogue):
            click.echo(line)


@command.command()
@project_option
@click.option("--source", "source_id", required=True, help="Id of the source to look at.")
@click.option("--last", type=click.IntRange(min=1), default=100_000, show_default=True, metavar="N",
              help="Events of the log to look at.")  # fmt: skip
@_out
def infer(project_dir: Path, source_id: str, last: int, output: Path | None) -> None:
    """Write a plan from what a source has sent: every event that was looked at is valid under it.

    Types and what was always there come from the last events of the log; what only the catalogue remembers
    is added as optional. Read it before you use it: it says what is, not what should be.
    """
    from mainstem.tracking.catalogue_files import read_catalogue
    from mainstem.tracking.infer import Inference
    from mainstem.tracking.write import plan_text

    project = _open(project_dir)
    source = _source(project, source_id)
    inference = Inference()
    for event, _ in _last_events(project, source.id, last):
        inference.see(event)
    plan = inference.plan(
        output.stem if output else source.id, read_catalogue(project.data_dir).get(source.id)
    )
    if not plan.events:
        raise UsageError(f"source {source.id!r} has sent no event that a plan could hold")
    comment = f"Written from {counted(inference.seen, 'event')} of source {source.id}; it is yours to edit."
    _write(plan_text(plan, comment), output)
    if inference.skipped:
        click.echo(
            f"{counted(inference.skipped, 'event')} could not be listed; the plan allows them", err=True
        )


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@_out
def import_(file: Path, output: Path | None) -> None:
    """Turn the JSON of a RudderStack or Segment tracking plan into a plan file.

    What has no counterpart is told on stderr and left out.
    """
    from mainstem.tracking.foreign import import_plan
    from mainstem.tracking.read import parse_plan
    from mainstem.tracking.write import plan_text

    imported = import_plan(_text_of(file), output.stem if output else file.stem, file)
    text = plan_text(imported.plan, f"Imported from {file.name}")
    parse_plan(text, output or file.with_suffix(".yml"))
    _write(text, output)
    for note in imported.notes:
        click.echo(f"mainstem: {note}", err=True)


@command.command()
@click.argument("plan")
@project_option
@click.option("--language", type=click.Choice(["python", "typescript"]), required=True, help="Of the code.")
@_out
def codegen(plan: str, project_dir: Path, language: str, output: Path | None) -> None:
    """Write typed functions, one an event, over RudderStack's or Segment's SDKs. PLAN is a name or a file."""
    from mainstem.tracking.codegen import generate
    from mainstem.tracking.read import read_plan

    file = Path(plan) if _is_file(plan) else _named(_open(project_dir), plan)
    _write(generate(read_plan(file), language), output)


@command.command()
def schema() -> None:
    """Print the JSON Schema of plan files, for editors."""
    import msgspec

    from mainstem.tracking.schema import file_schema

    click.echo(msgspec.json.format(msgspec.json.encode(file_schema()), indent=2).decode())


def _check_against_log(project: Project, only: set[str], number: int) -> None:
    from mainstem.assemble.tracking import budgets, plan_of, tracking_settings
    from mainstem.tracking import TrackingStep
    from mainstem.tracking.review import Review

    settings = tracking_settings(project)
    sources = [s for s in project.sources() if s.tracking_plan and (not only or s.tracking_plan in only)]
    for source in sources:
        plan = plan_of(project, source)
        review = Review(TrackingStep(source.id, plan, budgets(settings, plan), settings.over_budget))
        for event, received_at in _last_events(project, source.id, number):
            review.see(event, received_at)
        for line in review_lines(source, plan, review):
            click.echo(line)
    if not sources:
        click.echo('no source names such a plan; write tracking_plan = "NAME" under its [[sources]]')


def _last_events(project: Project, source_id: str, number: int) -> Iterator[tuple[dict[str, Any], str]]:
    """The last events of a source that the log holds, with the type that the path gave, in order."""
    from collections import deque

    import msgspec

    from mainstem.events import decode_received
    from mainstem.log import open_reader

    kept: deque[Any] = deque(maxlen=number)
    log = open_reader(project.data_dir, "events")
    for partition in log.partitions():
        offset, end = log.start(partition), log.end(partition)
        while offset < end:
            batch = log.read(partition, offset, 4 * 1024 * 1024)
            kept.extend(record for _, record in batch.records if source_id.encode() in record)
            offset = batch.next_offset
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    for payload in kept:
        try:
            record = decode_received(payload)
            event = decode(record.event)
        except (msgspec.MsgspecError, RecursionError):
            continue  # what is no event is the loader's to tell of
        if record.source_id == source_id:
            yield ({**event, "type": record.type} if record.type else event), record.received_at


def _source(project: Project, source_id: str) -> Source:
    known = {source.id: source for source in project.sources()}
    if source_id not in known:
        raise UsageError(f"there is no source {source_id!r}; the project has: {', '.join(known) or 'none'}")
    return known[source_id]


def _open(project_dir: Path) -> Project:
    from mainstem.assemble.project import open_project

    return open_project(project_dir)


def _is_file(plan: str) -> bool:
    return plan.endswith((".yml", ".yaml"))


def _named(project: Project | None, name: str) -> Path:
    from mainstem.assemble.tracking import plan_file, plan_names

    if project is None or not plan_file(project, name).is_file():
        known = ", ".join(plan_names(project)) if project else ""
        raise UsageError(f"there is no tracking plan {name!r}; the project has: {known or 'none'}")
    return plan_file(project, name)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise UsageError(f"cannot read {file}: {e}") from e


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    except OSError as e:
        raise UsageError(f"cannot write {output}: {e.strerror}") from e
    click.echo(f"wrote {output}", err=True)
