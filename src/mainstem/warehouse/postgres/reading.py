"""SELECTs on Postgres, each in a read-only transaction with a time limit, as Arrow tables.

Promise: nothing is written, whatever the role may do: every transaction is read-only by the session's
default, and one statement is all that a query can be. Sessions stand in UTC. A database that is away is
found out by the queries that need it, never by opening this.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psycopg
import pyarrow as pa
from psycopg import sql as pg
from psycopg_pool import ConnectionPool

from mainstem.errors import QueryError, UsageError, WarehouseBusy
from mainstem.warehouse.capabilities import Capabilities
from mainstem.warehouse.contract import ColumnType, Transaction, Warehouse
from mainstem.warehouse.interruption import can_be_stopped
from mainstem.warehouse.postgres.types import arrow_column, column_type, read_as_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from mainstem.config import PostgresAddress

_WAIT_S = 30.0
"""For a turn, where all connections are busy, and for a server that does not answer."""
_COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = %s ORDER BY table_name, ordinal_position
"""
_MARKS = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\?|%")


class PostgresReader(Warehouse):
    """`name` is what the connection is called, in errors and in `pg_stat_activity`."""

    capabilities = Capabilities(provider="postgres", dialect="postgres", catalog=None)

    def __init__(
        self, name: str, address: PostgresAddress, *, statement_timeout_s: float = 60.0, at_once: int = 4
    ) -> None:
        self._name = name
        self._timeout_s = statement_timeout_s
        self._pool = ConnectionPool(
            kwargs={
                **address.libpq(),
                "application_name": f"mainstem-{name}",
                "connect_timeout": 10,
                "options": "-c default_transaction_read_only=on -c timezone=UTC "
                f"-c statement_timeout={round(statement_timeout_s * 1000)}",
            },
            min_size=0,
            max_size=at_once,
            timeout=_WAIT_S,
            configure=read_as_text,
            check=ConnectionPool.check_connection,
            name=name,
            open=True,
        )

    def columns(self, namespace: str) -> Mapping[str, Mapping[str, ColumnType]]:
        found: dict[str, dict[str, ColumnType]] = {}
        for table, column, type_name in self._rows(_COLUMNS, (namespace,)).fetchall():
            found.setdefault(table, {})[column] = column_type(type_name)
        return found

    def transaction(self, message: str, *, ddl: bool = False) -> AbstractContextManager[Transaction]:
        raise UsageError(f"{message}: connection {self._name} is only read")

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        cursor = self._rows(_marked(sql) if parameters else sql, tuple(parameters) or None)
        if cursor.description is None:
            raise QueryError(f"connection {self._name}: this is no SELECT: {sql.strip()[:80]}")
        rows = cursor.fetchall()
        columns = [
            arrow_column(described.type_code, [row[number] for row in rows])
            for number, described in enumerate(cursor.description)
        ]
        return pa.Table.from_arrays(columns, names=[described.name for described in cursor.description])

    def close(self) -> None:
        self._pool.close()

    def _rows(self, sql: str, parameters: tuple[object, ...] | None) -> psycopg.Cursor:
        """A cursor whose rows are all here already."""
        try:
            with self._pool.connection() as connection, can_be_stopped(connection.cancel):
                # A prepared statement is one statement: a semicolon cannot smuggle in a second.
                return connection.execute(pg.SQL(sql), parameters, prepare=True)
        except psycopg.errors.QueryCanceled as e:
            limit = f"{self._timeout_s:g} s"
            raise QueryError(f"connection {self._name}: the query was ended after {limit}") from e
        except psycopg.OperationalError as e:
            raise WarehouseBusy(f"connection {self._name} does not answer: {e}") from e
        except psycopg.Error as e:
            raise QueryError(f"connection {self._name}: {e}") from e


def _marked(sql: str) -> str:
    """`?` as this driver writes parameters, but for those within quotes."""
    return _MARKS.sub(lambda m: {"?": "%s", "%": "%%"}.get(m[0], m[0].replace("%", "%%")), sql)
