"""`mainstem dags`: what runs when, what did not run, and what is paused or filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from mainstem.cli.moment import MomentOrDay, begin_of, end_of
from mainstem.cli.options import project_option, system_user

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from mainstem.web.orchestration import Reprocess

_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, an object a line.")


@click.group("dags")
def command() -> None:
    """See DAGs as the runner knows them; pause them, fill in what was missed."""


@command.command("list")
@project_option
@_json_option
@click.pass_context
def list_dags(context: click.Context, project_dir: Path, as_json: bool) -> None:
    """Every DAG, what is wrong first. Ends with 1 when something did not run, or files do not check."""
    from mainstem.assemble.runs import open_runs
    from mainstem.cli import run_output as output
    from mainstem.web.orchestration.overview import dag_rows, failure_words
    from mainstem.web.orchestration.words import schedule_words

    with open_runs(project_dir, "dags") as desk:
        reading = desk.reading
        rows = dag_rows(
            reading.dags(),
            reading.recent_runs(5),
            reading.runners(),
            desk.now(),
            lambda run: failure_words(output.instances_of(desk, run)),
        )
        for row in rows:
            known, last = row.known, row.last
            if as_json:
                about = {
                    "dag_id": row.dag_id,
                    "standing": row.standing,
                    "problem": row.problem,
                    "is_paused": known.is_paused,
                    "schedule": known.dag.schedule,
                    "next_run": known.next_run,
                    "last_run": last,
                }
                click.echo(output.as_json(about))
                continue
            state = "paused" if known.is_paused else row.standing
            following = "-" if known.is_paused else output.at_words(known.next_run)
            click.echo(f"{state:<8} {row.dag_id:<30} next {following:<20} {schedule_words(known.dag)}")
            if row.problem:
                click.echo(f"         {row.problem}")
        if not rows and not as_json:
            click.echo("no DAGs yet: the runner writes them down when it begins (`mainstem up`)")
        if refused := reading.refused():
            click.echo(f"DAGs as they are written do not check, those of before go on:\n{refused}", err=True)
        if refused or any(row.standing == "overdue" for row in rows):
            context.exit(1)


@command.command("pause")
@click.argument("dag_ids", metavar="DAG...", nargs=-1, required=True)
@project_option
def pause(project_dir: Path, dag_ids: tuple[str, ...]) -> None:
    """Let nothing of them start by itself; what runs goes on."""
    _switch(project_dir, dag_ids, is_paused=True)


@command.command("unpause")
@click.argument("dag_ids", metavar="DAG...", nargs=-1, required=True)
@project_option
def unpause(project_dir: Path, dag_ids: tuple[str, ...]) -> None:
    """Let them run by their schedules again."""
    _switch(project_dir, dag_ids, is_paused=False)


def _switch(project_dir: Path, dag_ids: tuple[str, ...], *, is_paused: bool) -> None:
    from mainstem.assemble.runs import open_runs
    from mainstem.cli import run_output as output

    with open_runs(project_dir, "dags") as desk:
        for dag_id in dag_ids:
            output.known_dag(desk, dag_id)
        for dag_id in dag_ids:
            desk.asking.pause(dag_id, is_paused, system_user())
            click.echo(f"{dag_id}: {'paused' if is_paused else 'runs by its schedule'}")


@command.command("next")
@click.argument("dag_id", metavar="DAG")
@project_option
@click.option("--count", type=click.IntRange(1, 1000), default=5, show_default=True, help="How many.")
@_json_option
def next_runs(project_dir: Path, dag_id: str, count: int, as_json: bool) -> None:
    """When it runs next: on its schedule's clock, and in UTC."""
    from mainstem.assemble.runs import open_runs
    from mainstem.cli import run_output as output
    from mainstem.web.orchestration.words import clock_words, zone_of

    with open_runs(project_dir, "dags") as desk:
        known = output.known_dag(desk, dag_id)
        ticks = desk.reading.next_ticks(dag_id, count)
        for tick in ticks:
            click.echo(output.as_json(tick) if as_json else clock_words(tick, zone_of(known.dag)))
        if not ticks and not as_json:
            click.echo("nobody knows before: it has no schedule of ticks")
        if known.is_paused:
            click.echo(f"{dag_id} is paused", err=True)


@command.command("backfill")
@click.argument("dag_id", metavar="DAG")
@click.argument("from_date", metavar="FROM", type=MomentOrDay())
@click.argument("to_date", metavar="TO", type=MomentOrDay())
@project_option
@click.option(
    "--reprocess",
    type=click.Choice(["none", "failed", "completed"]),
    default="none",
    show_default=True,
    help="Of ticks that have been run already, run again: none, those that failed, all.",
)
@click.option("--backward", is_flag=True, help="The newest first.")
@click.option("--dry-run", is_flag=True, help="Only say what would be run.")
@_json_option
def backfill(
    project_dir: Path,
    dag_id: str,
    from_date: date,
    to_date: date,
    reprocess: Reprocess,
    backward: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Run every tick of its schedule from FROM to TO that has passed, both included.

    Days such as 2026-01-31 are whole days on the clock of its schedule; 2026-01-31T12:00 is UTC, where no
    zone is named.
    """
    from mainstem.assemble.runs import open_runs
    from mainstem.cli import run_output as output
    from mainstem.web.orchestration import Backfilling
    from mainstem.web.orchestration.words import zone_of

    with open_runs(project_dir, "dags") as desk:
        zone = ZoneInfo(zone_of(output.known_dag(desk, dag_id).dag))
        wanted = Backfilling(
            dag_id, begin_of(from_date, zone), end_of(to_date, zone), reprocess, backward=backward
        )
        asking = desk.asking
        ticks = asking.would_backfill(wanted) if dry_run else asking.backfill(wanted, system_user())
        for tick in ticks:
            click.echo(
                output.as_json({"logical_date": tick.logical_date, "action": tick.action})
                if as_json
                else f"{output.at_words(tick.logical_date)}  {tick.action.replace('_', ' ')}"
            )
