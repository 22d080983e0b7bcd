"""Bring the catalogue up to date: count what is new in each table, look at some of it, say what is known.

A table that got no rows is not read. What is counted and how far are written together, so a refresh that is
killed has counted nothing twice. It takes no lock of the loader's, and makes nobody wait.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from mainstem.load.discards import DISCARDS
from mainstem.operate.catalogue.count import (
    LOADED_AT,
    NEEDED,
    ColumnCount,
    Counted,
    Span,
    TableCounter,
    table_sizes,
    without_days_before,
)
from mainstem.operate.catalogue.entries import DayCount, EventEntry, PropertyEntry, Sender, SpelledName
from mainstem.operate.catalogue.look import TableLook
from mainstem.operate.catalogue.personal import PersonalData
from mainstem.operate.catalogue.tables import ensure_tables, read_catalogue, replace
from mainstem.warehouse import TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mainstem.operate.catalogue.entries import Catalogue
    from mainstem.operate.catalogue.known import Knowledge, KnownEvent
    from mainstem.operate.catalogue.look import Looked
    from mainstem.operate.catalogue.settings import CatalogueSettings
    from mainstem.operate.catalogue.usage import Usage
    from mainstem.warehouse import ColumnType, Warehouse

logger = logging.getLogger("mainstem.catalogue")

_TYPES = {
    "pages": "page", "screens": "screen", "identifies": "identify", "groups": "group", "_groups": "group",
    "aliases": "alias", "users": "users", "tracks": "tracks",
}  # fmt: skip
_TRACK_COLUMN = "event_text"
_MOST_SENDERS = 100
_MOST_NAMES = 50
_RECOUNT_ROWS = 200_000
"""A table up to this large is counted anew whenever its counts do not add up, others once a day."""
_RECOUNT_EVERY = timedelta(days=1)
_LOOK_GROWTH = 0.1
"""Rows that came since the last look, as a share: then another is worth it."""
_LOOK_EVERY = timedelta(days=1)


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


Conflicts = dict[tuple[str, str], tuple[int, str]]
"""(table, column) → lines in the discards, and the reason of most of them."""


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
        self._knowledge = knowledge
        self._usage = usage
        self._settings = settings
        self._now = now
        self._stopping = stopping
        self._personal = PersonalData()
        self._counted = 0
        self._looked_at = 0

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
        return RefreshReport(events, properties, self._counted, self._looked_at, changed, seconds)

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
            one = _Table(self, table_name, columns, sizes.get(table, 0), old, old_properties, old_days, full)
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


class _Table:
    """One table during a refresh: what was said of it, and what is to be said now."""

    def __init__(
        self,
        refresh: Refresh,
        name: TableName,
        columns: Mapping[str, ColumnType],
        size: int,
        old: EventEntry | None,
        old_properties: Sequence[PropertyEntry],
        old_days: Sequence[DayCount],
        full: bool,
    ) -> None:
        self._refresh = refresh
        self._settings = refresh._settings
        self._name = name
        self._columns = columns
        self._size = size
        self._old = old
        self._old_properties = {one.column_name: one for one in old_properties}
        self._old_days = old_days
        self._full = full
        self._now = refresh._now()

    def refreshed(
        self, conflicts: Conflicts
    ) -> tuple[EventEntry, list[PropertyEntry], list[DayCount] | None]:
        """The entries as they are now; days only where rows were counted."""
        old, settings = self._old, self._settings
        if old is not None and old.table_size == self._size and not self._full and not self._new_columns:
            entry, counted, days = old, None, None
        else:
            entry, counted = self._count()
            first = self._now - timedelta(days=settings.volume_days)
            counted = without_days_before(counted, first.replace(hour=0, minute=0, second=0, microsecond=0))
            days = [DayCount(day, rows) for day, rows in sorted(counted.days.items())]
        known = self._refresh._knowledge.of(self._name.namespace, self._name.table, entry.type)
        looked: dict[str, Looked] = {}
        if self._is_look_due(entry):
            rows, looked = self._look(entry, counted)
            entry = msgspec.structs.replace(
                entry, sampled_rows=rows, sampled_at=self._now, rows_when_sampled=entry.rows
            )
        entry = msgspec.structs.replace(
            entry,
            plan=known.plan,
            planned=known.planned,
            description=known.description,
            owner=known.owner,
            since=known.since,
            deprecated=known.deprecated,
            sources=tuple(self._refresh._namespaces.get(self._name.namespace, entry.sources)),
            used_by=self._refresh._usage.of_event(entry.key),
            refreshed_at=self._now,
        )
        return entry, list(self._properties(entry, known, counted, looked, conflicts)), days

    @property
    def _new_columns(self) -> bool:
        return self._columns.keys() != self._old_properties.keys()

    def _count(self) -> tuple[EventEntry, Counted]:
        counter = TableCounter(
            self._refresh._warehouse, self._name, self._columns, self._settings.version_column
        )
        rows, until = counter.extent()
        old, recounted = self._old, False
        counted = Counted()
        if until is not None:
            if old is not None and old.counted_until is not None and not self._full:
                fresh = counter.count(old.counted_until, until)
                self._refresh._counted += fresh.all.rows
                counted = self._before().plus(fresh)
            if counted.all.rows != rows and self._may_recount(rows):
                counted, recounted = counter.count(None, until), True
                self._refresh._counted += counted.all.rows
        return self._entry(rows, until, counted, recounted), counted

    def _may_recount(self, rows: int) -> bool:
        old = self._old
        if self._full or old is None or old.recounted_at is None or rows <= _RECOUNT_ROWS:
            return True
        return self._now - old.recounted_at >= _RECOUNT_EVERY

    def _before(self) -> Counted:
        """What was counted before, out of the tables it was written into."""
        old = self._old
        if old is None:
            return Counted()
        counted = Counted(Span(old.rows, old.first_seen, old.last_seen))
        counted.days.update({one.day: one.rows for one in self._old_days})
        counted.names.update({one.name: one.rows for one in old.names})
        for one in old.senders:
            key = (one.library, one.version, one.app_version, one.source)
            counted.senders[key] = Span(one.rows, None, one.last_seen)
        for column, was in self._old_properties.items():
            span = Span(was.present, was.first_seen, was.last_seen)
            counted.columns[column] = ColumnCount(span, was.first_version)
        return counted

    def _entry(self, rows: int, until: datetime | None, counted: Counted, recounted: bool) -> EventEntry:
        spelled: Counter[str] = Counter()
        for name, count in counted.names.items():
            spelled[self._refresh._personal.masked(name)] += count
        names = sorted(spelled.items(), key=lambda item: (-item[1], item[0]))[:_MOST_NAMES]
        senders = sorted(counted.senders.items(), key=lambda item: (-item[1].rows, str(item[0])))
        version = counted.columns.get(self._settings.version_column, ColumnCount())
        table = self._name.table
        old = self._old or EventEntry(
            key=str(self._name), namespace=self._name.namespace, table_name=table, type="other", event=table
        )
        kind = _type_of(table, self._columns)
        return msgspec.structs.replace(
            old,
            type=kind,
            event=names[0][0] if names and kind == "track" else table,
            names=tuple(SpelledName(name, count) for name, count in names) if kind == "track" else (),
            senders=tuple(
                Sender(*key, span.rows, span.last_seen)
                for key, span in senders[:_MOST_SENDERS]
                if span.last_seen is not None
            ),
            rows=rows,
            first_seen=counted.all.first_seen,
            last_seen=counted.all.last_seen,
            first_version=version.first_version,
            counted_until=until,
            recounted_at=self._now if recounted else old.recounted_at,
            table_size=self._size,
        )

    def _is_look_due(self, entry: EventEntry) -> bool:
        if entry.rows == 0:
            return False
        if self._full or entry.sampled_at is None or self._new_columns:
            return True
        grown = entry.rows - entry.rows_when_sampled
        if grown >= _LOOK_GROWTH * max(entry.rows_when_sampled, 1):
            return True
        return grown > 0 and self._now - entry.sampled_at >= _LOOK_EVERY

    def _look(self, entry: EventEntry, counted: Counted | None) -> tuple[int, dict[str, Looked]]:
        look = TableLook(
            self._refresh._warehouse, self._name, self._columns, self._settings, self._refresh._personal
        )
        days = counted.days if counted is not None else {one.day: one.rows for one in self._old_days}
        rows, found = look.look(_since_enough(days, self._settings.sample_rows))
        self._refresh._looked_at += rows
        return rows, found

    def _properties(
        self,
        entry: EventEntry,
        known: KnownEvent,
        counted: Counted | None,
        looked: Mapping[str, Looked],
        conflicts: Conflicts,
    ) -> Iterator[PropertyEntry]:
        for position, (column, kind) in enumerate(self._columns.items()):
            one = self._old_properties.get(column) or PropertyEntry(
                key=entry.key,
                namespace=entry.namespace,
                table_name=entry.table_name,
                column_name=column,
                position=position,
            )
            if counted is not None:
                one = _with_count(one, counted.columns.get(column, ColumnCount()), entry.rows)
            if column in looked:
                one = _with_look(one, looked[column])
            fact = self._refresh._knowledge.of_column(known, entry.namespace, column)
            lines, reason = conflicts.get((entry.table_name, column), (0, None))
            yield msgspec.structs.replace(
                one,
                position=position,
                type=str(kind),
                path=fact.path or one.path,
                json_types=fact.json_types,
                planned=fact.planned,
                required=fact.required,
                description=fact.description,
                conflicts=lines,
                conflict_reason=reason,
                used_by=self._refresh._usage.of_column(entry.key, column),
            )


def _with_count(one: PropertyEntry, count: ColumnCount, rows: int) -> PropertyEntry:
    present = count.present
    return msgspec.structs.replace(
        one,
        present=present.rows,
        null_share=round(max(0.0, 1 - present.rows / rows), 6) if rows else 0.0,
        first_seen=present.first_seen,
        last_seen=present.last_seen,
        first_version=count.first_version,
    )


def _with_look(one: PropertyEntry, looked: Looked) -> PropertyEntry:
    finding = looked.finding
    return msgspec.structs.replace(
        one,
        distinct_values=looked.distinct,
        sampled=looked.rows,
        pii=finding.pii if finding else None,
        pii_from=finding.by if finding else None,
        pii_share=finding.share if finding else 0.0,
        sample_values=looked.values,
        unsampled_because=looked.unsampled_because,
    )


def _type_of(table: str, columns: Iterable[str]) -> str:
    if table != "tracks" and _TRACK_COLUMN in columns:
        return "track"
    return _TYPES.get(table, "other")


def _since_enough(days: Mapping[datetime, int], rows: int) -> datetime | None:
    """The beginning of the day since which at least `rows` came; None where all are needed."""
    total = 0
    for day in sorted(days, reverse=True):
        total += days[day]
        if total >= rows:
            return day
    return None


def _same(event: EventEntry, old: EventEntry | None) -> bool:
    return old is not None and msgspec.structs.replace(event, refreshed_at=old.refreshed_at) == old


def _same_properties(properties: Sequence[PropertyEntry], old: Sequence[PropertyEntry]) -> bool:
    return list(properties) == list(old)


__all__ = ["LOADED_AT", "Refresh", "RefreshReport"]
