"""Runs kept in memory, for pages: a test puts DAGs and runs in, and what pages ask for is written down.

It decides as little as pages need: what is cleared is queued anew, and nothing is ever run.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import StoreUnavailable, UsageError
from mainstem.manifest import Dag, DagRun, Pool, TaskInstance
from mainstem.web.orchestration import (
    Backfilling,
    BackfillTick,
    Clearing,
    KnownDag,
    OrchestrationDesk,
    PoolUse,
    SeenAsset,
    SeenRunner,
    Try,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.manifest import DagRunState, RunType, TaskState
    from mainstem.web.orchestration import MarkState

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)


@dataclass
class MemoryLog:
    """A log that a test writes on."""

    body: bytes = b""
    read_bytes: int = 0
    """How much pages have read of it so far."""

    def size(self) -> int:
        return len(self.body)

    def read(self, at: int, most: int) -> bytes:
        found = self.body[at : at + most]
        self.read_bytes += len(found)
        return found


@dataclass
class MemoryRuns:
    """All three seams of the pages in one; its fields are what it answers, and may be changed at any time."""

    at: datetime = NOW
    known: dict[str, KnownDag] = field(default_factory=dict)
    runs: dict[str, list[DagRun]] = field(default_factory=dict)
    """By DAG, the oldest first."""
    instances: dict[tuple[str, str], dict[str, TaskInstance]] = field(default_factory=dict)
    kept_tries: dict[tuple[str, str, str], list[Try]] = field(default_factory=dict)
    kept_logs: dict[tuple[str, str, str, int], MemoryLog] = field(default_factory=dict)
    kept_assets: list[SeenAsset] = field(default_factory=list)
    kept_runners: list[SeenRunner] = field(default_factory=list)
    kept_pools: list[PoolUse] = field(default_factory=lambda: [PoolUse(Pool("default_pool", 128), 0)])
    ticks: dict[str, list[datetime]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    """By DAG, where it was written."""
    refusal: str = ""
    """Why what is written is not followed."""
    asked: list[tuple[object, ...]] = field(default_factory=list)
    """Everything that was asked for, with who asked last."""
    problem: StoreUnavailable | None = None
    """What every question raises."""

    @property
    def desk(self) -> OrchestrationDesk:
        return OrchestrationDesk(self, self, self, now=lambda: self.at)

    def add_dag(
        self, dag: Dag, *, is_paused: bool = False, next_run: datetime | None = None, where: str = ""
    ) -> KnownDag:
        found = KnownDag(dag, is_paused, self.at - timedelta(days=30), next_run)
        self.places[dag.dag_id] = where
        self.known[dag.dag_id] = found
        self.runs.setdefault(dag.dag_id, [])
        return found

    def add_run(
        self,
        dag_id: str,
        logical_date: datetime,
        state: DagRunState = "success",
        seconds: float = 60.0,
        run_type: RunType = "scheduled",
        states: dict[str, TaskState | None] | None = None,
    ) -> DagRun:
        """A run that began five seconds after its tick; its tasks are as `states` says, else as it is."""
        begun = logical_date + timedelta(seconds=5)
        is_over = state in ("success", "failed")
        run = DagRun(
            dag_id,
            f"{run_type}__{logical_date.isoformat()}",
            run_type,
            state,
            logical_date,
            logical_date,
            logical_date,
            queued_at=logical_date,
            start_date=None if state == "queued" else begun,
            end_date=begun + timedelta(seconds=seconds) if is_over else None,
            manifest="sha256:0",
            triggered_by="scheduler",
        )
        self.runs[dag_id].append(run)
        found = self.instances[dag_id, run.run_id] = {}
        for task in self.known[dag_id].dag.tasks:
            one: TaskState | None = (states or {}).get(
                task.task_id, "success" if state == "success" else None
            )
            found[task.task_id] = self._instance(run, task.task_id, one, begun, task.retries)
        return run

    def _instance(
        self, run: DagRun, task_id: str, state: TaskState | None, begun: datetime, retries: int
    ) -> TaskInstance:
        tried = state in ("success", "failed", "running", "up_for_retry", "skipped")
        over = state in ("success", "failed", "up_for_retry", "skipped")
        instance = TaskInstance(
            run.dag_id,
            run.run_id,
            task_id,
            state,
            try_number=1 if tried else 0,
            max_tries=retries + 1,
            start_date=begun if tried else None,
            end_date=begun + timedelta(seconds=12) if over else None,
            exit_code={"success": 0, "failed": 1, "up_for_retry": 1}.get(state or ""),
            reason="exit 1" if state in ("failed", "up_for_retry") else "",
            runner="runner-1" if tried else "",
        )
        if tried:
            self.kept_tries[run.dag_id, run.run_id, task_id] = [
                Try(
                    1,
                    state,
                    instance.start_date,
                    instance.end_date,
                    instance.exit_code,
                    instance.reason,
                    "runner-1",
                )
            ]
        return instance

    def log_of(self, run: DagRun, task_id: str, try_number: int = 1) -> MemoryLog:
        """The log of a try, made when it is not there yet."""
        return self.kept_logs.setdefault((run.dag_id, run.run_id, task_id, try_number), MemoryLog())

    # What pages read

    def dags(self) -> Sequence[KnownDag]:
        self._check()
        return list(self.known.values())

    def recent_runs(self, limit: int) -> dict[str, Sequence[DagRun]]:
        self._check()
        return {dag_id: runs[::-1][:limit] for dag_id, runs in self.runs.items()}

    def dag_runs(self, dag_id: str, limit: int) -> Sequence[DagRun]:
        return self.runs.get(dag_id, [])[::-1][:limit]

    def dag_run(self, dag_id: str, run_id: str) -> DagRun | None:
        return next((run for run in self.runs.get(dag_id, ()) if run.run_id == run_id), None)

    def dag_of(self, run: DagRun) -> Dag | None:
        found = self.known.get(run.dag_id)
        return None if found is None else found.dag

    def task_instances(self, dag_id: str, run_ids: Sequence[str]) -> dict[str, Sequence[TaskInstance]]:
        return {run_id: list(self.instances.get((dag_id, run_id), {}).values()) for run_id in run_ids}

    def tries(self, dag_id: str, run_id: str, task_id: str) -> Sequence[Try]:
        return self.kept_tries.get((dag_id, run_id, task_id), [])

    def assets(self) -> Sequence[SeenAsset]:
        self._check()
        return self.kept_assets

    def runners(self) -> Sequence[SeenRunner]:
        return self.kept_runners

    def pools(self) -> Sequence[PoolUse]:
        return self.kept_pools

    def refused(self) -> str:
        return self.refusal

    def written_in(self, dag_id: str) -> str:
        return self.places.get(dag_id, "")

    def next_ticks(self, dag_id: str, count: int) -> Sequence[datetime]:
        return self.ticks.get(dag_id, [])[:count]

    def log(self, dag_id: str, run_id: str, task_id: str, try_number: int) -> MemoryLog | None:
        return self.kept_logs.get((dag_id, run_id, task_id, try_number))

    # What pages ask

    def trigger(self, dag_id: str, logical_date: datetime | None, by: str) -> DagRun:
        at = logical_date or self.at
        if any(run.logical_date == at for run in self.runs[dag_id]):
            raise UsageError(f"DAG {dag_id} has a run for {at.isoformat()} already")
        self.asked.append(("trigger", dag_id, logical_date, by))
        return self.add_run(dag_id, at, "queued", run_type="manual")

    def would_clear(self, wanted: Clearing) -> Sequence[TaskInstance]:
        found = self.instances[wanted.dag_id, wanted.run_id]
        chosen = set(wanted.task_ids or found)
        arrows = [(a, t.task_id) for t in self.known[wanted.dag_id].dag.tasks for a in t.depends_on]
        if wanted.downstream:
            chosen |= _reached(chosen, arrows)
        if wanted.upstream:
            chosen |= _reached(set(wanted.task_ids or found), [(b, a) for a, b in arrows])
        failed = ("failed", "upstream_failed")
        return [
            ti
            for ti in found.values()
            if ti.task_id in chosen and (not wanted.only_failed or ti.state in failed)
        ]

    def clear(self, wanted: Clearing, by: str) -> Sequence[TaskInstance]:
        cleared = self.would_clear(wanted)
        self.asked.append(("clear", wanted, by))
        for ti in cleared:
            anew = msgspec.structs.replace(ti, state=None, start_date=None, end_date=None, reason="")
            self.instances[ti.dag_id, ti.run_id][ti.task_id] = anew
        return cleared

    def mark(self, dag_id: str, run_id: str, task_id: str | None, state: MarkState, by: str) -> None:
        self.asked.append(("mark", dag_id, run_id, task_id, state, by))

    def pause(self, dag_id: str, is_paused: bool, by: str) -> None:
        self.asked.append(("pause", dag_id, is_paused, by))
        self.known[dag_id] = replace(self.known[dag_id], is_paused=is_paused)

    def would_backfill(self, wanted: Backfilling) -> Sequence[BackfillTick]:
        if wanted.from_date > wanted.to_date:
            raise UsageError("a backfill ends before it begins")
        days = (wanted.to_date - wanted.from_date).days + 1
        dates = [wanted.from_date + timedelta(days=day) for day in range(days)]
        there = {run.logical_date for run in self.runs[wanted.dag_id]}
        return [BackfillTick(at, "exists" if at in there else "create") for at in dates]

    def backfill(self, wanted: Backfilling, by: str) -> Sequence[BackfillTick]:
        self.asked.append(("backfill", wanted, by))
        ticks = self.would_backfill(wanted)
        for tick in ticks:
            if tick.action == "create":
                self.add_run(wanted.dag_id, tick.logical_date, "queued", run_type="backfill")
        return ticks

    def _check(self) -> None:
        if self.problem is not None:
            raise self.problem


def _reached(begin: set[str], arrows: list[tuple[str, str]]) -> set[str]:
    found, open_ = set[str](), list(begin)
    while open_:
        here = open_.pop()
        for a, b in arrows:
            if a == here and b not in found:
                found.add(b)
                open_.append(b)
    return found
