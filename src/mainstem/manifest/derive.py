"""Dependencies that follow from data: who reads what another task of the DAG makes comes after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.manifest.model import Dag, Task


def with_data_dependencies(dag: Dag) -> Dag:
    """The same, every `depends_on` completed by whoever makes one of the task's inlets.

    What was written by hand stays, and stays first. A task that reads what it makes itself waits for nobody.
    """
    makers: dict[str, list[str]] = {}
    for task in dag.tasks:
        for asset in task.outlets:
            makers.setdefault(asset, []).append(task.task_id)
    return msgspec.structs.replace(dag, tasks=tuple(_after_makers(task, makers) for task in dag.tasks))


def _after_makers(task: Task, makers: Mapping[str, Sequence[str]]) -> Task:
    found = [maker for asset in task.inlets for maker in makers.get(asset, ()) if maker != task.task_id]
    return msgspec.structs.replace(task, depends_on=tuple(dict.fromkeys([*task.depends_on, *found])))
