"""The catalogue as tables: `event_catalogue`, `property_catalogue`, `event_volumes` of schema `mainstem`.

A refresh replaces the rows of the events it has looked at, in one transaction, so counts in them are of one
moment. Lists stand as JSON text. These tables are the only state of the catalogue: it goes on from them.
"""

from __future__ import annotations

import types
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints

import msgspec
import pyarrow as pa

from mainstem.operate.catalogue.entries import Catalogue, DayCount, EventEntry, PropertyEntry
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.arrow import ARROW_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mainstem.warehouse import Transaction, Warehouse

NAMESPACE = "mainstem"
EVENTS = TableName(NAMESPACE, "event_catalogue")
PROPERTIES = TableName(NAMESPACE, "property_catalogue")
VOLUMES = TableName(NAMESPACE, "event_volumes")
_KEY = "key"

Entry = TypeVar("Entry", EventEntry, PropertyEntry)

_PLAIN = {
    str: ColumnType.STRING,
    int: ColumnType.INT,
    float: ColumnType.FLOAT,
    bool: ColumnType.BOOLEAN,
    datetime: ColumnType.DATETIME,
}


def _columns(entry: type[msgspec.Struct]) -> dict[str, ColumnType]:
    """A column a field; what is no single value is JSON."""
    found = {}
    for name, kind in get_type_hints(entry).items():
        if name in entry.__struct_fields__:
            given = [k for k in get_args(kind) if k is not type(None)] if _is_union(kind) else [kind]
            found[name] = _PLAIN.get(given[0], ColumnType.JSON)
    return found


def _is_union(kind: object) -> bool:
    return isinstance(kind, types.UnionType)


TABLES: Mapping[TableName, dict[str, ColumnType]] = {
    EVENTS: _columns(EventEntry),
    PROPERTIES: _columns(PropertyEntry),
    VOLUMES: {
        _KEY: ColumnType.STRING,
        "namespace": ColumnType.STRING,
        "table_name": ColumnType.STRING,
        "day": ColumnType.DATETIME,
        "rows": ColumnType.INT,
    },
}


def ensure_tables(warehouse: Warehouse) -> None:
    """Make what is missing, tables and columns. Raises WarehouseBusy."""
    standing = warehouse.columns(NAMESPACE)
    missing = {
        name: {c: k for c, k in columns.items() if c not in standing.get(name.table, {})}
        for name, columns in TABLES.items()
    }
    if not any(missing.values()):
        return
    with warehouse.transaction("make the catalogue's tables", ddl=True) as transaction:
        for name, columns in missing.items():
            if name.table not in standing:
                transaction.create_table(name, columns)
            elif columns:
                transaction.add_columns(name, columns)


def read_catalogue(warehouse: Warehouse) -> Catalogue:
    """What the tables say; empty where nothing was ever refreshed. Raises WarehouseBusy."""
    standing = warehouse.columns(NAMESPACE)
    if any(name.table not in standing for name in TABLES):
        return Catalogue()
    properties: dict[str, list[PropertyEntry]] = {}
    for one in _entries(warehouse, PROPERTIES, PropertyEntry, '"key", "position"', standing):
        properties.setdefault(one.key, []).append(one)
    volumes: dict[str, list[DayCount]] = {}
    rows = warehouse.query(f'SELECT "key", "day", "rows" FROM {_name(warehouse, VOLUMES)} ORDER BY 1, 2')  # noqa: S608 # our own name
    for row in rows.to_pylist():
        volumes.setdefault(row["key"], []).append(DayCount(row["day"], row["rows"]))
    return Catalogue(
        tuple(_entries(warehouse, EVENTS, EventEntry, '"key"', standing)),
        {key: tuple(found) for key, found in properties.items()},
        {key: tuple(found) for key, found in volumes.items()},
    )


def replace(
    transaction: Transaction,
    gone: Sequence[str],
    events: Sequence[EventEntry],
    properties: Sequence[PropertyEntry],
    volumes: Mapping[str, Sequence[DayCount]],
) -> None:
    """Put what is said of `events`, whole, in the place of what was said; forget those that are `gone`.

    Volumes are replaced for the keys they are given for alone.
    """
    keys = [*gone, *(event.key for event in events)]
    for name, fresh in ((EVENTS, events), (PROPERTIES, properties)):
        transaction.delete(name, _KEY, keys)
        transaction.append(name, _table(TABLES[name], [_row(entry) for entry in fresh]))
    transaction.delete(VOLUMES, _KEY, [*gone, *volumes])
    named = {event.key: event for event in events}
    days = [
        {
            "key": key,
            "namespace": named[key].namespace,
            "table_name": named[key].table_name,
            "day": count.day,
            "rows": count.rows,
        }
        for key, counts in volumes.items()
        for count in counts
    ]
    transaction.append(VOLUMES, _table(TABLES[VOLUMES], days))


def _row(entry: EventEntry | PropertyEntry) -> dict[str, Any]:
    return {name: _stored(getattr(entry, name)) for name in entry.__struct_fields__}


def _stored(value: object) -> object:
    return msgspec.json.encode(value).decode() if isinstance(value, tuple) else value


def _table(columns: Mapping[str, ColumnType], rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    return pa.table(
        {name: pa.array([row[name] for row in rows], ARROW_TYPES[kind]) for name, kind in columns.items()}
    )


def _entries(
    warehouse: Warehouse,
    name: TableName,
    kind: type[Entry],
    order: str,
    standing: Mapping[str, Mapping[str, ColumnType]],
) -> Iterable[Entry]:
    columns = {c: k for c, k in TABLES[name].items() if c in standing[name.table]}
    listed = ", ".join(map(warehouse.capabilities.quoted, columns))
    found = warehouse.query(f"SELECT {listed} FROM {_name(warehouse, name)} ORDER BY {order}")  # noqa: S608 # our own names
    lists = [column for column, stored in columns.items() if stored is ColumnType.JSON]
    for row in found.to_pylist():
        for column in lists:
            if row[column] is not None:
                row[column] = msgspec.json.decode(row[column])
        yield msgspec.convert({c: v for c, v in row.items() if v is not None}, kind)


def _name(warehouse: Warehouse, name: TableName) -> str:
    return warehouse.capabilities.qualified(name.namespace, name.table)
