"""A session that reads: one connection, snapshots, batches, and what they cost. It can change nothing.

Whatever is selected is written in one way whatever the server's settings are: ISO dates in UTC, floats with
all digits.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import IsolationLevel

from mainstem.connectors.postgres.reading import Snapshot
from mainstem.connectors.postgres.statements import SNAPSHOT
from mainstem.connectors.postgres.values import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mainstem.connectors.postgres.settings import PostgresSettings
    from mainstem.saas import Usage

_WRITTEN = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "row_security": "on",
    "default_transaction_read_only": "on",
}
_CURSOR = "mainstem_rows"
_CONNECT_SECONDS = 15


class Session:
    """Raises psycopg's errors. Used from one thread."""

    def __init__(self, conninfo: str, password: str | None, settings: PostgresSettings, usage: Usage) -> None:
        self._usage = usage
        wait = f"{settings.statement_timeout * 1000:.0f}"
        options = {
            **_WRITTEN,
            "statement_timeout": wait,
            "idle_in_transaction_session_timeout": wait,
            "lock_timeout": f"{settings.lock_timeout * 1000:.0f}",
        }
        given: dict[str, Any] = {} if password is None else {"password": password}
        self._connection = psycopg.connect(
            conninfo,
            connect_timeout=_CONNECT_SECONDS,
            application_name="mainstem",
            client_encoding="utf8",
            autocommit=True,
            **given,
        )
        try:
            self._connection.isolation_level = IsolationLevel.REPEATABLE_READ
            self._connection.read_only = True
            prepare(self._connection.adapters)
            for name, value in options.items():
                self._connection.execute("SELECT set_config(%s, %s, false)", [name, value])
        except BaseException:
            self._connection.close()
            raise

    @property
    def connection(self) -> psycopg.Connection:
        return self._connection

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read within is of one moment."""
        with self._connection.transaction():
            yield

    def look(self) -> Snapshot:
        """Of the snapshot that is open."""
        found = self.one(SNAPSHOT)
        if found is None:
            raise psycopg.InterfaceError("the server tells nothing of its snapshot")
        return Snapshot(*found)

    def one(self, statement: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        return next(iter(self.all(statement, values)), None)

    def all(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        self._usage.calls += 1
        return self._connection.execute(statement.encode(), values).fetchall()

    def batches(
        self, statement: str, values: Sequence[Any], rows: int
    ) -> Iterator[Sequence[tuple[Any, ...]]]:
        """By a cursor on the server, so many rows at once; none of them is empty."""
        with self._connection.cursor(_CURSOR) as cursor:
            self._usage.calls += 1
            cursor.execute(statement.encode(), values)
            while True:
                self._usage.calls += 1
                found = cursor.fetchmany(rows)
                if not found:
                    return
                self._count(cursor)
                yield found
                if len(found) < rows:
                    return

    def _count(self, cursor: psycopg.ServerCursor[Any]) -> None:
        result = cursor.pgresult
        if result is not None:
            value, columns = result.get_value, range(result.nfields)
            self._usage.received_bytes += sum(
                len(value(row, n) or b"") for row in range(result.ntuples) for n in columns
            )

    def close(self) -> None:
        self._connection.close()
