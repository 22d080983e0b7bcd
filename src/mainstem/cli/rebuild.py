"""`mainstem rebuild`: event tables, made anew from the log of accepted events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.moment import Moment
from mainstem.cli.options import project_option
from mainstem.cli.progress import Progress

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from mainstem.load.rebuild import RebuildReport


@click.command("rebuild")
@project_option
@click.option("--from", "begin", type=Moment(), help="Only rows received at or after it.")
@click.option("--to", "end", type=Moment(), help="Only rows received before it.")
@click.option("--source", "sources", multiple=True, metavar="ID", help="Only tables of this source.")
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Only tables of this name.")
@click.option("--dry-run", is_flag=True, help="Make the tables, say what would change, and change nothing.")
@click.option("--lose-rows", is_flag=True, help="Go on though rows stand whose events the log no longer has.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    project_dir: Path,
    begin: datetime | None,
    end: datetime | None,
    sources: tuple[str, ...],
    tables: tuple[str, ...],
    dry_run: bool,
    lose_rows: bool,
    as_json: bool,
) -> None:
    """Make event tables anew from the log and its archive.

    Readers see the old tables until the new ones take their place, all at once. It may run beside
    everything else: the loader waits a moment at the end. Moments are 2026-01-31, 2026-01-31T12:00, or 7d
    for so long ago. Nothing is changed where rows stand that the log would not make again.
    """
    from mainstem.assemble.rebuild import rebuild_project
    from mainstem.load.rebuild import Scope

    if begin is not None and end is not None and begin >= end:
        raise click.UsageError(f"--from {begin:%Y-%m-%d %H:%M} is not before --to {end:%Y-%m-%d %H:%M}")
    scope = Scope(begin, end, frozenset(sources) or None, frozenset(tables) or None)
    with Progress("reading the log") as progress:
        report = rebuild_project(project_dir, scope, progress.tell, dry_run=dry_run, lose_rows=lose_rows)
    click.echo(_json(report) if as_json else _text(report, dry_run))


def _json(report: RebuildReport) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()


def _text(report: RebuildReport, dry_run: bool) -> str:
    lines = [
        f"{report.records:,} events read in {report.seconds:.1f} s, {report.duplicates:,} of them repeated"
        + (f", {report.rejected:,} become no rows now" if report.rejected else "")
    ]
    lines += [
        f"the oldest events of {partition} are no longer kept: set [log] archive to keep them"
        for partition in report.begins_late
    ]
    width = max((len(one.table) for one in report.tables), default=0)
    would = "would differ" if dry_run else "changed"
    for one in report.tables:
        what = f"{one.changed:,} {would}" if one.changed else "equal"
        retyped = f"; made anew for the type of {', '.join(one.recreated)}" if one.recreated else ""
        lines.append(
            f"  {one.table:<{width}}  {one.rows_before:>12,} rows → {one.rows:>12,}  {what}{retyped}"
        )
    for lost in report.missing:
        did = "would be lost" if dry_run else "were lost"
        lines.append(f"  {lost.table}: {lost.rows:,} rows {did}, no event in the log makes them")
    if not report.tables:
        lines.append("no tables in this scope")
    lines.append("nothing was changed (--dry-run)" if dry_run else "the new tables are in place")
    return "\n".join(lines)
