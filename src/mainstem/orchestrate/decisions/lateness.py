"""What should have happened by now: ticks without a run, runs that take too long, and what is in their way.

Promise: pages and alerts say the same of the same records, since both ask here. How long somebody is to be
patient before it is told, they decide.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.manifest import CronSchedule
from mainstem.orchestrate.decisions.cron import Ticks
from mainstem.orchestrate.decisions.timetable import ACTIVE_RUNS, next_tick

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mainstem.manifest import Dag, DagRun


def missed_tick(dag: Dag, last: datetime | None, since: datetime, now: datetime) -> datetime | None:
    """The first tick that is due and has no run; None when nothing is due. Parameters as for `next_tick`.

    While nothing runs it stays the same tick, though without catch-up the run will be of a later one.
    """
    due = next_tick(dag, last, since, now)
    if due is None or due > now or not isinstance(dag.schedule, CronSchedule):
        return None
    first = Ticks(dag.schedule).after(max(last or since, since))
    if first is None or first > due or (dag.start_date is not None and first < dag.start_date):
        return due
    return first


def in_the_way(dag: Dag, runs: Iterable[DagRun]) -> list[DagRun]:
    """Runs that leave no room for a scheduled one; none where there is room. `runs` are those of the DAG;
    backfills have room of their own."""
    active = [run for run in runs if run.state in ACTIVE_RUNS and run.run_type != "backfill"]
    return active if len(active) >= dag.max_active_runs else []


def over_sla(dag: Dag, queued_at: datetime, until: datetime) -> timedelta:
    """By how much a run that was queued then and goes on `until` takes longer than its DAG's SLA allows;
    zero where it does not."""
    if dag.sla is None:
        return timedelta()
    return max(until - queued_at - timedelta(seconds=dag.sla), timedelta())
