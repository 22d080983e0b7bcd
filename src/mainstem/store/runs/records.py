"""Reading what was run: for pages, commands and the runner. It changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

from mainstem.manifest import DagRun, TaskInstance
from mainstem.store.runs.values import (
    Alert,
    AssetEvent,
    AssetRecord,
    DagRecord,
    PoolUse,
    QueuedAsset,
    Runner,
    Try,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from mainstem.store.database import Connection, Database

_DAG: LiteralString = (
    "SELECT dag_id, manifest, is_paused, is_stale, first_seen_at, unpaused_at, next_dagrun FROM dags "
)
_RUN: LiteralString = (
    "SELECT dag_id, run_id, run_type, state, logical_date, data_interval_start, data_interval_end, "
    "queued_at, start_date, end_date, manifest, triggered_by FROM dag_runs "
)
_TASK: LiteralString = (
    "SELECT dag_id, run_id, task_id, state, try_number, max_tries, queued_at, start_date, end_date, "
    "next_retry_at, exit_code, reason, runner, handle FROM task_instances "
)
_TRY: LiteralString = (
    "SELECT dag_id, run_id, task_id, try_number, state, queued_at, start_date, end_date, exit_code, reason, "
    "log, runner, handle FROM tries "
)
_EVENT: LiteralString = "SELECT id, asset, at, dag_id, run_id, task_id, try_number FROM asset_events "
_ALERT: LiteralString = (
    "SELECT key, at, kind, dag_id, run_id, task_id, try_number, title, body, sent_at, attempts, problem "
    "FROM alerts "
)
_NEWEST: LiteralString = "ORDER BY coalesce(logical_date, queued_at) DESC, run_id DESC LIMIT %(limit)s"


class RunRecords:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def together(self) -> AbstractContextManager[Connection]:
        """What this thread reads in the block, it reads over one connection."""
        return self._database.transaction()

    def manifest(self, digest: str) -> str | None:
        """Its canonical JSON."""
        found = self._database.one(
            _Body, "SELECT body FROM manifests WHERE digest = %(digest)s", {"digest": digest}
        )
        return None if found is None else found.body

    def dags(self) -> list[DagRecord]:
        """Every DAG that ever was in a manifest, by name."""
        return self._database.all(DagRecord, _DAG + "ORDER BY dag_id", {})

    def dag(self, dag_id: str) -> DagRecord | None:
        return self._database.one(DagRecord, _DAG + "WHERE dag_id = %(dag_id)s", {"dag_id": dag_id})

    def last_ticks(self) -> dict[str, datetime]:
        """By DAG, the newest logical date of its scheduled and backfill runs."""
        found = self._database.all(
            _Tick,
            "SELECT dag_id, (SELECT max(logical_date) FROM dag_runs AS r WHERE r.dag_id = d.dag_id "
            "AND r.run_type IN ('scheduled', 'backfill')) AS at FROM dags AS d",
            {},
        )
        return {one.dag_id: one.at for one in found if one.at is not None}

    def dag_runs(self, dag_id: str, limit: int) -> list[DagRun]:
        """The newest first: by logical date, or when they were queued where they have none."""
        return self._database.all(
            DagRun, _RUN + "WHERE dag_id = %(dag_id)s " + _NEWEST, {"dag_id": dag_id, "limit": limit}
        )

    def newest_runs(self, limit: int) -> list[DagRun]:
        """Of all DAGs, those queued last first."""
        return self._database.all(
            DagRun, _RUN + "ORDER BY queued_at DESC, dag_id, run_id LIMIT %(limit)s", {"limit": limit}
        )

    def dag_run(self, dag_id: str, run_id: str) -> DagRun | None:
        return self._database.one(
            DagRun,
            _RUN + "WHERE dag_id = %(dag_id)s AND run_id = %(run_id)s",
            {"dag_id": dag_id, "run_id": run_id},
        )

    def active_runs(self) -> list[DagRun]:
        """Queued or running, the oldest first."""
        return self._database.all(
            DagRun,
            _RUN + "WHERE state IN ('queued', 'running') "
            "ORDER BY coalesce(logical_date, queued_at), dag_id, run_id",
            {},
        )

    def runs_under_way(self) -> list[DagRun]:
        """Queued, running, or with a try that is open, the oldest first."""
        return self._database.all(
            DagRun,
            _RUN  # noqa: S608 # only literals
            + "WHERE state IN ('queued', 'running') OR (dag_id, run_id) IN "
            "(SELECT dag_id, run_id FROM tries WHERE end_date IS NULL) "
            "ORDER BY coalesce(logical_date, queued_at), dag_id, run_id",
            {},
        )

    def task_instances_under_way(self) -> list[TaskInstance]:
        """Every task of `runs_under_way`."""
        return self._database.all(
            TaskInstance,
            _TASK  # noqa: S608 # only literals
            + "WHERE (dag_id, run_id) IN (SELECT dag_id, run_id FROM dag_runs "
            "WHERE state IN ('queued', 'running') "
            "UNION SELECT dag_id, run_id FROM tries WHERE end_date IS NULL) ORDER BY dag_id, run_id, task_id",
            {},
        )

    def task_instances(self, dag_id: str, run_id: str) -> list[TaskInstance]:
        """Every task of a run, by name."""
        return self._database.all(
            TaskInstance,
            _TASK + "WHERE dag_id = %(dag_id)s AND run_id = %(run_id)s ORDER BY task_id",
            {"dag_id": dag_id, "run_id": run_id},
        )

    def task_instances_of(self, dag_id: str, run_ids: Sequence[str]) -> list[TaskInstance]:
        """Every task of several runs of one DAG: a grid."""
        return self._database.all(
            TaskInstance,
            _TASK + "WHERE dag_id = %(dag_id)s AND run_id = ANY(%(run_ids)s) ORDER BY run_id, task_id",
            {"dag_id": dag_id, "run_ids": list(run_ids)},
        )

    def tries(self, dag_id: str, run_id: str, task_id: str) -> list[Try]:
        """The first first."""
        return self._database.all(
            Try,
            _TRY + "WHERE dag_id = %(dag_id)s AND run_id = %(run_id)s AND task_id = %(task_id)s "
            "ORDER BY try_number",
            {"dag_id": dag_id, "run_id": run_id, "task_id": task_id},
        )

    def tries_of_run(self, dag_id: str, run_id: str) -> list[Try]:
        """Of every task, as they were started."""
        return self._database.all(
            Try,
            _TRY + "WHERE dag_id = %(dag_id)s AND run_id = %(run_id)s "
            "ORDER BY start_date, task_id, try_number",
            {"dag_id": dag_id, "run_id": run_id},
        )

    def open_tries(self) -> list[Try]:
        """Those of which something may run."""
        return self._database.all(Try, _TRY + "WHERE end_date IS NULL ORDER BY start_date", {})

    def assets(self) -> list[AssetRecord]:
        """Every asset that became new, by name."""
        found = self._database.all(
            _CountedEvent,
            "SELECT DISTINCT ON (asset) id, asset, at, dag_id, run_id, task_id, try_number, "
            "count(*) OVER (PARTITION BY asset) AS events FROM asset_events ORDER BY asset, id DESC",
            {},
        )
        return [AssetRecord(one.asset, one.events, one.event()) for one in found]

    def asset_events(self, asset: str, limit: int) -> list[AssetEvent]:
        """Newest first."""
        return self._database.all(
            AssetEvent,
            _EVENT + "WHERE asset = %(asset)s ORDER BY id DESC LIMIT %(limit)s",
            {"asset": asset, "limit": limit},
        )

    def consumed_by(self, dag_id: str, run_id: str) -> list[AssetEvent]:
        """The events that a run by assets was made for."""
        return self._database.all(
            AssetEvent,
            _EVENT + "WHERE id IN (SELECT event_id FROM dag_run_assets "  # noqa: S608 # only literals
            "WHERE dag_id = %(dag_id)s AND run_id = %(run_id)s) ORDER BY id",
            {"dag_id": dag_id, "run_id": run_id},
        )

    def queued_assets(self) -> list[QueuedAsset]:
        """What DAGs that wait for assets have seen become new since their last run."""
        return self._database.all(
            QueuedAsset, "SELECT dag_id, asset, event_id, queued_at FROM asset_queue ORDER BY 1, 2", {}
        )

    def pools(self) -> list[PoolUse]:
        """Pools that tries hold slots of."""
        return self._database.all(
            PoolUse,
            "SELECT pool, "
            "coalesce(sum(pool_slots) FILTER (WHERE state = 'running'), 0)::int AS running_slots, "
            "coalesce(sum(pool_slots) FILTER (WHERE state = 'queued'), 0)::int AS queued_slots, "
            "(count(*) FILTER (WHERE state = 'running'))::int AS running, "
            "(count(*) FILTER (WHERE state = 'queued'))::int AS queued "
            "FROM task_instances WHERE state IN ('queued', 'running') GROUP BY pool ORDER BY pool",
            {},
        )

    def runners(self) -> list[Runner]:
        """The one that runs tasks first, then those that gave a sign of life last."""
        return self._database.all(
            Runner,
            "SELECT r.name, r.host, r.machine, r.pid, r.born, r.started_at, r.heartbeat_at, r.ended_at, "
            "l.until AS lease_until FROM runners AS r LEFT JOIN runner_lease AS l ON l.runner = r.name "
            "ORDER BY l.until IS NULL, r.heartbeat_at DESC",
            {},
        )

    def alerts(self, limit: int) -> list[Alert]:
        """Newest first."""
        return self._database.all(Alert, _ALERT + "ORDER BY at DESC, key LIMIT %(limit)s", {"limit": limit})

    def unsent_alerts(self) -> list[Alert]:
        """Oldest first."""
        return self._database.all(Alert, _ALERT + "WHERE sent_at IS NULL ORDER BY at, key", {})


@dataclass(frozen=True)
class _Body:
    body: str


@dataclass(frozen=True)
class _Tick:
    dag_id: str
    at: datetime | None


@dataclass(frozen=True)
class _CountedEvent(AssetEvent):
    events: int

    def event(self) -> AssetEvent:
        return AssetEvent(
            self.id, self.asset, self.at, self.dag_id, self.run_id, self.task_id, self.try_number
        )
