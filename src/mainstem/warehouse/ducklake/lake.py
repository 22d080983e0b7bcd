"""DuckLake as a `Warehouse`.

One DuckDB instance a process, a cursor of its own for every query and transaction, so that threads do not
wait for one another's results.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from mainstem.errors import QueryError, WarehouseBusy
from mainstem.warehouse.attaching import AttachingWarehouse
from mainstem.warehouse.capabilities import Capabilities
from mainstem.warehouse.ducklake.attach import attached
from mainstem.warehouse.ducklake.catalog import CatalogCheck
from mainstem.warehouse.ducklake.connection import CATALOG_NAME, open_lake
from mainstem.warehouse.ducklake.failures import is_passing, query_failure
from mainstem.warehouse.ducklake.files import LEAST_ROWS, FileWriter
from mainstem.warehouse.ducklake.lock import StructureLock
from mainstem.warehouse.ducklake.transaction import LakeTransaction
from mainstem.warehouse.ducklake.types import column_type
from mainstem.warehouse.interruption import can_be_stopped
from mainstem.warehouse.streaming import Streaming

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from mainstem.config import PostgresAddress
    from mainstem.warehouse.attaching import OtherDatabase, OtherTable
    from mainstem.warehouse.contract import ColumnType, Transaction
    from mainstem.warehouse.ducklake.connection import LakeLocation
    from mainstem.warehouse.ducklake.lock import LoaderFence

_COLUMNS = (
    "SELECT table_name, column_name, data_type FROM duckdb_columns()"
    " WHERE database_name = ? AND schema_name = ? ORDER BY table_name, column_index"
)


_STREAMED_ROWS = 10_000
"""Of one piece of a stream."""


class DuckLake(AttachingWarehouse, Streaming):
    """A lake that this process is connected to."""

    capabilities = Capabilities(provider="ducklake", dialect="duckdb", catalog=CATALOG_NAME)

    def __init__(
        self,
        location: LakeLocation,
        *,
        read_only: bool = False,
        fence: LoaderFence | None = None,
        least_rows: int = LEAST_ROWS,
    ) -> None:
        """With `fence`, which must be taken, every transaction first makes sure that it still is ours. From
        `least_rows` on, what is appended to a lake in a folder is written past DuckDB."""
        self._fence = fence
        self._files = (
            FileWriter(CATALOG_NAME, location.metadata_schema, location.data_path, least_rows)
            if location.bucket is None
            else None
        )
        self._catalog = location.catalog
        self._connection = open_lake(location, read_only=read_only)
        self._lock = StructureLock(location.catalog)
        self._check = CatalogCheck(location.catalog, location.metadata_schema)

    def columns(self, namespace: str) -> Mapping[str, Mapping[str, ColumnType]]:
        return read_columns(self._connection, self._catalog, namespace)

    @contextmanager
    def transaction(self, message: str, *, ddl: bool = False) -> Iterator[Transaction]:
        if self._fence is not None and self._fence.ensure():
            raise WarehouseBusy("the loader's fence was lost; what is stored may have changed meanwhile")
        turn = self._fence.turn() if self._fence is not None else nullcontext()
        with self._lock if ddl else nullcontext(), turn, self._connection.cursor() as cursor:
            transaction = LakeTransaction(cursor, self.capabilities, self._files, may_change_structure=ddl)
            try:
                cursor.execute("BEGIN")
                cursor.execute(f"CALL {CATALOG_NAME}.set_commit_message('mainstem', ?)", [message])
                with transaction.files_discarded_on_error():
                    yield transaction
                cursor.execute("COMMIT")
            except duckdb.Error as e:
                _roll_back(cursor)
                if is_passing(e, self._catalog):
                    raise WarehouseBusy(f"{message}: {e}") from e
                raise
            except BaseException:
                _roll_back(cursor)
                raise
            if ddl:
                self._check.check()

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        return run_select(self._connection, self._catalog, sql, parameters)

    def stream(self, sql: str) -> AbstractContextManager[Iterator[pa.RecordBatch]]:
        return stream_select(self._connection, self._catalog, sql)

    def attached(
        self, database: OtherDatabase, schema: str
    ) -> AbstractContextManager[Mapping[str, OtherTable]]:
        return attached(self._connection, database, schema)

    def close(self) -> None:
        self._lock.close()
        self._connection.close()


def run_select(
    connection: duckdb.DuckDBPyConnection,
    catalog: PostgresAddress,
    sql: str,
    parameters: Sequence[object] = (),
) -> pa.Table:
    """One SELECT on a cursor of its own, as `Warehouse.query` promises it."""
    with connection.cursor() as cursor, can_be_stopped(cursor.interrupt):
        try:
            cursor.execute(f"USE {CATALOG_NAME}")  # a cursor does not inherit it
            result = cursor.execute(sql, list(parameters))
            if result is None:  # DuckDB's answer to text without a statement
                raise QueryError("the SQL holds no statement")
            return result.to_arrow_table()
        except duckdb.Error as e:
            raise query_failure(e, catalog) from e


@contextmanager
def stream_select(
    connection: duckdb.DuckDBPyConnection, catalog: PostgresAddress, sql: str
) -> Iterator[Iterator[pa.RecordBatch]]:
    """One SELECT on a cursor of its own, as `Streaming.stream` promises it."""
    with connection.cursor() as cursor, can_be_stopped(cursor.interrupt):
        try:
            cursor.execute(f"USE {CATALOG_NAME}")
            yield iter(cursor.execute(sql).to_arrow_reader(_STREAMED_ROWS))
        except duckdb.Error as e:
            raise query_failure(e, catalog) from e
        except pa.ArrowException as e:  # what DuckDB fails with on the way comes through Arrow's reader
            raise QueryError(str(e)) from e


def read_columns(
    connection: duckdb.DuckDBPyConnection, catalog: PostgresAddress, namespace: str
) -> Mapping[str, Mapping[str, ColumnType]]:
    """As `Warehouse.columns` promises it."""
    tables: dict[str, dict[str, ColumnType]] = {}
    for row in run_select(connection, catalog, _COLUMNS, (CATALOG_NAME, namespace)).to_pylist():
        table, column, kind = row.values()
        tables.setdefault(table, {})[column] = column_type(kind)
    return tables


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.execute("ROLLBACK")
    except duckdb.Error:
        # Nothing is open any more: the failed COMMIT, or the loss of the catalog, ended the transaction.
        return
