"""Three of the twelve, for every run of the tests: secrets, a retry that helps, one that does not."""

from __future__ import annotations

from mainstem.manifest import Dag, Manifest, Task
from tests.parity.expected import TWELVE
from tests.parity.reports import RunReport
from tests.parity.twelve import IMAGE, TASKS

DAG = "twelve"
"""Named as where they are from, so that they are expected to come to the same."""
_NAMES = ("extract", "flaky", "broken")


def _tasks() -> tuple[Task, ...]:
    return tuple(task for task in TASKS if task.task_id in _NAMES)


MANIFEST = Manifest(project="parity", image=IMAGE, dags=(Dag(dag_id=DAG, tasks=_tasks()),))
THREE = RunReport(
    states={DAG: "failed"},
    tasks={name: task for name, task in TWELVE.tasks.items() if name.split(".")[1] in _NAMES},
    alerts=tuple(told for told in TWELVE.alerts if told[0].split(".")[-1].split(" ")[0] in _NAMES),
)
