"""The tables of runs, as the statements of this package need them."""

from __future__ import annotations

from mainstem.store.table import Table

_AT = "timestamp with time zone"
_MAYBE_AT = "timestamp with time zone?"

MANIFESTS = Table("manifests", {"digest": "text", "body": "text", "first_seen_at": _AT})
DAGS = Table(
    "dags",
    {
        "dag_id": "text",
        "manifest": "text",
        "is_paused": "boolean",
        "is_stale": "boolean",
        "first_seen_at": _AT,
        "unpaused_at": _AT,
        "next_dagrun": _MAYBE_AT,
    },
)
DAG_RUNS = Table(
    "dag_runs",
    {
        "dag_id": "text",
        "run_id": "text",
        "run_type": "text",
        "state": "text",
        "logical_date": _MAYBE_AT,
        "data_interval_start": _MAYBE_AT,
        "data_interval_end": _MAYBE_AT,
        "queued_at": _AT,
        "start_date": _MAYBE_AT,
        "end_date": _MAYBE_AT,
        "manifest": "text",
        "triggered_by": "text",
    },
)
TASK_INSTANCES = Table(
    "task_instances",
    {
        "dag_id": "text",
        "run_id": "text",
        "task_id": "text",
        "state": "text?",
        "try_number": "integer",
        "max_tries": "integer",
        "queued_at": _MAYBE_AT,
        "start_date": _MAYBE_AT,
        "end_date": _MAYBE_AT,
        "next_retry_at": _MAYBE_AT,
        "exit_code": "integer?",
        "reason": "text",
        "runner": "text",
        "handle": "text",
        "pool": "text",
        "pool_slots": "integer",
    },
)
TRIES = Table(
    "tries",
    {
        "dag_id": "text",
        "run_id": "text",
        "task_id": "text",
        "try_number": "integer",
        "state": "text",
        "queued_at": _MAYBE_AT,
        "start_date": _AT,
        "end_date": _MAYBE_AT,
        "exit_code": "integer?",
        "reason": "text",
        "log": "text",
        "runner": "text",
        "handle": "text",
    },
)
ASSET_EVENTS = Table(
    "asset_events",
    {
        "id": "bigint",
        "asset": "text",
        "at": _AT,
        "dag_id": "text",
        "run_id": "text",
        "task_id": "text",
        "try_number": "integer",
    },
)
ASSET_QUEUE = Table(
    "asset_queue",
    {"dag_id": "text", "asset": "text", "event_id": "bigint", "queued_at": _AT},
)
DAG_RUN_ASSETS = Table("dag_run_assets", {"dag_id": "text", "run_id": "text", "event_id": "bigint"})
RUNNERS = Table(
    "runners",
    {
        "name": "text",
        "host": "text",
        "machine": "text",
        "pid": "integer",
        "born": "bigint",
        "started_at": _AT,
        "heartbeat_at": _AT,
        "ended_at": _MAYBE_AT,
    },
)
RUNNER_LEASE = Table("runner_lease", {"id": "smallint", "runner": "text", "epoch": "bigint", "until": _AT})
ALERTS = Table(
    "alerts",
    {
        "key": "text",
        "at": _AT,
        "kind": "text",
        "dag_id": "text",
        "run_id": "text",
        "task_id": "text",
        "try_number": "integer",
        "title": "text",
        "body": "text",
        "sent_at": _MAYBE_AT,
        "attempts": "integer",
        "problem": "text",
    },
)
TABLES = (
    MANIFESTS,
    DAGS,
    DAG_RUNS,
    TASK_INSTANCES,
    TRIES,
    ASSET_EVENTS,
    ASSET_QUEUE,
    DAG_RUN_ASSETS,
    RUNNERS,
    RUNNER_LEASE,
    ALERTS,
)
