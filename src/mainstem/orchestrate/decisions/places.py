"""Who of those that wait goes next: pools, limits of a run, and the runner's own places.

Promise: no pool gives out more places than it has, no run has more tasks under way than its DAG allows. The
greatest `priority_weight` goes first, then the older logical date. One that needs more places than are free
is passed over for the next, as in Airflow. It knows no trigger rule.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mainstem.orchestrate.decisions.steps import ChangeTask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.manifest import Dag, DagRun, Task, TaskInstance

_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """An instance that is `scheduled`, `queued` or `running`, with what it is of."""

    dag: Dag
    run: DagRun
    task: Task
    instance: TaskInstance

    @property
    def order(self) -> tuple[int, datetime, datetime, str, str, str]:
        """Runs without a logical date come after those with one, by when they were queued."""
        run = self.run
        moment = run.logical_date or _LAST
        return (-self.task.priority_weight, moment, run.queued_at, run.dag_id, run.run_id, self.task.task_id)


def give_places(
    candidates: Iterable[Candidate], slots: Mapping[str, int], parallelism: int, now: datetime
) -> tuple[ChangeTask, ...]:
    """`scheduled` instances that become `queued` now, first one first.

    `candidates` holds every instance of all runs that is scheduled, queued or running; those of paused DAGs
    only when they are queued or running. `parallelism` bounds how many are under way at once.
    """
    candidates = list(candidates)
    under_way = [one for one in candidates if one.instance.state in ("queued", "running")]
    waiting = [one for one in candidates if one.instance.state == "scheduled" and one.run.state == "running"]
    free = Counter(slots)
    of_run: Counter[tuple[str, str]] = Counter()
    for one in under_way:
        _take(one, free, of_run)
    given: list[ChangeTask] = []
    for one in sorted(waiting, key=lambda one: one.order):
        if len(under_way) + len(given) >= parallelism:
            break
        if one.task.pool_slots > free[one.task.pool]:
            continue
        if of_run[one.run.dag_id, one.run.run_id] >= one.dag.max_active_tasks:
            continue
        _take(one, free, of_run)
        given.append(ChangeTask(one.instance, replace(one.instance, state="queued", queued_at=now)))
    return tuple(given)


def _take(one: Candidate, free: Counter[str], of_run: Counter[tuple[str, str]]) -> None:
    free[one.task.pool] -= one.task.pool_slots
    of_run[one.run.dag_id, one.run.run_id] += 1
