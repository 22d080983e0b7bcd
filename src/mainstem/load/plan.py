"""Decide what a batch of rows does to the tables that stand, as frozen steps that can be read and counted.

Pure: rows and the present structure in, steps out. Nothing here knows a warehouse, a clock or the log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from mainstem.load.discards import COLUMN_TYPES, DISCARD_COLUMNS, DISCARDS, PLAIN, fit, text_of
from mainstem.load.schema import LOADED_AT, parse_moment
from mainstem.warehouse import ColumnType, TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    import pyarrow as pa

    from mainstem.load.schema import Row

Structure: TypeAlias = "Mapping[str, Mapping[str, ColumnType]]"
"""The tables of a namespace, each with its columns and their types."""

USERS = "users"
MOST_COLUMNS = 1600
"""Columns a table may have: RudderStack's limit for an event, and Postgres's for a table."""
KEY = "id"
_RECEIVED_AT = "received_at"
_NO_ROOM = f"the table has {MOST_COLUMNS} columns, which is the most a table may have"


@dataclass(frozen=True)
class CreateTable:
    name: TableName
    columns: Mapping[str, ColumnType]


@dataclass(frozen=True)
class AddColumns:
    name: TableName
    columns: Mapping[str, ColumnType]


@dataclass(frozen=True)
class AppendRows:
    """Rows as column → value; a row that lacks a column is NULL there. `columnar` holds further rows, ready
    to be appended."""

    name: TableName
    columns: Mapping[str, ColumnType]
    rows: tuple[Mapping[str, Any], ...]
    columnar: tuple[pa.Table, ...] = ()


@dataclass(frozen=True)
class MergeUsers:
    """Rows of a users table, in the order of the log, to be merged into those with the same `key`."""

    name: TableName
    columns: Mapping[str, ColumnType]
    rows: tuple[Mapping[str, Any], ...]
    key: str
    latest_by: str
    """The column that says which value is the latest."""
    stands: bool
    """Whether the table was there before this plan."""


Step = CreateTable | AddColumns | AppendRows | MergeUsers


@dataclass(frozen=True)
class Plan:
    """Steps in the order they are performed, structure first."""

    steps: tuple[Step, ...]
    rows: int
    """Rows of event tables, users included, discards not."""
    discards: int

    @property
    def changes_structure(self) -> bool:
        return any(isinstance(step, CreateTable | AddColumns) for step in self.steps)


@dataclass
class _Table:
    """A table while the plan is made: what stands, what is new, the rows so far."""

    name: TableName
    standing: Mapping[str, ColumnType] | None
    new: dict[str, ColumnType] = field(default_factory=dict)
    rows: list[Mapping[str, Any]] = field(default_factory=list)

    def type_of(self, column: str, incoming: ColumnType) -> ColumnType:
        """The standing type, else that of the first value of the batch, which makes the column."""
        if self.standing is not None and column in self.standing:
            return self.standing[column]
        return self.new.setdefault(column, incoming)

    def type_if_room(self, column: str, incoming: ColumnType, needed: frozenset[str]) -> ColumnType | None:
        """The same, but None for a new column when the table is full; room is kept for `needed` ones."""
        standing = self.standing or {}
        if column in standing:
            return standing[column]
        if column not in self.new and column not in needed:
            kept = sum(1 for name in needed if name not in standing and name not in self.new)
            if len(standing) + len(self.new) + kept >= MOST_COLUMNS:
                return None
        return self.new.setdefault(column, incoming)


class _Planner:
    def __init__(
        self, columns_of: Callable[[str], Structure], loaded_at: datetime, cased: Callable[[str], str]
    ) -> None:
        self._columns_of = columns_of
        self._loaded_at = loaded_at
        self._cased = cased
        self._loaded_at_column = cased(LOADED_AT)
        self._users = cased(USERS)
        self._key = cased(KEY)
        self._received_at = cased(_RECEIVED_AT)
        self._needed = frozenset((self._key, self._received_at, self._loaded_at_column))
        self._discards_table = cased(DISCARDS)
        self._tables: dict[TableName, _Table] = {}
        self.rows = 0
        self.discards = 0

    def add(self, namespace: str, row: Row) -> None:
        """Plan one row. An event that is named like the discards gets a table beside them, as RudderStack
        does for events named like its other tables."""
        if row.table == self._discards_table:
            row = msgspec.structs.replace(row, table=f"_{row.table}")
        table = self._table(namespace, row.table)
        values: dict[str, Any] = {}
        for column, kind in row.columns.items():
            incoming = COLUMN_TYPES[kind]
            if column == self._loaded_at_column:
                incoming = ColumnType.DATETIME
            elif column == self._key and table.name.table == self._users:
                incoming = ColumnType.STRING  # what rows are merged and deleted by, whatever came first
            existing = table.type_if_room(column, incoming, self._needed)
            if existing is None:
                self._discard(namespace, row, column, _NO_ROOM)
                continue
            value = self._loaded_at if column == self._loaded_at_column else row.data[column]
            if existing is incoming and type(value) is PLAIN.get(existing):
                values[column] = value
                continue
            values[column], reason = fit(value, incoming, existing)
            if reason is not None:
                self._discard(namespace, row, column, reason)
        if self._loaded_at_column in row.data:
            self._discard(namespace, row, self._loaded_at_column, f"{LOADED_AT} is the time of loading")
        table.rows.append(values)
        self.rows += 1

    def _discard(self, namespace: str, row: Row, column: str, reason: str) -> None:
        entry = {
            "table_name": row.table,
            "row_id": text_of(row.data.get(self._key, "")),
            "column_name": column,
            "column_value": text_of(row.data.get(column, "")),
            "received_at": parse_moment(row.received_at),
            "uuid_ts": self._loaded_at,
            "reason": reason,
        }
        table = self._table(namespace, self._discards_table)
        values = {}
        for name, kind in DISCARD_COLUMNS.items():
            cased = self._cased(name)
            values[cased] = fit(entry[name], kind, table.type_of(cased, kind)).value
        table.rows.append(values)
        self.discards += 1

    def _table(self, namespace: str, table: str) -> _Table:
        name = TableName(namespace, table)
        if name not in self._tables:
            self._tables[name] = _Table(name, self._columns_of(namespace).get(table))
        return self._tables[name]

    def steps(self) -> Iterable[Step]:
        tables = sorted(self._tables.values(), key=lambda table: table.name)
        for table in tables:
            if table.standing is None:
                yield CreateTable(table.name, table.new)
            elif table.new:
                yield AddColumns(table.name, table.new)
        for table in tables:
            columns = {**(table.standing or {}), **table.new}
            if table.name.table == self._users:
                yield self._merge(table, columns)
            else:
                yield AppendRows(table.name, columns, tuple(table.rows))

    def _merge(self, table: _Table, columns: Mapping[str, ColumnType]) -> MergeUsers:
        return MergeUsers(
            table.name,
            columns,
            tuple(table.rows),
            key=self._key,
            latest_by=self._received_at,
            stands=table.standing is not None,
        )


def make_plan(
    rows: Iterable[tuple[str, Row]],
    columns_of: Callable[[str], Structure],
    loaded_at: datetime,
    cased: Callable[[str], str] = str.lower,
) -> Plan:
    """Plan for (namespace, row) pairs in the order of the log.

    `columns_of` gives the tables of a namespace with their columns, as they stand before the plan; `cased`
    brings names of our own into the case of the warehouse's identifiers.
    """
    planner = _Planner(columns_of, loaded_at, cased)
    for namespace, row in rows:
        planner.add(namespace, row)
    return Plan(tuple(planner.steps()), planner.rows, planner.discards)
