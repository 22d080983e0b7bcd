"""A warehouse on plain DuckDB, in memory or a file: fast, and it fails when and where a test wants.

Statements are the lake's own, so that a test on it says something about the lake. It takes no locks between
processes.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import duckdb

from mainstem.errors import QueryError
from mainstem.warehouse import Capabilities, ColumnType, TableName, Transaction
from mainstem.warehouse.attaching import AttachingWarehouse
from mainstem.warehouse.ducklake.attach import attached
from mainstem.warehouse.ducklake.rewriting import LakeRewriting
from mainstem.warehouse.ducklake.types import column_type
from mainstem.warehouse.interruption import can_be_stopped
from mainstem.warehouse.rewriting import RewritingTransaction, RewritingWarehouse
from mainstem.warehouse.streaming import Streaming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from mainstem.warehouse.attaching import OtherDatabase, OtherTable

_COLUMNS = (
    "SELECT table_name, column_name, data_type FROM duckdb_columns()"
    " WHERE database_name = current_database() AND schema_name = ? ORDER BY table_name, column_index"
)

_NAMESPACES = (
    "SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database() ORDER BY schema_name"
)


def _nothing(_: str) -> None:
    return None


class MemoryWarehouse(AttachingWarehouse, RewritingWarehouse, Streaming):
    """A warehouse that is gone with the object, or a file whose stem is the catalog's name.

    `at` is called with the name of each point a transaction reaches: `columns`, `read`, `begin`,
    `create_table`, `add_columns`, `append`, `delete`, `query`, `drop`, `copy`, `commit` (before it),
    `committed` (after it).
    What it raises is what the warehouse does there.
    """

    def __init__(self, file: Path | None = None) -> None:
        catalog = "memory" if file is None else file.stem
        self.capabilities = Capabilities(provider="ducklake", dialect="duckdb", catalog=catalog)
        self._connection = duckdb.connect(":memory:" if file is None else str(file))
        self._connection.execute("SET TimeZone = 'UTC'")
        self.at: Callable[[str], None] = _nothing
        self.transactions: list[tuple[str, bool]] = []
        """(message, ddl) of every transaction that was committed."""

    def columns(self, namespace: str) -> Mapping[str, Mapping[str, ColumnType]]:
        self.at("columns")
        tables: dict[str, dict[str, ColumnType]] = {}
        for table, column, kind in self._connection.execute(_COLUMNS, [namespace]).fetchall():
            tables.setdefault(table, {})[column] = column_type(kind)
        return tables

    @contextmanager
    def transaction(self, message: str, *, ddl: bool = False) -> Iterator[Transaction]:
        with self._connection.cursor() as cursor:
            self.at("begin")
            cursor.execute("BEGIN")
            try:
                inner = LakeRewriting(cursor, self.capabilities, may_change_structure=ddl)
                yield _Watched(inner, self.at)
                self.at("commit")
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")
            self.transactions.append((message, ddl))
            self.at("committed")

    def namespaces(self) -> tuple[str, ...]:
        return tuple(row[0] for row in self._connection.execute(_NAMESPACES).fetchall())

    @contextmanager
    def rewriting(self, message: str) -> Iterator[RewritingTransaction]:
        with self.transaction(message, ddl=True) as transaction:
            yield _WatchedRewriting(cast(_Watched, transaction))

    @contextmanager
    def stream(self, sql: str) -> Iterator[Iterator[pa.RecordBatch]]:
        with self._connection.cursor() as cursor, can_be_stopped(cursor.interrupt):
            try:
                yield iter(cursor.execute(sql).to_arrow_reader(1000))
            except duckdb.Error as e:
                raise QueryError(str(e)) from e

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        self.at("read")
        with self._connection.cursor() as cursor, can_be_stopped(cursor.interrupt):
            try:
                return cursor.execute(sql, list(parameters)).to_arrow_table()
            except duckdb.Error as e:
                raise QueryError(str(e)) from e

    def attached(
        self, database: OtherDatabase, schema: str
    ) -> AbstractContextManager[Mapping[str, OtherTable]]:
        return attached(self._connection, database, schema)

    def close(self) -> None:
        self._connection.close()


class _Watched(Transaction):
    """Tells the test about each call before it is made."""

    def __init__(self, inner: LakeRewriting, at: Callable[[str], None]) -> None:
        self._inner = inner
        self._at = at

    def create_table(
        self, name: TableName, columns: Mapping[str, ColumnType], *, partition_by: str | None = None
    ) -> None:
        # Plain DuckDB knows no partitions.
        self._at("create_table")
        self._inner.create_table(name, columns)

    def add_columns(self, name: TableName, columns: Mapping[str, ColumnType]) -> None:
        self._at("add_columns")
        self._inner.add_columns(name, columns)

    def append(self, name: TableName, rows: pa.Table) -> None:
        self._at("append")
        self._inner.append(name, rows)

    def delete(self, name: TableName, column: str, values: Sequence[str]) -> int:
        self._at("delete")
        return self._inner.delete(name, column, values)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        self._at("query")
        return self._inner.query(sql, parameters)


class _WatchedRewriting(_Watched, RewritingTransaction):
    """The same of a transaction that rewrites."""

    def __init__(self, watched: _Watched) -> None:
        super().__init__(watched._inner, watched._at)

    def drop_table(self, name: TableName) -> None:
        self._at("drop")
        self._inner.drop_table(name)

    def drop_namespace(self, namespace: str) -> None:
        self._at("drop")
        self._inner.drop_namespace(namespace)

    def delete_between(
        self, name: TableName, column: str, begin: datetime | None, end: datetime | None
    ) -> int:
        self._at("delete")
        return self._inner.delete_between(name, column, begin, end)

    def copy(self, source: TableName, target: TableName, columns: Sequence[str]) -> None:
        self._at("copy")
        self._inner.copy(source, target, columns)
