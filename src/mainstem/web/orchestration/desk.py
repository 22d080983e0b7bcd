"""What pages may know and ask of runs: the seams to their records, to what acts on them, and to logs.

Pages hold no SQL and decide nothing: what a clearing reaches, or which runs a backfill makes, is told by the
same decisions that the runner goes by.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mainstem.manifest import Dag, DagRun, Pool, TaskInstance, TaskState

Reprocess = Literal["none", "failed", "completed"]
"""Airflow's `reprocess_behavior` of a backfill: what becomes of ticks that have been run already."""
MarkState = Literal["success", "failed"]


@dataclass(frozen=True)
class KnownDag:
    """A DAG as the newest manifest has it, and how it stands."""

    dag: Dag
    is_paused: bool
    first_seen: datetime
    next_run: datetime | None = None
    """The tick that comes next; in the past where it is due and has no run. None: by hand or by assets."""
    is_stale: bool = False
    """The present manifest does not have it any more; its runs are kept."""

    @property
    def dag_id(self) -> str:
        return self.dag.dag_id


@dataclass(frozen=True)
class Try:
    """One try of a task."""

    try_number: int
    state: TaskState | None
    start_date: datetime | None = None
    end_date: datetime | None = None
    exit_code: int | None = None
    reason: str = ""
    runner: str = ""


@dataclass(frozen=True)
class SeenRunner:
    name: str
    """Its host and process."""
    heartbeat: datetime
    is_alive: bool


@dataclass(frozen=True)
class PoolUse:
    pool: Pool
    used: int
    """Slots that running and queued tries hold."""


@dataclass(frozen=True)
class Use:
    """Something beside tasks that reads an asset."""

    kind: Literal["model", "explore"]
    name: str
    href: str = ""


@dataclass(frozen=True)
class SeenAsset:
    """An asset, and who made it new last."""

    name: str
    at: datetime | None = None
    dag_id: str = ""
    run_id: str = ""
    task_id: str = ""
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True)
class Clearing:
    """What is to be run again, as Airflow's clear asks for it."""

    dag_id: str
    run_id: str
    task_ids: tuple[str, ...] = ()
    """Empty: every task of the run."""
    upstream: bool = False
    downstream: bool = True
    future: bool = False
    """Also in runs of later ticks."""
    past: bool = False
    only_failed: bool = False


@dataclass(frozen=True)
class Backfilling:
    """Ticks of the past that are to be run, as Airflow's backfill asks for them."""

    dag_id: str
    from_date: datetime
    to_date: datetime
    """Both ends belong to it."""
    reprocess: Reprocess = "none"
    backward: bool = False
    """The newest tick first."""


@dataclass(frozen=True)
class BackfillTick:
    """What becomes of one tick."""

    logical_date: datetime
    action: Literal["create", "clear", "exists", "in_flight"]
    """`exists` and `in_flight`: nothing, since it has a run, which is over or under way."""


class RunReading(Protocol):
    """Every method may wait for Postgres, and raises StoreUnavailable when it is away."""

    def dags(self) -> Sequence[KnownDag]: ...

    def recent_runs(self, limit: int) -> Mapping[str, Sequence[DagRun]]:
        """The newest of every DAG, the newest first."""

    def dag_runs(self, dag_id: str, limit: int) -> Sequence[DagRun]:
        """The newest first."""

    def dag_run(self, dag_id: str, run_id: str) -> DagRun | None: ...

    def dag_of(self, run: DagRun) -> Dag | None:
        """The DAG as the run has it: it keeps to the manifest it was made from."""

    def task_instances(self, dag_id: str, run_ids: Sequence[str]) -> Mapping[str, Sequence[TaskInstance]]: ...

    def tries(self, dag_id: str, run_id: str, task_id: str) -> Sequence[Try]:
        """The first one first."""

    def assets(self) -> Sequence[SeenAsset]: ...

    def runners(self) -> Sequence[SeenRunner]:
        """Those that were seen lately, the newest heartbeat first."""

    def pools(self) -> Sequence[PoolUse]: ...

    def refused(self) -> str:
        """Why DAGs as they are written are not followed, and those of before are; empty while they are."""

    def written_in(self, dag_id: str) -> str:
        """Where it was written, `dags/mail.yml:3`, or what offers it; empty for one that is there no more."""

    def next_ticks(self, dag_id: str, count: int) -> Sequence[datetime]:
        """Those to come, whether or not it is paused; none without a cron schedule."""


class RunAsking(Protocol):
    """Each says what is wanted and by whom; the runner acts on it. All raise UsageError for what cannot be,
    and StoreUnavailable."""

    def trigger(self, dag_id: str, logical_date: datetime | None, by: str) -> DagRun: ...

    def would_clear(self, wanted: Clearing) -> Sequence[TaskInstance]: ...

    def clear(self, wanted: Clearing, by: str) -> Sequence[TaskInstance]: ...

    def mark(self, dag_id: str, run_id: str, task_id: str | None, state: MarkState, by: str) -> None:
        """`task_id` None: the run itself."""

    def pause(self, dag_id: str, is_paused: bool, by: str) -> None: ...

    def would_backfill(self, wanted: Backfilling) -> Sequence[BackfillTick]: ...

    def backfill(self, wanted: Backfilling, by: str) -> Sequence[BackfillTick]:
        """What was done about each tick."""


class TryLog(Protocol):
    """The log of one try. It only ever grows."""

    def size(self) -> int:
        """Bytes written so far."""

    def read(self, at: int, most: int) -> bytes:
        """At most `most` bytes from `at`; none at the end."""


class LogReading(Protocol):
    def log(self, dag_id: str, run_id: str, task_id: str, try_number: int) -> TryLog | None:
        """None while nothing has been written, and where it is kept no longer."""


@dataclass(frozen=True)
class OrchestrationDesk:
    """All that the pages of orchestration are given."""

    reading: RunReading
    asking: RunAsking
    logs: LogReading
    now: Now = field(kw_only=True)


class Now(Protocol):
    def __call__(self) -> datetime:
        """The moment it is, in UTC."""


def run_dags(desk: OrchestrationDesk | None) -> dict[str, KnownDag]:
    """DAGs that stand in a runner's manifest now, by their names; none where the server knows of no runs."""
    known = () if desk is None else desk.reading.dags()
    return {one.dag_id: one for one in known if not one.is_stale}
