"""Rows of the company's systems as tables of a warehouse: `crm.accounts`, `licences.licences` and so on.

A table holds each row once, as it is today; one that its system deleted stays with `_deleted` true. Days are
written in one transaction, and writing them again changes nothing. It reads no event and no truth.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from mainstem.errors import WarehouseBusy
from mainstem.simulate.world.send import text
from mainstem.simulate.world.systems import SYSTEMS, columns_of
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.arrow import ARROW_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from mainstem.simulate.world.output import Day
    from mainstem.warehouse import Transaction, Warehouse

_TYPES = {
    str: ColumnType.STRING,
    int: ColumnType.INT,
    float: ColumnType.FLOAT,
    bool: ColumnType.BOOLEAN,
}
DELETED = "_deleted"
_BARE = {"id", "updated_at", DELETED}
_PAUSE, _PATIENCE = 1.0, 120.0
"""Seconds between two tries, and altogether, while the warehouse is busy."""


class SystemRows:
    """The tables of every system, made when they are missing."""

    def __init__(
        self,
        warehouse: Warehouse,
        wait: Callable[[float], None] = time.sleep,
        *,
        without: Collection[str] = (),
    ) -> None:
        """Makes tables and columns that are not there, in one transaction under the structure lock.

        Rows of the systems `without` are passed over: others bring them.
        """
        self._warehouse = warehouse
        self._wait = wait
        self._tables = {
            TableName(system, table): {**columns_of(system, table), DELETED: bool}
            for system, tables in SYSTEMS.items()
            if system not in without
            for table in tables
        }
        self._make_missing()

    def apply(self, days: Sequence[Day]) -> int:
        """Write the rows as they are after these days, which follow those written before, all or nothing.

        Returns how many rows were written. Raises WarehouseBusy.
        """
        latest = {name: rows for name, rows in _latest(days).items() if name in self._tables}
        waited = 0.0
        while latest:
            try:
                return self._commit(latest, f"rows of the systems through {days[-1].day}")
            except WarehouseBusy:
                if waited >= _PATIENCE:
                    raise
            # Whatever became of the COMMIT: the same rows once more change nothing.
            self._wait(_PAUSE)
            waited += _PAUSE
        return 0

    def _commit(self, latest: Mapping[TableName, Mapping[str, dict[str, Any]]], message: str) -> int:
        with self._warehouse.transaction(message) as transaction:
            return sum(self._write(transaction, name, rows) for name, rows in latest.items())

    def _write(self, transaction: Transaction, name: TableName, rows: Mapping[str, dict[str, Any]]) -> int:
        gone = [key for key, row in rows.items() if row.keys() == _BARE]
        held = self._held(transaction, name, gone)
        whole = [{**held.get(key, {}), **row} for key, row in rows.items()]
        transaction.delete(name, "id", list(rows))
        schema = pa.schema(
            [(column, ARROW_TYPES[_TYPES[kind]]) for column, kind in self._tables[name].items()]
        )
        transaction.append(name, pa.Table.from_pylist(whole, schema=schema))
        return len(whole)

    def _held(
        self, transaction: Transaction, name: TableName, keys: Sequence[str]
    ) -> dict[str, dict[str, Any]]:
        """Rows as the table has them: a deletion does not say what it deletes."""
        if not keys:
            return {}
        table = self._warehouse.capabilities.qualified(name.namespace, name.table)
        marks = ", ".join("?" for _ in keys)
        found = transaction.query(
            f"SELECT * FROM {table} WHERE id IN ({marks})",  # noqa: S608 # quoted name, marked values
            keys,
        )
        return {row["id"]: row for row in found.to_pylist()}

    def _make_missing(self) -> None:
        systems = {name.namespace for name in self._tables}
        held = {system: self._warehouse.columns(system) for system in systems}
        missing = {
            name: {
                column: kind
                for column, kind in columns.items()
                if column not in held[name.namespace][name.table]
            }
            if name.table in held[name.namespace]
            else columns
            for name, columns in self._tables.items()
        }
        if not any(missing.values()):
            return
        with self._warehouse.transaction("tables of the systems", ddl=True) as transaction:
            for name, columns in missing.items():
                kinds = {column: _TYPES[kind] for column, kind in columns.items()}
                if name.table not in held[name.namespace]:
                    transaction.create_table(name, kinds)
                elif kinds:
                    transaction.add_columns(name, kinds)


def _latest(days: Sequence[Day]) -> dict[TableName, dict[str, dict[str, Any]]]:
    """The last state of every row that changed, by table and key; of a deleted one what these days know."""
    latest: dict[TableName, dict[str, dict[str, Any]]] = {}
    for day in days:
        for change in day.changes:
            rows = latest.setdefault(TableName(change.system, change.table), {})
            if change.row is not None:
                rows[change.key] = {**change.row, DELETED: False}
            else:
                known = rows.get(change.key, {"id": change.key})
                rows[change.key] = {**known, "updated_at": text(change.at), DELETED: True}
    return latest
