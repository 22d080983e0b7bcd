"""Runs of connectors: which streams were read, what they cost, how they ended, how tables changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

from mainstem.store.table import Table

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.store.database import Database

RUNS = Table(
    "sync_runs",
    {
        "id": "bigint",
        "connector": "text",
        "kind": "text",
        "asked": "text",
        "began_at": "timestamp with time zone",
        "ended_at": "timestamp with time zone?",
        "state": "text",
        "problem": "text",
    },
)
STREAMS = Table(
    "sync_streams",
    {
        "run_id": "bigint",
        "stream": "text",
        "state": "text",
        "began_at": "timestamp with time zone",
        "ended_at": "timestamp with time zone?",
        "rows": "bigint",
        "deleted": "bigint",
        "bytes": "bigint",
        "calls": "bigint",
        "repeats": "bigint",
        "waited_seconds": "double precision",
        "quota_remaining": "bigint?",
        "complete_through": "timestamp with time zone?",
        "problem": "text",
    },
)
CHANGES = Table(
    "sync_schema_changes",
    {
        "id": "bigint",
        "run_id": "bigint",
        "connector": "text",
        "stream": "text",
        "at": "timestamp with time zone",
        "change": "text",
        "column_name": "text",
        "column_type": "text",
    },
)
_RUN: LiteralString = "SELECT id, connector, kind, asked, began_at, ended_at, state, problem FROM sync_runs"
_STREAM: LiteralString = (
    "SELECT s.run_id, s.stream, s.state, s.began_at, s.ended_at, s.rows, s.deleted, s.bytes, s.calls, "
    "s.repeats, s.waited_seconds, s.quota_remaining, s.complete_through, s.problem FROM sync_streams AS s"
)


@dataclass(frozen=True)
class KeptRun:
    id: int
    connector: str
    """Its name in the project's settings."""
    kind: str
    """Its type: `zendesk`."""
    asked: str
    """What was asked for: `incremental`, `full`, or `2024-01-01 to 2024-02-01`."""
    began_at: datetime
    ended_at: datetime | None
    state: str
    """`running`, `success`, `partial` (some streams failed), `failed` (all did, or it could not begin),
    `broken_off` (its process died)."""
    problem: str


@dataclass(frozen=True)
class KeptStream:
    """One stream in one run."""

    run_id: int
    stream: str
    state: str
    """`running`, `success`, `failed` or `broken_off`."""
    began_at: datetime
    ended_at: datetime | None
    rows: int
    """Rows that were written, those that stood there alike among them."""
    deleted: int
    """Rows that were marked as deleted."""
    bytes: int
    calls: int
    repeats: int
    waited_seconds: float
    quota_remaining: int | None
    complete_through: datetime | None
    """Every change of the source up to then is in the warehouse; None before the first whole reading."""
    problem: str


@dataclass(frozen=True)
class KeptChange:
    id: int
    run_id: int
    connector: str
    stream: str
    at: datetime
    change: str
    """`new_table`, `new_column`, `new_variant` (a value did not fit its column), `gone_column` or
    `changed_type`."""
    column_name: str
    column_type: str


@dataclass(frozen=True)
class _Id:
    id: int


