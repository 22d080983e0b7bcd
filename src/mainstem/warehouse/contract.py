"""The contract every warehouse implements; `tests/contract/test_warehouse.py` holds each to it.

Column types are RudderStack's names, because tables are described in them from the event to the page.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    import pyarrow as pa

    from mainstem.warehouse.capabilities import Capabilities


class ColumnType(StrEnum):
    """RudderStack's column types."""

    BOOLEAN = "boolean"
    INT = "int"
    """64-bit signed."""
    FLOAT = "float"
    STRING = "string"
    DATETIME = "datetime"
    """A moment in UTC, microseconds."""
    JSON = "json"
    """JSON text."""


@dataclass(frozen=True, order=True)
class TableName:
    namespace: str
    table: str

    def __str__(self) -> str:
        return f"{self.namespace}.{self.table}"


class Transaction(ABC):
    """All or nothing. Ends with its `with` block: commits, or rolls back when the block raises."""

    @abstractmethod
    def create_table(
        self, name: TableName, columns: Mapping[str, ColumnType], *, partition_by: str | None = None
    ) -> None:
        """Make a table, and its namespace where that is missing. The table must not exist.

        Rows of one value of `partition_by` are kept in files of their own, where the warehouse can, so that
        deleting them all is cheap.
        """

    @abstractmethod
    def add_columns(self, name: TableName, columns: Mapping[str, ColumnType]) -> None:
        """Add columns, NULL in the rows that stand."""

    @abstractmethod
    def append(self, name: TableName, rows: pa.Table) -> None:
        """Insert rows by column name. Columns of the table that `rows` lacks become NULL."""

    @abstractmethod
    def delete(self, name: TableName, column: str, values: Sequence[str]) -> int:
        """Delete the rows whose `column` is one of `values`; returns how many there were."""

    @abstractmethod
    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """Run a SELECT that sees this transaction's own writes. `?` marks a parameter."""


class Warehouse(ABC):
    """One warehouse, connected. Safe to use from several threads, except inside one transaction."""

    capabilities: Capabilities

    @abstractmethod
    def columns(self, namespace: str) -> Mapping[str, Mapping[str, ColumnType]]:
        """Every table of a namespace with its columns and types; empty for an unknown namespace."""

    @abstractmethod
    def transaction(self, message: str, *, ddl: bool = False) -> AbstractContextManager[Transaction]:
        """Open a transaction, `message` kept in the warehouse's history where it has one.

        `ddl=True` is required for `create_table` and `add_columns`: it waits for the one lock that all
        changes of structure go through. Raises WarehouseBusy when a conflict outlasts the retries; a
        COMMIT whose outcome is unknown also raises it, so read back what you wrote before you repeat.
        """

    @abstractmethod
    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """Run one SELECT on what is committed. `?` marks a parameter.

        Raises QueryError when the SQL is not valid, WarehouseBusy when the warehouse cannot be reached.
        """

    @abstractmethod
    def close(self) -> None:
        """Give up every connection. Safe to call twice."""
