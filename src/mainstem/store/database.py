"""Connections to one database, pooled: borrowed for a statement or a transaction, checked before each use.

Promise: it outlives a restart of Postgres. A connection that broke is noticed when it is borrowed and
replaced; a transaction that was under way fails with StoreUnavailable and was rolled back, unless it was
being committed just then. It retries no statement by itself.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, LiteralString, TypeVar

import psycopg
from psycopg.rows import class_row
from psycopg_pool import ConnectionPool

from mainstem.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mainstem.config import PostgresAddress

Row = TypeVar("Row")
Connection = psycopg.Connection[tuple[Any, ...]]
_ENDED_BY_SERVER = (psycopg.errors.IdleInTransactionSessionTimeout, psycopg.errors.ReadOnlySqlTransaction)
"""Of a process that stood still in a transaction; of a server that has become a standby."""


class Database:
    """The one way repositories reach Postgres. Safe to use from several threads."""

    def __init__(
        self, address: PostgresAddress, *, name: str, largest: int = 8, wait_s: float = 10.0
    ) -> None:
        """`name` stands in `pg_stat_activity`; `wait_s` is how long to wait for a connection."""
        self._pool = ConnectionPool(
            kwargs={
                **address.libpq(),
                "application_name": name,
                "connect_timeout": 5,
                "options": "-c statement_timeout=30s -c idle_in_transaction_session_timeout=60s",
            },
            min_size=1,
            max_size=largest,
            timeout=wait_s,
            check=ConnectionPool.check_connection,
            name=name,
            open=False,
        )
        self._pool.open()
        self._open = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Everything this thread does with the database in the block is done together, or not at all.

        A transaction within one joins it. Raises StoreUnavailable.
        """
        outer: Connection | None = getattr(self._open, "connection", None)
        if outer is not None:
            yield outer
            return
        try:
            with self._pool.connection() as connection:
                self._open.connection = connection
                try:
                    yield connection
                finally:
                    self._open.connection = None
        except (psycopg.OperationalError, *_ENDED_BY_SERVER) as e:
            raise StoreUnavailable(f"the database mainstem does not answer: {e}") from e

    def all(self, kind: type[Row], sql: LiteralString, parameters: Mapping[str, object]) -> list[Row]:
        """Rows of a statement, each as a `kind` whose fields are its columns."""
        with self.transaction() as connection, connection.cursor(row_factory=class_row(kind)) as cursor:
            return cursor.execute(sql, parameters).fetchall()

    def one(self, kind: type[Row], sql: LiteralString, parameters: Mapping[str, object]) -> Row | None:
        """The first row of a statement, None when it has none."""
        with self.transaction() as connection, connection.cursor(row_factory=class_row(kind)) as cursor:
            return cursor.execute(sql, parameters).fetchone()

    def run(self, sql: LiteralString, parameters: Mapping[str, object]) -> int:
        """Rows that a statement changed."""
        with self.transaction() as connection:
            return connection.execute(sql, parameters).rowcount

    def close(self) -> None:
        self._pool.close()
