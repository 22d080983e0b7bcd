"""Mark: say by hand what a task, or a whole run, came to.

Promise: what runs of it is ended. After a task was marked, tasks behind it that had failed are cleared, so
that the run goes on from there. It decides; it stores nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from mainstem.manifest import FINISHED, TERMINAL_FAILURES
from mainstem.orchestrate.decisions.clearing import Selection, chosen_runs, chosen_tasks, clear_instances
from mainstem.orchestrate.decisions.relatives import downstream_of
from mainstem.orchestrate.decisions.run_states import stopped_as
from mainstem.orchestrate.decisions.steps import ChangeRun, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from mainstem.manifest import Dag, DagRun, TaskInstance

Marked = Literal["success", "failed"]


def mark_tasks(
    dag: Dag,
    runs: Iterable[DagRun],
    instances: Mapping[str, Sequence[TaskInstance]],
    selection: Selection,
    state: Marked,
    now: datetime,
    manifest: str,
) -> tuple[Step, ...]:
    """The chosen tasks become `state`; failed ones behind them are cleared, as `clear` does. Raises
    UsageError."""
    tasks = chosen_tasks(dag, selection)
    behind = downstream_of(dag, selection.task_ids or ()) - tasks
    steps: list[Step] = []
    for run in chosen_runs(dag.dag_id, runs, selection):
        of_run = instances.get(run.run_id, ())
        for instance in of_run:
            if instance.task_id in tasks and instance.state != state:
                steps += stopped_as(instance, state, f"marked {state}", now)
        again = [one for one in of_run if one.task_id in behind and one.state in TERMINAL_FAILURES]
        steps += clear_instances(dag, run, again, now, manifest)
    return tuple(steps)


def mark_run(
    run: DagRun, instances: Iterable[TaskInstance], state: Marked, now: datetime
) -> tuple[Step, ...]:
    """The run becomes `state`, and what runs of it; what has not begun is skipped."""
    steps: list[Step] = []
    for instance in instances:
        if instance.state not in FINISHED:
            becomes = state if instance.state == "running" else "skipped"
            steps += stopped_as(instance, becomes, f"run marked {state}", now)
    if run.state != state:
        end_date = now if run.state in ("queued", "running") else run.end_date
        steps.append(ChangeRun(run, replace(run, state=state, end_date=end_date)))
    return tuple(steps)
