"""Tasks before and after a task, near and far."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.manifest import Dag


def upstream_of(dag: Dag, task_ids: Iterable[str]) -> frozenset[str]:
    """Everything that `task_ids` depend on, at any distance; not themselves, unless one is before another."""
    return _reached({task.task_id: task.depends_on for task in dag.tasks}, task_ids)


def downstream_of(dag: Dag, task_ids: Iterable[str]) -> frozenset[str]:
    """Everything that depends on `task_ids`, at any distance; not themselves, unless one is after another."""
    after: dict[str, list[str]] = {task.task_id: [] for task in dag.tasks}
    for task in dag.tasks:
        for name in task.depends_on:
            after[name].append(task.task_id)
    return _reached(after, task_ids)


def _reached(edges: Mapping[str, Iterable[str]], begin: Iterable[str]) -> frozenset[str]:
    reached: set[str] = set()
    open_ = [name for task_id in begin for name in edges.get(task_id, ())]
    while open_:
        name = open_.pop()
        if name not in reached:
            reached.add(name)
            open_ += edges.get(name, ())
    return frozenset(reached)
