"""One run of a DAG, and what became of each of its tasks."""

from __future__ import annotations

from datetime import datetime  # msgspec reads the annotations
from typing import Literal

import msgspec

from mainstem.manifest.states import DagRunState, TaskState  # msgspec reads the annotations

RunType = Literal["scheduled", "manual", "backfill", "asset_triggered"]


class DagRun(msgspec.Struct, frozen=True):
    dag_id: str
    run_id: str
    """Unique in its DAG: `scheduled__2026-11-23T07:00:00+00:00`, `manual__…`, as Airflow makes them."""
    run_type: RunType
    state: DagRunState
    logical_date: datetime | None
    """The tick; None for runs by assets."""
    data_interval_start: datetime | None
    data_interval_end: datetime | None
    queued_at: datetime
    start_date: datetime | None = None
    end_date: datetime | None = None
    manifest: str = ""
    """Digest of the manifest that the run was made from: it keeps to its tasks."""
    triggered_by: str = ""
    """Who asked: a login, `scheduler`, an asset's writer."""


class TaskInstance(msgspec.Struct, frozen=True):
    """A task of a run, with its newest try."""

    dag_id: str
    run_id: str
    task_id: str
    state: TaskState | None = None
    try_number: int = 0
    """Of the newest try, from 1; 0 before the first."""
    max_tries: int = 0
    """The try that is the last: `retries` + 1 at first; clearing adds to it, as in Airflow,
    whose own column counts one fewer."""
    queued_at: datetime | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    next_retry_at: datetime | None = None
    """While `up_for_retry`."""
    exit_code: int | None = None
    reason: str = ""
    """Why it is as it is, in words: `exit 1`, `timed out after 60 s`, `killed: out of memory`, `lost`."""
    runner: str = ""
    """Which runner holds the try."""
    handle: str = ""
    """What its runtime finds the try by."""
