"""`mainstem queries`: who asked the warehouse what, and what it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mainstem.cli.options import project_option

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.store.queries import KeptRun

_SHOWN_SQL = 60


@click.command("queries")
@project_option
@click.option("--slowest", is_flag=True, help="The slowest first, not the newest.")
@click.option("--user", help="Only of this login.")
@click.option("--dashboard", help="Only of this dashboard.")
@click.option("--explore", metavar="MODEL.EXPLORE", help="Only of this explore.")
@click.option("--failed", is_flag=True, help="Only those that failed.")
@click.option("--days", type=click.IntRange(min=1), default=7, show_default=True, help="How far back.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="Most lines.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object a query, a line each, with its SQL."
)
def command(
    project_dir: Path,
    slowest: bool,
    user: str | None,
    dashboard: str | None,
    explore: str | None,
    failed: bool,
    days: int,
    limit: int,
    as_json: bool,
) -> None:
    """Show queries that pages, commands and dbt builds ran: when, who, from where, seconds, rows, bytes."""
    from datetime import UTC, datetime, timedelta

    import msgspec

    from mainstem.assemble.query_log import open_query_runs
    from mainstem.store.queries import RunFilter

    since = datetime.now(UTC) - timedelta(days=days)
    wanted = RunFilter(since, user, dashboard, explore, failed=failed)
    with open_query_runs(project_dir) as runs:
        found = runs.slowest(limit, wanted) if slowest else runs.newest(limit, wanted)
    for run in found:
        click.echo(msgspec.json.encode(run).decode() if as_json else _line(run))
    if not found and not as_json:
        click.echo(f"no query like that was noted in the past {days} days")


def _line(run: KeptRun) -> str:
    subject = run.dashboard and f"{run.dashboard}/{run.tile}"
    subject = subject or (f"{run.model}.{run.explore}" if run.explore else run.model) or run.page
    outcome = "FAILED" if run.error else (f"{run.rows} rows" if run.rows is not None else "-")
    said = run.error or run.sql or "(SQL not kept)"
    said = " ".join(said.split())
    shown = said if len(said) <= _SHOWN_SQL else f"{said[:_SHOWN_SQL]}…"
    return (
        f"{run.at:%Y-%m-%d %H:%M:%S}  {run.seconds:9.3f} s  {outcome:>12}  {run.via:<12} "
        f"{run.login or 'nobody':<20} {subject:<30} {shown}"
    )
