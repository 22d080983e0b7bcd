"""Tables of plain rows in a schema of their own, such as records that are copied: made where they are
missing, appended to from mappings by column. No row is changed, and no column is added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from mainstem.warehouse.arrow import ARROW_TYPES
from mainstem.warehouse.contract import TableName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.warehouse.contract import ColumnType, Transaction, Warehouse


class PlainTables:
    """Of one schema, within a transaction that may create tables."""

    def __init__(
        self, schema: str, tables: Mapping[str, Mapping[str, ColumnType]], transaction: Transaction
    ) -> None:
        """`tables` are their columns, by name."""
        self._schema = schema
        self._tables = tables
        self._transaction = transaction

    def make_missing(self, warehouse: Warehouse) -> None:
        held = warehouse.columns(self._schema)
        for name, columns in self._tables.items():
            if name not in held:
                self._transaction.create_table(TableName(self._schema, name), columns)

    def append(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Of each row the table's columns; what else stands in it is left."""
        if not rows:
            return
        columns = self._tables[name]
        schema = pa.schema([(column, ARROW_TYPES[kind]) for column, kind in columns.items()])
        self._transaction.append(
            TableName(self._schema, name), pa.Table.from_pylist(list(rows), schema=schema)
        )
