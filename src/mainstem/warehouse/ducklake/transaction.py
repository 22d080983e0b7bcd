"""One transaction on the lake."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from mainstem.warehouse.contract import ColumnType, TableName, Transaction
from mainstem.warehouse.ducklake.files import fits
from mainstem.warehouse.ducklake.types import SQL_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from mainstem.warehouse.capabilities import Capabilities
    from mainstem.warehouse.ducklake.files import FileWriter, Place

_ROWS = "_mainstem_rows"


class LakeTransaction(Transaction):
    """Statements on a cursor that is inside BEGIN … COMMIT; `DuckLake.transaction` opens and ends it."""

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        capabilities: Capabilities,
        files: FileWriter | None = None,
        *,
        may_change_structure: bool,
    ) -> None:
        """With `files`, rows in bulk become files of their own."""
        self._cursor = cursor
        self._capabilities = capabilities
        self._files = files
        self._may_change_structure = may_change_structure
        self._places: dict[str, Mapping[str, Place]] = {}
        self._made: set[TableName] = set()
        self._added: dict[TableName, set[str]] = {}
        self._written: list[Path] = []

    @contextmanager
    def files_discarded_on_error(self) -> Iterator[None]:
        """For the time before COMMIT: an error there means that no table will hold what was written."""
        try:
            yield
        except BaseException:
            for file in self._written:
                file.unlink(missing_ok=True)
            raise

    def create_table(
        self, name: TableName, columns: Mapping[str, ColumnType], *, partition_by: str | None = None
    ) -> None:
        self._structure_only()
        self._made.add(name)
        catalog, namespace = self._capabilities.catalog, self._capabilities.quoted(name.namespace)
        self._cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {catalog}.{namespace}")
        self._cursor.execute(f"CREATE TABLE {self._table(name)} ({self._definitions(columns)})")
        if partition_by is not None:
            column = self._capabilities.quoted(partition_by)
            self._cursor.execute(f"ALTER TABLE {self._table(name)} SET PARTITIONED BY ({column})")

    def add_columns(self, name: TableName, columns: Mapping[str, ColumnType]) -> None:
        self._structure_only()
        self._added.setdefault(name, set()).update(columns)
        for column, kind in columns.items():
            definition = self._definitions({column: kind})
            self._cursor.execute(f"ALTER TABLE {self._table(name)} ADD COLUMN {definition}")

    def append(self, name: TableName, rows: pa.Table) -> None:
        if rows.num_rows == 0 or self._append_file(name, rows):
            return
        self._cursor.register(_ROWS, rows)
        try:
            self._cursor.execute(f"INSERT INTO {self._table(name)} BY NAME SELECT * FROM {_ROWS}")  # noqa: S608 # names are quoted
        finally:
            self._cursor.unregister(_ROWS)

    def _append_file(self, name: TableName, rows: pa.Table) -> bool:
        """Whether `rows` became a file of the table."""
        files = self._files
        if files is None or rows.num_rows < files.least_rows or name in self._made:
            return False
        if name.namespace not in self._places:
            self._places[name.namespace] = files.places(self._cursor, name.namespace)
        place = self._places[name.namespace].get(name.table)
        if place is None or not fits(rows, place, self._added.get(name, ())):
            return False
        file = files.write(rows, place)
        self._written.append(file)
        files.hand_over(self._cursor, name, file)
        return True

    def delete(self, name: TableName, column: str, values: Sequence[str]) -> int:
        quoted = self._capabilities.quoted(column)
        keys = pa.table({"key": pa.array(values, pa.string())})
        self._cursor.register(_ROWS, keys)
        try:
            result = self._cursor.execute(
                f"DELETE FROM {self._table(name)} WHERE {quoted} IN (SELECT key FROM {_ROWS})"  # noqa: S608 # names are quoted
            ).fetchone()
        finally:
            self._cursor.unregister(_ROWS)
        return int(result[0]) if result else 0

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        return self._cursor.execute(sql, list(parameters)).to_arrow_table()

    def _structure_only(self) -> None:
        if not self._may_change_structure:
            raise ValueError("structure changes only in a transaction opened with ddl=True")

    def _table(self, name: TableName) -> str:
        return self._capabilities.qualified(name.namespace, name.table)

    def _definitions(self, columns: Mapping[str, ColumnType]) -> str:
        return ", ".join(f"{self._capabilities.quoted(c)} {SQL_TYPES[kind]}" for c, kind in columns.items())
