"""Backfill: a run for every tick of a range of time that has passed.

Promise: a tick that has a run gets no second one: `reprocess` says whether such a run is cleared. One that is
under way is let be. `plan_backfill` tells what would be done; doing it takes another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from mainstem.errors import UsageError
from mainstem.manifest import CronSchedule
from mainstem.orchestrate.decisions.clearing import clear_instances
from mainstem.orchestrate.decisions.cron import Ticks
from mainstem.orchestrate.decisions.steps import ChangeRun, Step
from mainstem.orchestrate.decisions.timetable import ACTIVE_RUNS, new_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from mainstem.manifest import Dag, DagRun, TaskInstance

Reprocess = Literal["none", "failed", "completed"]
"""Of runs that there are already: none is cleared, those that failed are, or all that are over."""


@dataclass(frozen=True)
class BackfillTick:
    """What becomes of one tick."""

    logical_date: datetime
    action: Literal["create", "clear", "exists", "in_flight"]
    """`exists` and `in_flight`: nothing, since there is such a run, and it is over or under way."""
    run: DagRun | None = None
    """The run that there is."""


def plan_backfill(
    dag: Dag,
    runs: Iterable[DagRun],
    from_date: datetime,
    to_date: datetime,
    now: datetime,
    *,
    reprocess: Reprocess = "none",
    backward: bool = False,
) -> tuple[BackfillTick, ...]:
    """For every tick from `from_date` to `to_date` that is before `now`, oldest first unless `backward`.

    `runs` are those of the DAG in that range. Raises UsageError when nothing can be filled: the DAG has no
    cron schedule, another backfill of it is under way, the range is empty or lies ahead, no tick is in it.
    """
    if not isinstance(dag.schedule, CronSchedule):
        raise UsageError(f"DAG {dag.dag_id} has no cron schedule: there are no ticks to fill")
    if from_date > to_date:
        raise UsageError(
            f"a backfill from {from_date.isoformat()} to {to_date.isoformat()} ends before it begins"
        )
    if from_date >= now:
        raise UsageError(
            f"a backfill from {from_date.isoformat()} lies ahead: only what has passed can be filled"
        )
    runs = list(runs)
    if any(run.run_type == "backfill" and run.state in ACTIVE_RUNS for run in runs):
        raise UsageError(f"a backfill of {dag.dag_id} is under way: wait for it, or mark its runs")
    there = {run.logical_date: run for run in runs if run.logical_date is not None}
    ticks = [tick for tick in Ticks(dag.schedule).between(from_date, to_date) if tick < now]
    if not ticks:
        raise UsageError(
            f"no tick of {dag.dag_id} ({dag.schedule.expression}, {dag.schedule.timezone}) lies between "
            f"{from_date.isoformat()} and {min(to_date, now).isoformat()}"
        )
    return tuple(
        _planned(tick, there.get(tick), reprocess) for tick in (reversed(ticks) if backward else ticks)
    )


def _planned(tick: datetime, run: DagRun | None, reprocess: Reprocess) -> BackfillTick:
    if run is None:
        return BackfillTick(tick, "create")
    if run.state in ACTIVE_RUNS:
        return BackfillTick(tick, "in_flight", run)
    again = reprocess == "completed" or (reprocess == "failed" and run.state == "failed")
    return BackfillTick(tick, "clear" if again else "exists", run)


def backfill(
    dag: Dag,
    planned: Iterable[BackfillTick],
    instances: Mapping[str, Sequence[TaskInstance]],
    now: datetime,
    manifest: str,
    triggered_by: str,
) -> tuple[Step, ...]:
    """The steps of a plan. `instances` by run id, of the runs that it clears; such a run becomes a
    backfill."""
    steps: list[Step] = []
    for tick in planned:
        if tick.action == "create":
            steps.append(
                new_run(dag, "backfill", tick.logical_date, tick.logical_date, now, manifest, triggered_by)
            )
        elif tick.action == "clear" and tick.run is not None:
            steps += _filled_again(
                dag, tick.run, instances.get(tick.run.run_id, ()), now, manifest, triggered_by
            )
    return tuple(steps)


def _filled_again(
    dag: Dag, run: DagRun, instances: Iterable[TaskInstance], now: datetime, manifest: str, triggered_by: str
) -> Iterable[Step]:
    for step in clear_instances(dag, run, instances, now, manifest):
        if isinstance(step, ChangeRun):
            after = replace(step.after, run_type="backfill", triggered_by=triggered_by)
            yield ChangeRun(step.before, after)
        else:
            yield step