class SyncRuns:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, connector: str, kind: str, asked: str, at: datetime) -> int:
        """A new run, its number. A run of this connector that never ended is broken off: its process died."""
        with self._database.transaction():
            parameters = {"connector": connector, "kind": kind, "asked": asked, "at": at}
            self._database.run(
                "UPDATE sync_streams SET state = 'broken_off', ended_at = %(at)s WHERE state = 'running' "
                "AND run_id IN (SELECT id FROM sync_runs WHERE connector = %(connector)s)",
                parameters,
            )
            self._database.run(
                "UPDATE sync_runs SET state = 'broken_off', ended_at = %(at)s "
                "WHERE connector = %(connector)s AND state = 'running'",
                parameters,
            )
            begun = self._database.one(
                _Id,
                "INSERT INTO sync_runs (connector, kind, asked, began_at) "
                "VALUES (%(connector)s, %(kind)s, %(asked)s, %(at)s) RETURNING id",
                parameters,
            )
        if begun is None:
            raise AssertionError("INSERT … RETURNING gives a row")
        return begun.id

    def finish(self, run_id: int, at: datetime, state: str, problem: str = "") -> None:
        self._database.run(
            "UPDATE sync_runs SET state = %(state)s, ended_at = %(at)s, problem = %(problem)s "
            "WHERE id = %(id)s",
            {"id": run_id, "at": at, "state": state, "problem": problem},
        )

    def note_stream(self, stream: KeptStream) -> None:
        """How a stream stands now; called when it begins, on the way, and when it has ended."""
        self._database.run(
            """INSERT INTO sync_streams (run_id, stream, state, began_at, ended_at, rows, deleted, bytes,
                calls, repeats, waited_seconds, quota_remaining, complete_through, problem)
            VALUES (%(run_id)s, %(stream)s, %(state)s, %(began_at)s, %(ended_at)s, %(rows)s, %(deleted)s,
                %(bytes)s, %(calls)s, %(repeats)s, %(waited_seconds)s, %(quota_remaining)s,
                %(complete_through)s, %(problem)s)
            ON CONFLICT (run_id, stream) DO UPDATE SET state = excluded.state, ended_at = excluded.ended_at,
                rows = excluded.rows, deleted = excluded.deleted, bytes = excluded.bytes,
                calls = excluded.calls, repeats = excluded.repeats,
                waited_seconds = excluded.waited_seconds, quota_remaining = excluded.quota_remaining,
                complete_through = excluded.complete_through, problem = excluded.problem""",
            vars(stream),
        )

    def note_change(
        self, run_id: int, connector: str, stream: str, at: datetime, change: str, column: str, kind: str
    ) -> None:
        self._database.run(
            "INSERT INTO sync_schema_changes "
            "(run_id, connector, stream, at, change, column_name, column_type) VALUES "
            "(%(run)s, %(connector)s, %(stream)s, %(at)s, %(change)s, %(column)s, %(kind)s)",
            {
                "run": run_id,
                "connector": connector,
                "stream": stream,
                "at": at,
                "change": change,
                "column": column,
                "kind": kind,
            },
        )

    def newest(self, limit: int, connector: str | None = None) -> list[KeptRun]:
        """Newest first, of one connector or all."""
        return self._database.all(
            KeptRun,
            _RUN + " WHERE %(connector)s::text IS NULL OR connector = %(connector)s "
            "ORDER BY id DESC LIMIT %(limit)s",
            {"connector": connector, "limit": limit},
        )

    def streams_of(self, run_id: int) -> list[KeptStream]:
        """In the order in which they began."""
        return self._database.all(
            KeptStream,
            _STREAM + " WHERE s.run_id = %(run)s ORDER BY s.began_at, s.stream",
            {"run": run_id},
        )

    def streams_of_last(self, connector: str, runs: int) -> list[KeptStream]:
        """Of the newest runs of a connector, the newest first."""
        return self._database.all(
            KeptStream,
            _STREAM  # noqa: S608 # only literals
            + " WHERE s.run_id IN (SELECT id FROM sync_runs WHERE connector = %(connector)s "
            "ORDER BY id DESC LIMIT %(runs)s) ORDER BY s.run_id DESC, s.stream",
            {"connector": connector, "runs": runs},
        )

    def last_of_each(self, connector: str) -> list[KeptStream]:
        """The newest reading of every stream of a connector, by name."""
        return self._database.all(
            KeptStream,
            "SELECT DISTINCT ON (stream) * FROM ("  # noqa: S608 # only literals
            + _STREAM
            + " JOIN sync_runs AS r ON r.id = s.run_id WHERE r.connector = %(connector)s"
            ") AS found ORDER BY stream, run_id DESC",
            {"connector": connector},
        )

    def changes(self, limit: int, connector: str | None = None) -> list[KeptChange]:
        """Newest first."""
        return self._database.all(
            KeptChange,
            "SELECT id, run_id, connector, stream, at, change, column_name, column_type "
            "FROM sync_schema_changes WHERE %(connector)s::text IS NULL OR connector = %(connector)s "
            "ORDER BY id DESC LIMIT %(limit)s",
            {"connector": connector, "limit": limit},
        )

    def changes_of(self, run_id: int) -> list[KeptChange]:
        """In their order."""
        return self._database.all(
            KeptChange,
            "SELECT id, run_id, connector, stream, at, change, column_name, column_type "
            "FROM sync_schema_changes WHERE run_id = %(run)s ORDER BY id",
            {"run": run_id},
        )

    def prune(self, before: datetime) -> int:
        """Forget runs that ended before, but the newest of each connector; how many that were."""
        return self._database.run(
            "DELETE FROM sync_runs WHERE ended_at < %(before)s "
            "AND id NOT IN (SELECT max(id) FROM sync_runs GROUP BY connector)",
            {"before": before},
        )
