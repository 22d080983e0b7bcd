"""`mainstem quarantine`: events held back, listed, shown, mended by rules and replayed, or dismissed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mainstem.cli.moment import Moment
from mainstem.cli.options import project_option
from mainstem.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from mainstem.assemble.quarantine import Quarantine
    from mainstem.replay import HeldEvent, Selection, Stage

CommandT = TypeVar("CommandT", bound="Callable[..., Any]")

_ROWS = 20

_data_dir = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder that `mainstem collect` was given, where it is not the project's.",
)
_json = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")


def _selecting(command: CommandT) -> CommandT:
    """Adds the options that say which events are meant."""
    for option in reversed(
        (
            click.option("--source", metavar="ID", help="Only events of this source."),
            click.option("--reason", metavar="TEXT", help="Only events whose reason holds TEXT."),
            click.option("--since", type=Moment(), help="Only what came since: a day, a time, or 24h, 7d."),
            click.option(
                "--stage", type=click.Choice(["gateway", "loader"]), help="Only what this one held back."
            ),
        )
    ):
        command = option(command)
    return command


@click.group("quarantine")
def command() -> None:
    """Look at events that were held back, and send them on their way.

    The gateway holds back what is no event or breaks a tracking plan, the loader what becomes no row. Nothing
    is lost: an event stays here until it is replayed or dismissed.
    """


@command.command("list")
@_selecting
@click.option(
    "--rows", type=click.IntRange(0), help=f"Newest events to list, {_ROWS} by default; with --json all."
)
@_json
@project_option
@_data_dir
def list_(
    source: str | None,
    reason: str | None,
    since: datetime | None,
    stage: Stage | None,
    rows: int | None,
    as_json: bool,
    project_dir: Path,
    data_dir: Path | None,
) -> None:
    """List open events: how many for which reason, and the newest of them."""
    import msgspec

    from mainstem.assemble.quarantine import open_quarantine
    from mainstem.cli.quarantine_output import echo_groups, echo_table, held_json, row
    from mainstem.replay import Selection, summary_of

    with open_quarantine(project_dir, data_dir) as quarantine:
        most = rows if as_json or rows is not None else _ROWS
        held = quarantine.held(Selection(source=source, reason=reason, since=since, stage=stage))
        summary = summary_of(held, most)
        groups, newest = summary.groups(), summary.newest()
        if as_json:
            shown = [held_json(one) for one in newest]
            found = {"groups": groups, "rows": shown, "notes": quarantine.notes}
            sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
            return
        _tell_notes(quarantine)
        if not groups:
            is_all = all(one is None for one in (source, reason, since, stage))
            click.echo("nothing is held back" if is_all else "nothing of that is held back")
            return
        echo_groups(groups)
        if newest:
            click.echo()
            echo_table([("id", "received", "source", "event", "reason"), *map(row, newest)])
        if summary.count > len(newest) > 0:
            click.echo(f"… and {summary.count - len(newest)} more; --rows N shows more")


@command.command("show")
@click.argument("held_id", metavar="ID")
@project_option
@_data_dir
def show(held_id: str, project_dir: Path, data_dir: Path | None) -> None:
    """Show one event: why it was held back, what was done about it, and the event itself."""
    from mainstem.assemble.quarantine import open_quarantine
    from mainstem.cli.quarantine_output import pretty, printable

    with open_quarantine(project_dir, data_dir) as quarantine:
        held = quarantine.find(held_id)
        done = quarantine.history(held_id)
    facts = {
        "id": held.id,
        "held by": held.stage,
        "received": held.received_at,
        "source": held.source_id,
        "from": held.request_ip,
        "reason": held.reason,
    }
    if done is not None:
        facts["then"] = f"{done.action} at {done.at}"
        facts |= {"because": done.reason or "", "mended by": done.rule or "", "as": done.message_id or ""}
    for name, value in facts.items():
        if value:
            click.echo(f"{name:<10} {printable(value)}")
    click.echo()
    click.echo(pretty(held.event))


@command.command("replay")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@_selecting
@click.option("--all", "is_all", is_flag=True, help="Every open event.")
@click.option(
    "--rule",
    "rule_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Mend by the rules of this file, and not by those in the project's folder quarantine/.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@_json
@project_option
@_data_dir
def replay(
    ids: tuple[str, ...],
    source: str | None,
    reason: str | None,
    since: datetime | None,
    stage: Stage | None,
    is_all: bool,
    rule_file: Path | None,
    dry_run: bool,
    as_json: bool,
    project_dir: Path,
    data_dir: Path | None,
) -> None:
    """Mend events by rules and send them on their way, as if they came now.

    Each keeps its source and its times. It goes through the checks and rules of its source again: what is
    still not accepted stays, with its new reason. Run again after a kill, it repeats nothing in the tables.
    """
    from mainstem.assemble.quarantine import open_quarantine
    from mainstem.cli.quarantine_output import Report

    selection = _selection(ids, source, reason, since, stage, is_all)
    with open_quarantine(project_dir, data_dir) as quarantine:
        rules = quarantine.rules(rule_file)
        held = _chosen(quarantine, selection)
        report = Report(as_json, dry_run)
        if dry_run:
            for decision in quarantine.preview(held, rules):
                report.tell(decision)
        else:
            quarantine.replay(held, rules, report.tell)
        _tell_notes(quarantine)
        report.end()


@command.command("dismiss")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@_selecting
@click.option("--all", "is_all", is_flag=True, help="Every open event.")
@project_option
@_data_dir
def dismiss(
    ids: tuple[str, ...],
    source: str | None,
    reason: str | None,
    since: datetime | None,
    stage: Stage | None,
    is_all: bool,
    project_dir: Path,
    data_dir: Path | None,
) -> None:
    """Close events without sending them. They are listed no more, and `show` still finds them."""
    from mainstem.assemble.quarantine import open_quarantine

    selection = _selection(ids, source, reason, since, stage, is_all)
    with open_quarantine(project_dir, data_dir) as quarantine:
        count = quarantine.dismiss(_chosen(quarantine, selection))
        _tell_notes(quarantine)
        click.echo(f"{count} event{'' if count == 1 else 's'} dismissed")


def _selection(
    ids: tuple[str, ...],
    source: str | None,
    reason: str | None,
    since: datetime | None,
    stage: Stage | None,
    is_all: bool,
) -> Selection:
    from mainstem.replay import Selection, parse_id

    if not (ids or source or reason or since or stage or is_all):
        raise UsageError("say which events: ids, --source, --reason, --since, --stage, or --all")
    for one in ids:
        parse_id(one)
    return Selection(frozenset(ids), source, reason, since, stage)


def _chosen(quarantine: Quarantine, selection: Selection) -> Iterable[HeldEvent]:
    """Those that are named, or one after the other as they are read. Raises UsageError for an id that is not
    open."""
    if not selection.ids:
        return quarantine.held(selection)
    held = list(quarantine.held(selection))
    missing = sorted(selection.ids - {one.id for one in held})
    if missing:
        _tell_notes(quarantine)
        raise UsageError(f"not in quarantine, or closed already: {', '.join(missing)}")
    return held


def _tell_notes(quarantine: Quarantine) -> None:
    for note in quarantine.notes:
        click.echo(f"mainstem: {note}", err=True)
