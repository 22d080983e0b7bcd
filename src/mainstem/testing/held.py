"""All that a warehouse holds of loaded events, as plain data that two warehouses can be compared by.

It leaves out what may differ between two loads of the same log: the time of loading, the order of rows, and
how far each commit went. It leaves out no value, no type and no row.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.load.bookkeeping import MESSAGE_IDS, QUARANTINE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.warehouse import ColumnType, Warehouse

Cells = frozenset[tuple[str, str]]
Held = dict[str, tuple[dict[str, "ColumnType"], Counter[Cells]]]
"""`namespace.table` → its columns with their types, and each row with how often it stands there."""


def held(warehouse: Warehouse, namespaces: Iterable[str]) -> Held:
    """Every table of `namespaces`, with the loader's quarantine and its window of message ids."""
    own = (QUARANTINE, MESSAGE_IDS)
    tables = {str(name): (name.namespace, name.table) for name in own}
    for namespace in namespaces:
        tables |= {f"{namespace}.{table}": (namespace, table) for table in warehouse.columns(namespace)}
    found: Held = {}
    for name, (namespace, table) in tables.items():
        rows = warehouse.query(f"SELECT * FROM {warehouse.capabilities.qualified(namespace, table)}")  # noqa: S608 # a quoted name
        columns = dict(warehouse.columns(namespace)[table])
        found[name] = columns, Counter(map(cells_of, rows.to_pylist()))
    return found


def cells_of(row: dict[str, Any]) -> Cells:
    """What a row says, without NULLs, the time and the day of loading; 1 and 1.0 differ."""
    return frozenset(
        (name, _text(value)) for name, value in row.items() if value is not None and name not in _OF_LOADING
    )


def _text(value: object) -> str:
    """A moment is the same however its zone is called."""
    return str(value.astimezone(UTC)) if isinstance(value, datetime) else repr(value)


_OF_LOADING = frozenset({"uuid_ts", "UUID_TS", "day"})
