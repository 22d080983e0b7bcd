"""What is kept of DAGs and runs beside the manifest's own values. Moments have an offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class DagRecord:
    """A DAG that was in a manifest once."""

    dag_id: str
    manifest: str
    """Digest of the newest manifest it was in."""
    is_paused: bool
    is_stale: bool
    """Whether the present manifest does not have it any more."""
    first_seen_at: datetime
    unpaused_at: datetime
    """The last time, or when it was first seen."""
    next_dagrun: datetime | None
    """The next tick; None without a schedule of ticks, and after the last of them."""


@dataclass(frozen=True)
class Try:
    """One try of a task: history, kept when the task is cleared and tried again."""

    dag_id: str
    run_id: str
    task_id: str
    try_number: int
    state: str
    """`running`, and then what the try made of the task: `success`, `failed`, `up_for_retry`, `skipped`."""
    queued_at: datetime | None
    start_date: datetime
    end_date: datetime | None
    """None for as long as something of it may run; a task has one such try at most."""
    exit_code: int | None
    reason: str
    log: str
    """Its file, relative to the folder of runs."""
    runner: str
    """Which runner started it, or adopted it last."""
    handle: str
    """What its runtime finds it by; empty until the runtime has said so."""


@dataclass(frozen=True)
class AssetEvent:
    """An asset became new."""

    id: int
    """Grows with every event."""
    asset: str
    at: datetime
    dag_id: str
    run_id: str
    task_id: str
    """The task whose outlet it is."""
    try_number: int


@dataclass(frozen=True)
class QueuedAsset:
    """An asset that has become new since the last run of a DAG that waits for it."""

    dag_id: str
    asset: str
    event_id: int
    """The first event since."""
    queued_at: datetime


@dataclass(frozen=True)
class AssetRecord:
    """An asset that became new at least once."""

    asset: str
    events: int
    """That are kept."""
    last: AssetEvent


@dataclass(frozen=True)
class PoolUse:
    """Slots of a pool that tries hold, and how many tries that are."""

    pool: str
    running_slots: int
    queued_slots: int
    running: int
    queued: int


@dataclass(frozen=True)
class Runner:
    """A runner that registered itself."""

    name: str
    """Host, process and a part that no other has."""
    host: str
    machine: str
    """Boot and process namespace: two with the same can see each other's processes."""
    pid: int
    born: int
    """When that process began, in clock ticks since the boot."""
    started_at: datetime
    heartbeat_at: datetime
    ended_at: datetime | None
    """None for one that runs, or was killed."""
    lease_until: datetime | None
    """Of the one that runs tasks; the others wait to take over."""


@dataclass(frozen=True)
class Lease:
    """Who alone may start tries and write about them, and until when."""

    runner: str
    epoch: int
    """Grows with every change of hands: what an earlier holder writes is refused by it."""
    until: datetime


@dataclass(frozen=True)
class Alert:
    """Something to tell, once: `key` says what it is about."""

    key: str
    at: datetime
    kind: str
    """failure, retry, sla, recovery, not_run."""
    dag_id: str
    title: str
    body: str
    run_id: str = ""
    task_id: str = ""
    try_number: int = 0
    sent_at: datetime | None = None
    attempts: int = 0
    """That failed."""
    problem: str = ""
    """Why the last attempt failed."""
