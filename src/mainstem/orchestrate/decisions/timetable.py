"""When a DAG's next run is due, by its cron schedule: Airflow's CronTriggerTimetable.

Promise: a run for every tick from start to end date with catch-up; without, of those that were missed only
the newest. The logical date is the tick. It creates no run and reads no clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.manifest import CronSchedule, DagRun, TaskInstance
from mainstem.orchestrate.decisions.cron import Ticks
from mainstem.orchestrate.decisions.run_names import run_id
from mainstem.orchestrate.decisions.steps import AddRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.manifest import Dag, RunType

LEAST_GRACE = timedelta(minutes=5)
ACTIVE_RUNS = ("queued", "running")
"""States of runs that take a place among `max_active_runs`."""


def next_tick(dag: Dag, last: datetime | None, since: datetime, now: datetime) -> datetime | None:
    """The tick of the next run: due when it is not after `now`. None: there will be none.

    `last` is the newest logical date of its scheduled and backfill runs. `since` is when the DAG was first
    seen, or last unpaused: it counts for one that has no start date and never ran. Its first tick is the next
    one, or the one just past, when no longer ago than a tenth of the time between ticks, or five minutes.
    """
    if not isinstance(dag.schedule, CronSchedule):
        return None
    tick = _next(Ticks(dag.schedule), dag, last, since, now)
    if tick is None or (dag.end_date is not None and tick > dag.end_date):
        return None
    return tick


def _next(ticks: Ticks, dag: Dag, last: datetime | None, since: datetime, now: datetime) -> datetime | None:
    if last is not None:
        first = ticks.after(last)
    elif dag.start_date is not None:
        first = ticks.at_or_after(dag.start_date)
    else:
        first = _first_without_start(ticks, since)
    if dag.catchup:
        return first
    # A start date that was moved counts for a DAG that ran before, as in Airflow, unless it catches up.
    start = None if dag.start_date is None else ticks.at_or_after(dag.start_date)
    candidates = [tick for tick in (first, start, ticks.at_or_before(now)) if tick is not None]
    return max(candidates) if first is not None else None


def _first_without_start(ticks: Ticks, since: datetime) -> datetime | None:
    past, following = ticks.at_or_before(since), ticks.at_or_after(since)
    if past is None or following is None:
        return following
    grace = max((following - past) / 10, LEAST_GRACE)
    return past if since - past <= grace else following


def ticks_ahead(
    dag: Dag, last: datetime | None, since: datetime, now: datetime, count: int
) -> list[datetime]:
    """The next `count` ticks, for people: as if every run were made in time."""
    if not isinstance(dag.schedule, CronSchedule):
        return []
    ticks, found = Ticks(dag.schedule), list[datetime]()
    tick = next_tick(dag, last, since, now)
    while tick is not None and len(found) < count and (dag.end_date is None or tick <= dag.end_date):
        found.append(tick)
        tick = ticks.after(tick)
    return found


def scheduled_runs(
    dag: Dag, runs: Sequence[DagRun], last: datetime | None, since: datetime, now: datetime, manifest: str
) -> tuple[AddRun, ...]:
    """The runs that are due, oldest first: no more than `max_active_runs` leaves room for.

    `runs` holds at least those of the DAG that are queued or running; backfills do not count. `manifest` is
    the digest of the manifest that the DAG stands in. A paused DAG is not asked for.
    """
    room = dag.max_active_runs - sum(run.state in ACTIVE_RUNS and run.run_type != "backfill" for run in runs)
    added: list[AddRun] = []
    while len(added) < room:
        tick = next_tick(dag, last, since, now)
        if tick is None or tick > now:
            break
        added.append(new_run(dag, "scheduled", tick, tick, now, manifest, "scheduler"))
        last = tick
    return tuple(added)


def new_run(
    dag: Dag,
    run_type: RunType,
    logical_date: datetime,
    run_after: datetime,
    now: datetime,
    manifest: str,
    triggered_by: str,
) -> AddRun:
    """Queued, with an instance of each of its tasks."""
    run = DagRun(
        dag_id=dag.dag_id,
        run_id=run_id(run_type, run_after),
        run_type=run_type,
        state="queued",
        logical_date=logical_date,
        data_interval_start=logical_date,
        data_interval_end=logical_date,
        queued_at=now,
        manifest=manifest,
        triggered_by=triggered_by,
    )
    return AddRun(run, instances_of(dag, run.run_id))


def manual_run(
    dag: Dag, now: datetime, manifest: str, triggered_by: str, logical_date: datetime | None = None
) -> AddRun:
    """Somebody asked: its logical date is that moment, or the one asked for; its name is of that moment.

    It waits for its place, but is made at once.
    """
    return new_run(dag, "manual", logical_date or now, now, now, manifest, triggered_by)


def instances_of(dag: Dag, run: str) -> tuple[TaskInstance, ...]:
    """Of every task, with nothing decided yet."""
    return tuple(
        TaskInstance(dag.dag_id, run, task.task_id, max_tries=task.retries + 1) for task in dag.tasks
    )
