"""Clear: let tasks run again, as if they had not.

Promise: a cleared task has no state and as many tries more as it has retries; its tries go on counting, and
those before stay in the history. What runs is ended first. A run that was over is queued again; of every run
that is touched the time it was queued begins anew, and from then on it goes by the newest manifest, as in
Airflow where DAGs have no versions: what was mended there counts. It chooses and decides; it stores nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mainstem.errors import UsageError
from mainstem.manifest import TERMINAL_FAILURES
from mainstem.orchestrate.decisions.relatives import downstream_of, upstream_of
from mainstem.orchestrate.decisions.run_states import without_try
from mainstem.orchestrate.decisions.steps import ChangeRun, ChangeTask, Step, StopTry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from mainstem.manifest import Dag, DagRun, TaskInstance


STOPPED_FOR_CLEARING = "stopped: its task was cleared"
"""Reason of a try that somebody's clearing ended: nobody needs to be told that it failed."""


@dataclass(frozen=True)
class Selection:
    """Which tasks of which runs, beginning from a run. Names are those of Airflow's request."""

    run_id: str
    task_ids: tuple[str, ...] | None = None
    """None: all."""
    include_upstream: bool = False
    include_downstream: bool = False
    include_future: bool = False
    """Also in runs with a later logical date."""
    include_past: bool = False
    only_failed: bool = False
    """Of those only the ones that are failed or upstream_failed."""


def chosen_tasks(dag: Dag, selection: Selection) -> frozenset[str]:
    """Raises UsageError for a task that the DAG does not have."""
    every = frozenset(task.task_id for task in dag.tasks)
    if selection.task_ids is None:
        return every
    chosen = frozenset(selection.task_ids)
    if unknown := sorted(chosen - every):
        raise UsageError(
            f"DAG {dag.dag_id} has no task {', '.join(unknown)} (it has {', '.join(sorted(every))})"
        )
    near = chosen
    if selection.include_upstream:
        chosen |= upstream_of(dag, near)
    if selection.include_downstream:
        chosen |= downstream_of(dag, near)
    return chosen


def chosen_runs(dag_id: str, runs: Iterable[DagRun], selection: Selection) -> list[DagRun]:
    """In the order of their logical dates.

    Raises UsageError when there is no such run, or past and future are asked of one without a logical date.
    """
    every = {run.run_id: run for run in runs if run.dag_id == dag_id}
    begin = every.get(selection.run_id)
    if begin is None:
        raise UsageError(f"DAG {dag_id} has no run {selection.run_id}")
    if not (selection.include_future or selection.include_past):
        return [begin]
    date = begin.logical_date
    if date is None:
        raise UsageError(f"run {begin.run_id} has no logical date: nothing is past or future to it")
    dated = [(run.logical_date, run) for run in every.values() if run.logical_date is not None]
    first, last = selection.include_past, selection.include_future
    return [
        run
        for at, run in sorted(dated, key=lambda pair: (pair[0], pair[1].run_id))
        if run is begin or (at < date and first) or (at > date and last)
    ]


def clear(
    dag: Dag,
    runs: Iterable[DagRun],
    instances: Mapping[str, Sequence[TaskInstance]],
    selection: Selection,
    now: datetime,
    manifest: str,
) -> tuple[Step, ...]:
    """What clearing `selection` comes to; a dry run does not carry it out.

    `runs` are those of the DAG, `instances` those of each run by its id; `dag` tells what is before and after
    what, `manifest` is the digest of the manifest that it stands in. Raises UsageError.
    """
    tasks = chosen_tasks(dag, selection)
    steps: list[Step] = []
    for run in chosen_runs(dag.dag_id, runs, selection):
        chosen = [
            instance
            for instance in instances.get(run.run_id, ())
            if instance.task_id in tasks
            and (not selection.only_failed or instance.state in TERMINAL_FAILURES)
        ]
        steps += clear_instances(dag, run, chosen, now, manifest)
    return tuple(steps)


def clear_instances(
    dag: Dag, run: DagRun, instances: Iterable[TaskInstance], now: datetime, manifest: str
) -> tuple[Step, ...]:
    """These instances of one run, and what becomes of the run; nothing for none."""
    retries = {task.task_id: task.retries for task in dag.tasks}
    steps: list[Step] = []
    for instance in instances:
        if instance.state in ("queued", "running"):
            steps.append(StopTry(instance))
        steps.append(ChangeTask(instance, _cleared(instance, retries.get(instance.task_id))))
    if steps:
        steps.append(ChangeRun(run, _queued_anew(run, now, manifest)))
    return tuple(steps)


def _cleared(instance: TaskInstance, retries: int | None) -> TaskInstance:
    """`retries` is None when the DAG has the task no more."""
    done = instance.try_number
    last = max(instance.max_tries, done) if retries is None else done + retries + 1
    return replace(without_try(instance), max_tries=last)


def _queued_anew(run: DagRun, now: datetime, manifest: str) -> DagRun:
    touched = replace(run, queued_at=now, manifest=manifest)
    if run.state in ("success", "failed"):
        return replace(touched, state="queued", start_date=None, end_date=None)
    return touched
