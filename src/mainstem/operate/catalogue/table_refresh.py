"""One table's entries in the catalogue: count what is new in it, look at some of its rows, say what is known.

A table that got no rows is not read. Counts go on from those that were written, unless they do not add up.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from mainstem.operate.catalogue.count import ColumnCount, Counted, Span, TableCounter, without_days_before
from mainstem.operate.catalogue.entries import DayCount, EventEntry, PropertyEntry, Sender, SpelledName
from mainstem.operate.catalogue.look import TableLook
from mainstem.operate.catalogue.personal import PersonalData

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from mainstem.operate.catalogue.known import Knowledge, KnownEvent
    from mainstem.operate.catalogue.look import Looked
    from mainstem.operate.catalogue.settings import CatalogueSettings
    from mainstem.operate.catalogue.usage import Usage
    from mainstem.warehouse import ColumnType, TableName, Warehouse

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

Conflicts = dict[tuple[str, str], tuple[int, str]]
"""(table, column) → lines in the discards, and the reason of most of them."""


@dataclass
class Looking:
    """What a refresh knows beside the tables, and how much it has read so far."""

    warehouse: Warehouse
    namespaces: Mapping[str, Sequence[str]]
    """The ids of the sources of each."""
    knowledge: Knowledge
    usage: Usage
    settings: CatalogueSettings
    now: Callable[[], datetime]
    personal: PersonalData = field(default_factory=PersonalData)
    counted: int = 0
    """Rows that were counted."""
    looked_at: int = 0
    """Rows that were looked at one by one."""


class TableRefresh:
    """One table during a refresh: what was said of it, and what is to be said now."""

    def __init__(
        self,
        looking: Looking,
        name: TableName,
        columns: Mapping[str, ColumnType],
        size: int,
        old: EventEntry | None,
        old_properties: Sequence[PropertyEntry],
        old_days: Sequence[DayCount],
        full: bool,
    ) -> None:
        self._looking = looking
        self._settings = looking.settings
        self._name = name
        self._columns = columns
        self._size = size
        self._old = old
        self._old_properties = {one.column_name: one for one in old_properties}
        self._old_days = old_days
        self._full = full
        self._now = looking.now()

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
        known = self._looking.knowledge.of(self._name.namespace, self._name.table, entry.type)
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
            sources=tuple(self._looking.namespaces.get(self._name.namespace, entry.sources)),
            used_by=self._looking.usage.of_event(entry.key),
            refreshed_at=self._now,
        )
        return entry, list(self._properties(entry, known, counted, looked, conflicts)), days

    @property
    def _new_columns(self) -> bool:
        return self._columns.keys() != self._old_properties.keys()

    def _count(self) -> tuple[EventEntry, Counted]:
        counter = TableCounter(
            self._looking.warehouse, self._name, self._columns, self._settings.version_column
        )
        rows, until = counter.extent()
        old, recounted = self._old, False
        counted = Counted()
        if until is not None:
            if old is not None and old.counted_until is not None and not self._full:
                fresh = counter.count(old.counted_until, until)
                self._looking.counted += fresh.all.rows
                counted = self._before().plus(fresh)
            if counted.all.rows != rows and self._may_recount(rows):
                counted, recounted = counter.count(None, until), True
                self._looking.counted += counted.all.rows
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
            spelled[self._looking.personal.masked(name)] += count
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
            self._looking.warehouse, self._name, self._columns, self._settings, self._looking.personal
        )
        days = counted.days if counted is not None else {one.day: one.rows for one in self._old_days}
        rows, found = look.look(_since_enough(days, self._settings.sample_rows))
        self._looking.looked_at += rows
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
            fact = self._looking.knowledge.of_column(known, entry.namespace, column)
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
                used_by=self._looking.usage.of_column(entry.key, column),
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
