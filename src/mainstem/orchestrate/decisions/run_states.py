"""What comes next in a run: which of its tasks may start, which never will, and whether it is over.

Promise: the same run, instances and moment always give the same steps, in the order of the DAG. Every task
that its rule allows is `scheduled`, every one that it forbids is at once `skipped` or `upstream_failed`, as
far as that can be said now. It starts nothing: places are given out by `places`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mainstem.manifest import FINISHED, TERMINAL_FAILURES, TaskInstance
from mainstem.orchestrate.decisions.steps import AddTask, ChangeRun, ChangeTask, Step, StopTry
from mainstem.orchestrate.decisions.trigger_rules import Upstream, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mainstem.manifest import Dag, DagRun, DagRunState, Task, TaskState

UNDER_WAY = ("queued", "running")
ACTIVE = ("scheduled", "queued", "running", "up_for_retry")
RUN_TIMED_OUT = "the run timed out"
SET_ASIDE = "its run was set aside: the records did not take what was decided of it"
"""Reason of tasks that `dagrun_timeout` ended or skipped."""


def decide(dag: Dag, run: DagRun, instances: Iterable[TaskInstance], now: datetime) -> tuple[Step, ...]:
    """The steps of a run that is `running`; none for one in another state. Not asked for a paused DAG.

    `dag` is as in the run's own manifest, `instances` every one of the run.
    """
    if run.state != "running":
        return ()
    held = {instance.task_id: instance for instance in instances}
    if _timed_out(dag, run, now):
        return _give_up(run, held.values(), now)
    steps = _matched(dag, run, held, now)
    _settle(dag, held, steps, now)
    after = _ended(dag, held)
    if after is not None:
        steps.append(ChangeRun(run, replace(run, state=after, end_date=now)))
    return tuple(steps)


def _timed_out(dag: Dag, run: DagRun, now: datetime) -> bool:
    if dag.dagrun_timeout is None or run.start_date is None:
        return False
    return run.start_date < now - timedelta(seconds=dag.dagrun_timeout)


def _give_up(run: DagRun, instances: Iterable[TaskInstance], now: datetime) -> tuple[Step, ...]:
    """The run has failed; whatever of it has not ended is skipped, and ended if it runs."""
    steps: list[Step] = []
    for instance in instances:
        if instance.state not in FINISHED:
            steps += stopped_as(instance, "skipped", RUN_TIMED_OUT, now)
    return (*steps, ChangeRun(run, replace(run, state="failed", end_date=now)))


def stopped_as(instance: TaskInstance, state: TaskState, reason: str, now: datetime) -> tuple[Step, ...]:
    """`instance` in a final `state`, its program ended first if one may run. What was over keeps its end."""
    runs = instance.state in UNDER_WAY
    after = replace(
        instance,
        state=state,
        reason=reason,
        start_date=instance.start_date or now,
        end_date=now if runs else instance.end_date or now,
        next_retry_at=None,
    )
    change = ChangeTask(instance, after)
    return (StopTry(instance), change) if runs else (change,)


def _matched(dag: Dag, run: DagRun, held: dict[str, TaskInstance], now: datetime) -> list[Step]:
    """Instances for the tasks that the DAG has: others are `removed`, missing ones added, `removed` ones that
    are there again begin anew."""
    steps: list[Step] = []
    tasks = {task.task_id: task for task in dag.tasks}
    for task_id, instance in held.items():
        if task_id not in tasks and instance.state != "removed":
            steps += stopped_as(instance, "removed", "the DAG has no such task any more", now)
        elif task_id in tasks and instance.state == "removed":
            steps.append(ChangeTask(instance, _restored(instance, tasks[task_id])))
    for task in dag.tasks:
        if task.task_id not in held:
            steps.append(
                AddTask(TaskInstance(dag.dag_id, run.run_id, task.task_id, max_tries=task.retries + 1))
            )
    for step in steps:
        if isinstance(step, ChangeTask):
            held[step.after.task_id] = step.after
        elif isinstance(step, AddTask):
            held[step.instance.task_id] = step.instance
    return steps


def _restored(instance: TaskInstance, task: Task) -> TaskInstance:
    """With a try left at least, whatever it had come to before."""
    return replace(instance, state=None, reason="", max_tries=instance.try_number + task.retries + 1)


def _settle(dag: Dag, held: dict[str, TaskInstance], steps: list[Step], now: datetime) -> None:
    """One decision leads to the next: round after round, until nothing changes."""
    changed = True
    while changed:
        changed = False
        for task in dag.tasks:
            instance = held[task.task_id]
            after = _next(task, instance, held, now)
            if after is not None:
                held[task.task_id] = after
                steps.append(ChangeTask(instance, after))
                changed = True


def _next(
    task: Task, instance: TaskInstance, held: Mapping[str, TaskInstance], now: datetime
) -> TaskInstance | None:
    if instance.state not in (None, "up_for_retry"):
        return None
    said = verdict(task.trigger_rule, Upstream.of(held[name].state for name in task.depends_on))
    if said is None:
        return None
    if said == "run":
        return _scheduled(instance) if _ready(instance, now) else None
    return replace(
        instance, state=said, start_date=now, end_date=now, next_retry_at=None, exit_code=None, reason=""
    )


def _ready(instance: TaskInstance, now: datetime) -> bool:
    return instance.state is None or instance.next_retry_at is None or instance.next_retry_at < now


def _scheduled(instance: TaskInstance) -> TaskInstance:
    return replace(without_try(instance), state="scheduled", try_number=instance.try_number + 1)


def without_try(instance: TaskInstance) -> TaskInstance:
    """With no state, and nothing known of how its newest try went; which tries it had is kept."""
    return TaskInstance(
        instance.dag_id,
        instance.run_id,
        instance.task_id,
        try_number=instance.try_number,
        max_tries=instance.max_tries,
    )


def _ended(dag: Dag, held: Mapping[str, TaskInstance]) -> DagRunState | None:
    """`success` when every leaf is a success or skipped, else `failed`, once all tasks have ended.

    Also `failed` when what has not ended can never begin.
    """
    tasks = [held[task.task_id] for task in dag.tasks]
    if any(instance.state not in FINISHED for instance in tasks):
        return None if any(instance.state in ACTIVE for instance in tasks) else "failed"
    leaves = leaves_of(dag)
    states = {instance.state for instance in tasks if instance.task_id in leaves}
    return "failed" if states & TERMINAL_FAILURES else "success"


def leaves_of(dag: Dag) -> frozenset[str]:
    """Tasks that no other depends on."""
    depended = {name for task in dag.tasks for name in task.depends_on}
    return frozenset(task.task_id for task in dag.tasks) - depended


def next_moment(dag: Dag, run: DagRun, instances: Iterable[TaskInstance]) -> datetime | None:
    """The first moment at which `decide` says more though nothing has happened: a retry is due, or the run
    times out."""
    moments = [
        instance.next_retry_at
        for instance in instances
        if instance.state == "up_for_retry" and instance.next_retry_at is not None
    ]
    if dag.dagrun_timeout is not None and run.start_date is not None:
        moments.append(run.start_date + timedelta(seconds=dag.dagrun_timeout))
    return None if not moments else min(moments) + timedelta.resolution
