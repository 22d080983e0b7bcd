"""Bring the catalogue up to date, a namespace at a time; `table_refresh` holds what is done with one table.

What is counted and how far are written together, so a refresh that is killed has counted nothing twice. It
takes no lock of the loader's, and makes nobody wait.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from mainstem.load.discards import DISCARDS
from mainstem.operate.catalogue.count import NEEDED, table_sizes
from mainstem.operate.catalogue.table_refresh import Looking, TableRefresh
from mainstem.operate.catalogue.tables import ensure_tables, read_catalogue, replace
from mainstem.warehouse import TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mainstem.operate.catalogue.entries import Catalogue, DayCount, EventEntry, PropertyEntry
    from mainstem.operate.catalogue.known import Knowledge
    from mainstem.operate.catalogue.settings import CatalogueSettings
    from mainstem.operate.catalogue.table_refresh import Conflicts
    from mainstem.operate.catalogue.usage import Usage
    from mainstem.warehouse import Warehouse

logger = logging.getLogger("mainstem.catalogue")


@dataclass(frozen=True)
class RefreshReport:
    """What a refresh came to."""

    events: int = 0
    properties: int = 0
    counted: int = 0
    """Rows that were counted."""
    looked_at: int = 0
    """Rows that were looked at one by one."""
    changed: int = 0
    """Events of which the catalogue says something new."""
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.events} events with {self.properties} properties; counted {self.counted} rows, looked at "
            f"{self.looked_at}, {self.changed} events changed, {self.seconds:.2f} s"
        )


@dataclass
class _Change:
    """What is to be written for one namespace."""

    events: list[EventEntry] = field(default_factory=list)
    properties: list[PropertyEntry] = field(default_factory=list)
    volumes: dict[str, list[DayCount]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.events or self.gone)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Refresh:
    """One refresh of the catalogue of one warehouse."""

    def __init__(
        self,
        warehouse: Warehouse,
        namespaces: Mapping[str, Sequence[str]],
        knowledge: Knowledge,
        usage: Usage,
        settings: CatalogueSettings,
        *,
        now: Callable[[], datetime] = _utc_now,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """`namespaces` holds the ids of the sources of each. `stopping` is asked between tables: whether to
        look at no further one."""
        self._warehouse = warehouse
        self._namespaces = namespaces
        self._looking = Looking(warehouse, namespaces, knowledge, usage, settings, now)
        self._stopping = stopping

    def run(self, *, full: bool = False) -> RefreshReport:
        """With `full` all rows are counted, and each table is looked at. Raises WarehouseBusy."""
        began = time.monotonic()
        ensure_tables(self._warehouse)
        before = read_catalogue(self._warehouse)
        events = properties = changed = 0
        for namespace in sorted({*self._namespaces, *(event.namespace for event in before.events)}):
            change = self._namespace(namespace, before, full)
            if change:
                with self._warehouse.transaction(f"catalogue {namespace}") as transaction:
                    replace(transaction, change.gone, change.events, change.properties, change.volumes)
            changed += len(change.events) + len(change.gone)
        after = read_catalogue(self._warehouse) if changed else before
        events, properties = len(after.events), sum(map(len, after.properties.values()))
        seconds = time.monotonic() - began
        return RefreshReport(
            events, properties, self._looking.counted, self._looking.looked_at, changed, seconds
        )

    def _namespace(self, namespace: str, before: Catalogue, full: bool) -> _Change:
        tables = {
            table: columns
            for table, columns in self._warehouse.columns(namespace).items()
            if columns.keys() >= NEEDED and table != DISCARDS
        }
        sizes = table_sizes(self._warehouse, namespace)
        conflicts = self._conflicts(namespace)
        change = _Change()
        for table, columns in sorted(tables.items()):
            if self._stopping():
                return change
            table_name = TableName(namespace, table)
            old = before.named(namespace, table)
            old_properties = before.properties.get(str(table_name), ())
            old_days = before.volumes.get(str(table_name), ())
            one = TableRefresh(
                self._looking, table_name, columns, sizes.get(table, 0), old, old_properties, old_days, full
            )
            event, properties, days = one.refreshed(conflicts)
            if _same(event, old) and _same_properties(properties, old_properties):
                continue
            change.events.append(event)
            change.properties += properties
            if days is not None:
                change.volumes[event.key] = days
        standing = {f"{namespace}.{table}" for table in tables}
        change.gone += [e.key for e in before.events if e.namespace == namespace and e.key not in standing]
        return change

    def _conflicts(self, namespace: str) -> Conflicts:
        if DISCARDS not in self._warehouse.columns(namespace):
            return {}
        name = self._warehouse.capabilities.qualified(namespace, DISCARDS)
        rows = self._warehouse.query(
            f"SELECT table_name, column_name, reason, count(*) AS rows FROM {name} GROUP BY ALL ORDER BY rows"  # noqa: S608 # quoted
        )
        found: Conflicts = {}
        for row in rows.to_pylist():
            place = (row["table_name"], row["column_name"])
            found[place] = (found.get(place, (0, ""))[0] + row["rows"], row["reason"] or "")
        return found


def _same(event: EventEntry, old: EventEntry | None) -> bool:
    return old is not None and msgspec.structs.replace(event, refreshed_at=old.refreshed_at) == old


def _same_properties(properties: Sequence[PropertyEntry], old: Sequence[PropertyEntry]) -> bool:
    return list(properties) == list(old)
