"""What is asked of runs of connectors by who watches them: up to when streams are complete, which runs were
not whole, and how many rows a reading brought against the usual.

It only looks. Ranges that were filled in say nothing of how fresh a stream is, and full readings nothing of
what is usual; both are left out where they would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.store.database import Database

USUAL_OF = 20
"""Readings whose median is the usual."""
_FRESHNESS: LiteralString = """
    SELECT r.connector, s.stream, max(s.complete_through) AS complete_through, min(s.began_at) AS first_began
    FROM sync_streams AS s JOIN sync_runs AS r ON r.id = s.run_id
    WHERE r.asked IN ('incremental', 'full')
        AND (%(connector)s::text IS NULL OR r.connector = %(connector)s)
    GROUP BY r.connector, s.stream ORDER BY r.connector, s.stream"""
_STRETCHES: LiteralString = """
    WITH whole AS (
        SELECT connector, max(id) AS id FROM sync_runs WHERE state = 'success' GROUP BY connector
    ), trouble AS (
        SELECT r.id, r.connector, r.ended_at, min(r.id) OVER (PARTITION BY r.connector) AS since
        FROM sync_runs AS r LEFT JOIN whole AS w ON w.connector = r.connector
        WHERE r.state = 'partial' AND r.id > coalesce(w.id, 0)
    )
    SELECT t.connector, t.since, t.id AS run_id, t.ended_at, s.stream, s.problem
    FROM trouble AS t JOIN sync_streams AS s ON s.run_id = t.id AND s.state = 'failed'
    WHERE t.ended_at >= %(since)s ORDER BY t.connector, t.id, s.stream"""
_READINGS: LiteralString = """
    SELECT r.connector, r.id AS run_id, s.stream, s.rows, s.ended_at, u.usual, u.earlier
    FROM sync_streams AS s JOIN sync_runs AS r ON r.id = s.run_id
    CROSS JOIN LATERAL (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY last.rows) AS usual, count(*) AS earlier
        FROM (
            SELECT p.rows FROM sync_streams AS p JOIN sync_runs AS q ON q.id = p.run_id
            WHERE q.connector = r.connector AND q.asked = 'incremental' AND q.id < r.id
                AND p.stream = s.stream AND p.state = 'success'
            ORDER BY q.id DESC LIMIT %(most)s
        ) AS last
    ) AS u
    WHERE r.asked = 'incremental' AND s.state = 'success' AND s.ended_at >= %(since)s
    ORDER BY r.connector, r.id, s.stream"""


@dataclass(frozen=True)
class Freshness:
    connector: str
    stream: str
    complete_through: datetime | None
    """Every change of the source up to then is in the warehouse; None before the first whole reading."""
    first_began: datetime
    """When the stream was first begun to be read, as far as runs are kept."""


@dataclass(frozen=True)
class FailedStream:
    """One that failed in a run that others of the same run did not."""

    connector: str
    since: int
    """The first partial run since the last whole one: which stretch of trouble it belongs to."""
    run_id: int
    ended_at: datetime
    stream: str
    problem: str


@dataclass(frozen=True)
class Brought:
    """What an incremental reading of a stream brought."""

    connector: str
    run_id: int
    stream: str
    rows: int
    ended_at: datetime
    usual: float | None
    """The median of the readings before; None where there was none."""
    earlier: int
    """How many that were, at most `USUAL_OF`."""


class SyncSightings:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def freshness(self, connector: str | None = None) -> list[Freshness]:
        """Of every stream that was ever read, of one connector or all."""
        return self._database.all(Freshness, _FRESHNESS, {"connector": connector})

    def partial(self, since: datetime) -> list[FailedStream]:
        """Streams that failed in partial runs which ended since then and which no whole run followed."""
        return self._database.all(FailedStream, _STRETCHES, {"since": since})

    def brought(self, since: datetime) -> list[Brought]:
        """Incremental readings that ended well since then."""
        return self._database.all(Brought, _READINGS, {"since": since, "most": USUAL_OF})
