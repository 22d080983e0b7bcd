"""A scheduler in memory: carries out what is decided, and keeps every step, so that tests can look at them.

What it is told a program came to is its only outside; the clock stands until it is moved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.manifest import pool_slots
from mainstem.orchestrate.decisions import (
    AddRun,
    AddTask,
    Candidate,
    ChangeRun,
    ChangeTask,
    Step,
    StopTry,
    decide,
    ended,
    give_places,
    next_moment,
    start_runs,
    started,
)
from mainstem.orchestrate.runtime import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mainstem.manifest import Dag, DagRun, Manifest, TaskInstance

DONE = Outcome("exited", 0)
FAILED = Outcome("exited", 1)


@dataclass
class MemoryScheduler:
    manifest: Manifest
    now: datetime = datetime(2026, 11, 23, 7, tzinfo=UTC)
    parallelism: int = 32
    runs: dict[tuple[str, str], DagRun] = field(default_factory=dict)
    tasks: dict[tuple[str, str, str], TaskInstance] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    stopped: list[TaskInstance] = field(default_factory=list)

    @property
    def dags(self) -> dict[str, Dag]:
        return {dag.dag_id: dag for dag in self.manifest.dags}

    def carry_out(self, steps: Iterable[Step]) -> None:
        """Each only if what was before still is; AssertionError otherwise."""
        for step in steps:
            self.steps.append(step)
            match step:
                case AddRun():
                    _same(self.runs.get((step.run.dag_id, step.run.run_id)), None)
                    self.runs[step.run.dag_id, step.run.run_id] = step.run
                    self._hold(step.instances)
                case AddTask():
                    self._hold([step.instance])
                case ChangeRun():
                    key = (step.before.dag_id, step.before.run_id)
                    _same(self.runs[key], step.before)
                    self.runs[key] = step.after
                case ChangeTask():
                    _same(self.tasks[_key(step.before)], step.before)
                    self._hold([step.after])
                case StopTry():
                    self.stopped.append(step.instance)

    def turn(self) -> None:
        """One turn: begin queued runs, decide each, give out places, start what has one."""
        self.carry_out(start_runs(self.dags, self.runs.values(), self.now))
        for run in list(self.runs.values()):
            self.carry_out(decide(self.dags[run.dag_id], run, self.of_run(run), self.now))
        given = give_places(self._candidates(), pool_slots(self.manifest), self.parallelism, self.now)
        self.carry_out(given)
        self.carry_out(started(step.after, "runner", step.after.task_id, self.now) for step in given)

    def end(self, instance: TaskInstance, outcome: Outcome) -> None:
        """The program of its newest try has ended."""
        dag = self.dags[instance.dag_id]
        task = next(task for task in dag.tasks if task.task_id == instance.task_id)
        run = self.runs[instance.dag_id, instance.run_id]
        step = ended(task, run, self.tasks[_key(instance)], outcome, self.now)
        self.carry_out([] if step is None else [step])

    def running(self) -> list[TaskInstance]:
        return [one for one in self.tasks.values() if one.state == "running"]

    def of_run(self, run: DagRun) -> list[TaskInstance]:
        return [one for one in self.tasks.values() if (one.dag_id, one.run_id) == (run.dag_id, run.run_id)]

    def states(self, run_id: str) -> dict[str, str | None]:
        return {one.task_id: one.state for one in self.tasks.values() if one.run_id == run_id}

    def wait(self) -> bool:
        """Move the clock to when something is due; False when nothing ever will be."""
        moments = [
            moment
            for run in self.runs.values()
            if run.state == "running"
            and (moment := next_moment(self.dags[run.dag_id], run, self.of_run(run))) is not None
        ]
        if not moments:
            return False
        self.now = max(self.now, min(moments))
        return True

    def _hold(self, instances: Sequence[TaskInstance]) -> None:
        self.tasks |= {_key(instance): instance for instance in instances}

    def _candidates(self) -> list[Candidate]:
        found: list[Candidate] = []
        for one in self.tasks.values():
            if one.state in ("scheduled", "queued", "running"):
                dag = self.dags[one.dag_id]
                task = next(task for task in dag.tasks if task.task_id == one.task_id)
                found.append(Candidate(dag, self.runs[one.dag_id, one.run_id], task, one))
        return found


def _key(instance: TaskInstance) -> tuple[str, str, str]:
    return (instance.dag_id, instance.run_id, instance.task_id)


def _same(held: object, before: object) -> None:
    if held != before:
        raise AssertionError(f"decided about {before}, but there is {held}")
