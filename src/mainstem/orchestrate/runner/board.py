"""What there is at the moment of a turn: read once, changed step by step as the turn decides."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mainstem.orchestrate.decisions import AddRun, AddTask, ChangeRun, ChangeTask, StopTry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.manifest import DagRun, TaskInstance
    from mainstem.orchestrate.decisions import Step
    from mainstem.store.runs import QueuedAsset, Try

RunKey = tuple[str, str]
TaskKey = tuple[str, str, str]


def key_of(one: TaskInstance | Try) -> TaskKey:
    return one.dag_id, one.run_id, one.task_id


class Board:
    """Runs that are under way with all their tasks, open tries, and assets that wait."""

    def __init__(
        self,
        runs: Iterable[DagRun],
        instances: Iterable[TaskInstance],
        open_tries: Iterable[Try],
        waiting: Iterable[QueuedAsset],
    ) -> None:
        self.runs: dict[RunKey, DagRun] = {(run.dag_id, run.run_id): run for run in runs}
        self.instances: dict[RunKey, dict[str, TaskInstance]] = defaultdict(dict)
        for instance in instances:
            self.instances[instance.dag_id, instance.run_id][instance.task_id] = instance
        self.open_tries: dict[TaskKey, Try] = {key_of(one): one for one in open_tries}
        self.waiting: dict[str, list[QueuedAsset]] = defaultdict(list)
        for asset in waiting:
            self.waiting[asset.dag_id].append(asset)

    def instance(self, key: TaskKey) -> TaskInstance | None:
        return self.instances[key[:2]].get(key[2])

    def is_wanted(self, one: Try) -> bool:
        """Whether a try is the one that its task is at. One that is not is to be ended."""
        instance = self.instance(key_of(one))
        return (
            instance is not None
            and instance.state in ("queued", "running")
            and instance.try_number == one.try_number
        )

    def forget(self, key: RunKey) -> None:
        """Nothing is done about that run until it is read again."""
        self.runs.pop(key, None)
        self.instances.pop(key, None)
        for one in [one for one in self.open_tries if one[:2] == key]:
            del self.open_tries[one]

    def apply(self, step: Step) -> None:
        match step:
            case AddRun(run=run, instances=instances, consumed=consumed):
                self.runs[run.dag_id, run.run_id] = run
                self.instances[run.dag_id, run.run_id] = {one.task_id: one for one in instances}
                self.waiting[run.dag_id] = [
                    one for one in self.waiting[run.dag_id] if one.asset not in consumed
                ]
            case ChangeRun(after=run):
                self.runs[run.dag_id, run.run_id] = run
            case ChangeTask(after=instance) | AddTask(instance=instance):
                self.instances[instance.dag_id, instance.run_id][instance.task_id] = instance
            case StopTry():
                """What runs of it is not wanted any more once its task has changed."""
