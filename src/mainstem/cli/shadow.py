"""`mainstem shadow`: run beside an existing RudderStack or Segment, and compare what both made of it."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from mainstem.cli.moment import Moment
from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from mainstem.shadow import SourceStatus


@click.group("shadow")
def command() -> None:
    """Run beside an existing data plane, and compare the warehouses before you cut over.

    A source with a `shadow_url` has every request also forwarded there, unchanged.
    """


@command.command("run")
@project_option
@click.option("--once", is_flag=True, help="Forward what is kept now, then exit.")
def run(project_dir: Path, once: bool) -> None:
    """Forward the requests of shadowed sources.

    `mainstem up` starts it once a source has a `shadow_url`. Each request is sent until the other side takes
    it or refuses it for good; after a kill some are sent again, with the same message ids. It runs until
    SIGTERM or Ctrl-C.
    """
    from mainstem.assemble.forwarding import run_shadow

    run_shadow(project_dir, once)


@command.command("status")
@project_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a source and line.")
def status(project_dir: Path, as_json: bool) -> None:
    """Say for each shadowed source how many requests were forwarded, wait, were refused or skipped."""
    import msgspec

    from mainstem.assemble.forwarding import is_forwarding, shadow_status

    found = shadow_status(project_dir)
    if not is_forwarding(project_dir):
        click.echo(
            "mainstem: nothing forwards now: start `mainstem up`, or `mainstem shadow run` beside it",
            err=True,
        )
    if as_json:
        for one in found:
            sys.stdout.buffer.write(msgspec.json.encode(one) + b"\n")
        return
    for one in found:
        click.echo(_text(one))


@command.command("report")
@click.option(
    "--against",
    required=True,
    metavar="PLACE",
    help="What the other side filled: a Postgres URL, best as a reference (env:NAME, file:PATH); a DuckDB "
    "file; or a folder of Parquet, a file or a folder for each table.",
)
@click.option("--schema", metavar="NAME", help="Their schema; by default named as ours.")
@click.option("--source", metavar="ID", help="The source to compare; needed where several are shadowed.")
@click.option("--since", type=Moment(), help="From here on: a day, a time, or 24h, 7d for so long ago.")
@click.option("--until", type=Moment(), help="Up to here.")
@click.option(
    "--edge",
    type=click.FloatRange(0),
    default=15.0,
    show_default=True,
    help="Minutes left out at both ends of what both sides hold, where --since or --until does not say.",
)
@click.option("--table", "tables", multiple=True, metavar="T", help="Only this table; may be repeated.")
@click.option(
    "--ignore", "ignored", multiple=True, metavar="C", help="Do not compare this column; may be repeated."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
@project_option
def report(
    against: str,
    schema: str | None,
    source: str | None,
    since: datetime | None,
    until: datetime | None,
    edge: float,
    tables: tuple[str, ...],
    ignored: tuple[str, ...],
    as_json: bool,
    project_dir: Path,
) -> None:
    """Compare our tables, row by row, with a warehouse that the other side filled.

    Rows are matched by id. What must differ is left out (docs/shadow.md lists it). Ends with status 0 when
    the tables are the same, else with 1.
    """
    import msgspec

    from mainstem.assemble.comparing import Asked, compare
    from mainstem.operate.shadow_report import report_text

    found = compare(
        project_dir,
        Asked(against, schema, source, since, until, timedelta(minutes=edge), tables, ignored),
    )
    if as_json:
        whole = {**msgspec.structs.asdict(found), "differences": found.differences, "is_same": found.is_same}
        sys.stdout.buffer.write(msgspec.json.encode(whole) + b"\n")
    else:
        click.echo(report_text(found), nl=False)
    if not found.is_same:
        sys.exit(1)


def _text(one: SourceStatus) -> str:
    refused = sum(one.refused.values())
    by_status = ", ".join(f"{count} with {status}" for status, count in sorted(one.refused.items()))
    waited = "" if one.lag_seconds is None else f", the first for {timedelta(seconds=round(one.lag_seconds))}"
    lines = [
        f"{one.source_id} → {one.url}",
        f"  forwarded  {one.forwarded}"
        + (f", the last arrived {one.last_forwarded_at}" if one.last_forwarded_at else ""),
        f"  waiting    {one.waiting}{waited}",
        f"  refused    {refused}" + (f" ({by_status})" if refused else ""),
        f"  skipped    {one.skipped}",
    ]
    return "\n".join(lines)
