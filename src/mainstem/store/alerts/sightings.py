"""What those who watch look at, beside the records of runs: what has ended lately, and how it went before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.manifest import DagRun, TaskInstance
from mainstem.store.runs.values import Try

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.store.database import Database


@dataclass(frozen=True)
class EndedTry(Try):
    max_tries: int = 0


@dataclass(frozen=True)
class EndedRun:
    """A run that is over, and the one of its DAG that was over before it."""

    dag_id: str
    run_id: str
    state: str
    queued_at: datetime
    start_date: datetime | None
    end_date: datetime
    before: str
    """What became of that one; empty when there is none."""
    failed_since: datetime | None
    """When the first of the failed runs that went before ended."""
    failures: int
    """How many they are, without a success between."""


class Sightings:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ended_tries(self, since: datetime, but_for: str) -> list[EndedTry]:
        """Those that failed, for good or to be tried again, but for the reason `but_for`; in the order in
        which they ended."""
        return self._database.all(
            EndedTry,
            "SELECT t.dag_id, t.run_id, t.task_id, t.try_number, t.state, t.queued_at, t.start_date, "
            "t.end_date, t.exit_code, t.reason, t.log, t.runner, t.handle, i.max_tries "
            "FROM tries AS t JOIN task_instances AS i USING (dag_id, run_id, task_id) "
            "WHERE t.end_date >= %(since)s AND t.state IN ('failed', 'up_for_retry') "
            "AND t.reason <> %(but_for)s ORDER BY t.end_date, t.dag_id, t.run_id, t.task_id",
            {"since": since, "but_for": but_for},
        )

    def ended_runs(self, since: datetime) -> list[EndedRun]:
        """In the order in which they ended."""
        return self._database.all(
            EndedRun,
            "SELECT r.dag_id, r.run_id, r.state, r.queued_at, r.start_date, r.end_date, "
            "coalesce(b.state, '') AS before, f.failed_since, f.failures::int "
            "FROM dag_runs AS r "
            "LEFT JOIN LATERAL (SELECT state FROM dag_runs AS p WHERE p.dag_id = r.dag_id "
            "AND p.end_date < r.end_date AND p.state IN ('success', 'failed') "
            "ORDER BY p.end_date DESC LIMIT 1) AS b ON true "
            "CROSS JOIN LATERAL (SELECT min(p.end_date) AS failed_since, count(*) AS failures "
            "FROM dag_runs AS p WHERE p.dag_id = r.dag_id AND p.state = 'failed' AND p.end_date < r.end_date "
            "AND p.end_date > coalesce((SELECT max(s.end_date) FROM dag_runs AS s WHERE s.dag_id = r.dag_id "
            "AND s.state = 'success' AND s.end_date < r.end_date), '-infinity')) AS f "
            "WHERE r.end_date >= %(since)s AND r.state IN ('success', 'failed') "
            "ORDER BY r.end_date, r.dag_id, r.run_id",
            {"since": since},
        )

    def failed_for(self, since: datetime, reason: str) -> set[tuple[str, str]]:
        """DAG and id of failed runs with a task that was given that reason."""
        found = self._database.all(
            _RunKey,
            "SELECT DISTINCT i.dag_id, i.run_id FROM task_instances AS i JOIN dag_runs AS r "
            "USING (dag_id, run_id) WHERE r.end_date >= %(since)s AND r.state = 'failed' "
            "AND i.reason = %(reason)s",
            {"since": since, "reason": reason},
        )
        return {(one.dag_id, one.run_id) for one in found}

    def newest_runs(self) -> dict[str, DagRun]:
        """By DAG, the run that was queued last."""
        found = self._database.all(
            DagRun,
            "SELECT DISTINCT ON (dag_id) dag_id, run_id, run_type, state, logical_date, data_interval_start, "
            "data_interval_end, queued_at, start_date, end_date, manifest, triggered_by FROM dag_runs "
            "ORDER BY dag_id, queued_at DESC",
            {},
        )
        return {run.dag_id: run for run in found}

    def waiting(self, before: datetime) -> list[TaskInstance]:
        """Tasks that were given a place before, and have not begun."""
        return self._database.all(
            TaskInstance,
            "SELECT dag_id, run_id, task_id, state, try_number, max_tries, queued_at, start_date, end_date, "
            "next_retry_at, exit_code, reason, runner, handle FROM task_instances "
            "WHERE state = 'queued' AND queued_at < %(before)s ORDER BY queued_at, dag_id, task_id",
            {"before": before},
        )


@dataclass(frozen=True)
class _RunKey:
    dag_id: str
    run_id: str
