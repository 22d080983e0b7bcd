"""`mainstem backfill`: events of before, from files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option
from mainstem.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.load.backfill import BackfillReport, Format, Rejection

_FORMATS = ("ndjson", "parquet", "csv", "segment", "rudderstack")


@click.command("backfill")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--source", "source_id", required=True, metavar="ID", help="Whose events they are.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(_FORMATS),
    help="What the files hold; by their names where it is left out.",
)
@click.option("--dry-run", is_flag=True, help="Read and judge every event, and write none.")
@click.option(
    "--skip-loaded",
    is_flag=True,
    help="Ask the tables, and leave out events that were loaded longer ago than [load] dedupe_days.",
)
@click.option("--restart", is_flag=True, help="Begin anew, not where an earlier run of these files ended.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@project_option
def command(
    files: tuple[Path, ...],
    source_id: str,
    kind: Format | None,
    dry_run: bool,
    skip_loaded: bool,
    restart: bool,
    as_json: bool,
    project_dir: Path,
) -> None:
    """Bring the events in FILES into the log, as if their source had sent them then.

    They keep their times and message ids, go through the privacy rules and tracking plan of the source, and
    are loaded with all others. One that was stopped goes on where it was when it is called again. Formats:
    JSON lines, Parquet, CSV; the archives of Segment (gzip JSON lines) and of RudderStack (of an object
    storage destination, or the server's backups).
    """
    import time

    from mainstem.assemble.backfill import BackfillOptions, backfill_project

    options = BackfillOptions(files, source_id, kind, dry_run, skip_loaded, restart)
    started = time.monotonic()
    with Progress("reading events") as progress:
        report = backfill_project(project_dir, options, lambda seen: progress.say(f"{seen:,}"))
    seconds = time.monotonic() - started
    click.echo(_json(report) if as_json else _text(report, dry_run, seconds))


def _json(report: BackfillReport) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()


def _text(report: BackfillReport, dry_run: bool, seconds: float) -> str:
    would = "would be " if dry_run else ""
    noun = "event" if report.accepted == 1 else "events"
    lines = [f"{report.accepted:,} {noun} {would}accepted in {seconds:.1f} s"]
    if report.went_on:
        lines[0] += ", going on where an earlier run ended"
    if report.loaded:
        lines.append(f"{report.loaded:,} left out, they are in the tables already")
    if report.repeated:
        lines.append(f"{report.repeated:,} left out, the earlier run had written them")
    lines += _rejections(report.held, f"{would}quarantined (see `mainstem quarantine list`)")
    lines += _rejections(report.dropped, f"{would}dropped, as the source's rules want it")
    lines += _rejections(report.unreadable, "no events: they stand in the file alone")
    lines.append("nothing was written (--dry-run)" if dry_run else "the loader takes it from here")
    return "\n".join(lines)


def _rejections(found: Sequence[Rejection], what: str) -> list[str]:
    if not found:
        return []
    lines = [f"{sum(one.count for one in found):,} {what}"]
    for one in found:
        lines.append(f"  {one.count:,}  {one.reason}")
        lines += [f"      {place}" for place in one.examples]
    return lines
