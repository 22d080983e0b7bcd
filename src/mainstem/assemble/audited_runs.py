"""What commands ask of runs, written to the audit log with who asked; the pages write their own.

Promise: an entry is kept exactly when what it tells of is done. What is only shown is not written down.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.store.accounts import AuditLog
from mainstem.web.auth.audit import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.manifest import DagRun, TaskInstance
    from mainstem.store import Database
    from mainstem.web.orchestration import Backfilling, BackfillTick, Clearing, MarkState, RunAsking


class AuditedRuns:
    """As `asking`. `by` is a login of this machine: its entries have no address."""

    def __init__(self, asking: RunAsking, database: Database) -> None:
        self._asking = asking
        self._database = database
        self._log = AuditLog(database)

    def trigger(self, dag_id: str, logical_date: datetime | None, by: str) -> DagRun:
        with self._database.transaction():
            run = self._asking.trigger(dag_id, logical_date, by)
            self._note(Action.RUN_TRIGGERED, f"{dag_id} {run.run_id}", by)
        return run

    def would_clear(self, wanted: Clearing) -> Sequence[TaskInstance]:
        return self._asking.would_clear(wanted)

    def clear(self, wanted: Clearing, by: str) -> Sequence[TaskInstance]:
        details = {"tasks": ",".join(wanted.task_ids)} if wanted.task_ids else {}
        with self._database.transaction():
            cleared = self._asking.clear(wanted, by)
            self._note(Action.RUN_CLEARED, f"{wanted.dag_id} {wanted.run_id}", by, **details)
        return cleared

    def mark(self, dag_id: str, run_id: str, task_id: str | None, state: MarkState, by: str) -> None:
        details = {"state": str(state)} | ({"task": task_id} if task_id else {})
        with self._database.transaction():
            self._asking.mark(dag_id, run_id, task_id, state, by)
            self._note(Action.RUN_MARKED, f"{dag_id} {run_id}", by, **details)

    def pause(self, dag_id: str, is_paused: bool, by: str) -> None:
        with self._database.transaction():
            self._asking.pause(dag_id, is_paused, by)
            self._note(Action.DAG_PAUSED if is_paused else Action.DAG_UNPAUSED, dag_id, by)

    def would_backfill(self, wanted: Backfilling) -> Sequence[BackfillTick]:
        return self._asking.would_backfill(wanted)

    def backfill(self, wanted: Backfilling, by: str) -> Sequence[BackfillTick]:
        details = {"first": wanted.from_date.isoformat(), "last": wanted.to_date.isoformat()}
        with self._database.transaction():
            ticks = self._asking.backfill(wanted, by)
            self._note(Action.RUN_BACKFILLED, wanted.dag_id, by, **details)
        return ticks

    def _note(self, action: Action, target: str, by: str, **details: str) -> None:
        self._log.add(datetime.now(UTC), action.value, actor=by, target=target, details=details)
