"""The grid of a DAG: a column a run, the newest at the right, a row a task, in the order they run in."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from mainstem.web.orchestration.words import STATE_WORDS, duration_words, run_label, seconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mainstem.manifest import Dag, DagRun, Task, TaskInstance, TaskState

BAR_HEIGHT = 56
"""Of the longest run, in pixels."""


@dataclass(frozen=True)
class Column:
    run: DagRun
    label: str
    seconds: float | None
    bar: float
    """Height of its bar, in pixels."""

    @property
    def words(self) -> str:
        return f"{self.label}, {self.run.state}, {duration_words(self.seconds)}, {self.run.run_type}"


@dataclass(frozen=True)
class Cell:
    run_id: str
    state: TaskState | None
    words: str
    is_there: bool = True
    """Whether the run has the task."""


@dataclass(frozen=True)
class Row:
    task_id: str
    kind: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Grid:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    longest: float
    """Seconds of the longest run, which the bars are drawn against."""


def grid_of(
    dag: Dag, runs: Sequence[DagRun], instances: Mapping[str, Sequence[TaskInstance]], now: datetime
) -> Grid:
    """`runs` come the newest first. Tasks that only an older run has stand below those of today."""
    shown = list(reversed(runs))
    lasted = {run.run_id: seconds_of(run, now) for run in shown}
    longest = max((seconds for seconds in lasted.values() if seconds is not None), default=0.0)
    columns = tuple(
        Column(run, run_label(run), lasted[run.run_id], _bar(lasted[run.run_id], longest)) for run in shown
    )
    by_run = {run.run_id: {ti.task_id: ti for ti in instances.get(run.run_id, ())} for run in shown}
    tasks = {task.task_id: task for task in in_order(dag.tasks)}
    gone = sorted({task_id for found in by_run.values() for task_id in found} - set(tasks))
    rows = [
        Row(
            task_id,
            tasks[task_id].kind if task_id in tasks else "",
            tuple(_cell(task_id, c, by_run[c.run.run_id].get(task_id), now) for c in columns),
        )
        for task_id in (*tasks, *gone)
    ]
    return Grid(columns, tuple(rows), longest)


def in_order(tasks: Sequence[Task]) -> list[Task]:
    """So that each stands behind what it depends on, else as they were written."""
    known = {task.task_id: task for task in tasks}
    sorter = TopologicalSorter(
        {task.task_id: [name for name in task.depends_on if name in known] for task in tasks}
    )
    try:
        return [known[name] for name in sorter.static_order()]
    except CycleError:  # no manifest is read with one; a page shows even that
        return list(tasks)


def _cell(task_id: str, column: Column, found: TaskInstance | None, now: datetime) -> Cell:
    if found is None:
        return Cell(column.run.run_id, None, "", is_there=False)
    words = [task_id, STATE_WORDS[found.state]]
    seconds = seconds_of(found, now)
    if seconds is not None:
        words.append(duration_words(seconds))
    if found.try_number > 1:
        words.append(f"try {found.try_number}")
    if found.reason and found.state != "success":
        words.append(found.reason)
    return Cell(column.run.run_id, found.state, f"{', '.join(words)} · {column.label}")


def _bar(seconds: float | None, longest: float) -> float:
    """At least two pixels for what ran at all."""
    if seconds is None or longest <= 0:
        return 2.0
    return max(2.0, round(BAR_HEIGHT * seconds / longest, 1))
