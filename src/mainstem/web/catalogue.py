"""What pages may know of the event catalogue: the seam, and what is worked out from it for people.

The catalogue is read whole and filtered here: it has a few hundred events, and a page asks for them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mainstem.operate.catalogue.entries import Catalogue, DayCount, EventEntry, PropertyEntry

CHART_DAYS = 28


@dataclass(frozen=True)
class CatalogueNow:
    catalogue: Catalogue | None
    """None while it could never be read."""
    new_days: int
    plans: Mapping[str, str] = field(default_factory=dict)
    """The file of each source's tracking plan, by the source's id, from the project's folder."""
    problem: str | None = None
    """Why it cannot be read now."""


class CatalogueDesk(Protocol):
    """Safe to ask from any thread; no method raises."""

    def now(self) -> CatalogueNow:
        """May wait for the warehouse."""

    def remembered(self) -> Catalogue | None:
        """What was read last; waits for nothing. None before the first time."""

    def sql_for(self, event: EventEntry, own: Sequence[PropertyEntry]) -> str:
        """A query over the event's table to begin with, its `own` properties first; nothing is run."""


def event_path(event: EventEntry) -> str:
    return f"/catalogue/{quote(event.namespace, safe='')}/{quote(event.table_name, safe='')}"


@dataclass(frozen=True)
class Day:
    day: datetime
    rows: int


def last_days(counts: Sequence[DayCount], now: datetime, number: int = CHART_DAYS) -> tuple[Day, ...]:
    """Each of the last days, today included, the oldest first; those without events too."""
    known = {count.day.astimezone(UTC).date(): count.rows for count in counts}
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = (today - timedelta(days=back) for back in reversed(range(number)))
    return tuple(Day(day, known.get(day.date(), 0)) for day in days)


@dataclass(frozen=True)
class Bar:
    """One day of a chart, in units of its view box."""

    x: float
    y: float
    height: float
    label: str


@dataclass(frozen=True)
class Bars:
    """Days as bars, for an SVG that draws itself in the colours of the page."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    bar_width: float
    most: int


def bars_of(days: Sequence[Day], width: int, height: int) -> Bars:
    """A day with events is never without a bar, however small."""
    most = max((day.rows for day in days), default=0)
    step = width / max(len(days), 1)
    drawn = []
    for number, day in enumerate(days):
        tall = max(1.5, day.rows / most * height) if day.rows else 0.0
        label = f"{day.day:%Y-%m-%d}: {day.rows:,}"
        drawn.append(Bar(round(number * step, 2), round(height - tall, 2), round(tall, 2), label))
    return Bars(tuple(drawn), width, height, round(step * 0.78, 2), most)


@dataclass(frozen=True)
class EventRow:
    """An event as a list shows it."""

    event: EventEntry
    href: str
    properties: tuple[PropertyEntry, ...]
    days: tuple[Day, ...]
    is_new: bool
    new_properties: tuple[str, ...]
    """Columns that are new while the event is not."""

    @property
    def own(self) -> tuple[PropertyEntry, ...]:
        """Properties that are the event's own, not what every event has."""
        return tuple(one for one in self.properties if not one.is_common)

    @property
    def recent_rows(self) -> int:
        return sum(day.rows for day in self.days)

    @property
    def conflicts(self) -> int:
        return sum(one.conflicts for one in self.properties)

    @property
    def personal(self) -> tuple[str, ...]:
        """Classes of what may be personal and is not masked, beyond the ids and addresses of every event."""
        found = {one.pii for one in self.own if one.pii is not None and one.pii_from != "masked"}
        return tuple(sorted(found))

    @property
    def unplanned_properties(self) -> tuple[str, ...]:
        return tuple(one.column_name for one in self.own if one.planned is False)

    @property
    def flags(self) -> tuple[str, ...]:
        """What is worth noticing; each is also a filter."""
        facts = {
            "new": self.is_new or bool(self.new_properties),
            "unplanned": self.event.planned is False or bool(self.unplanned_properties),
            "conflicts": self.conflicts > 0,
            "personal": bool(self.personal),
            "unused": self.event.is_unused,
            "deprecated": self.event.deprecated is not None,
            "quiet": self.recent_rows == 0,
        }
        return tuple(name for name, holds in facts.items() if holds)


FLAGS = {
    "new": "New",
    "unplanned": "Unplanned",
    "conflicts": "Type conflicts",
    "personal": "May be personal",
    "unused": "Unused",
    "deprecated": "Deprecated",
    "quiet": "No events lately",
}


def event_rows(now: CatalogueNow, at: datetime) -> list[EventRow]:
    """Every event, with what follows from the moment `at`."""
    catalogue = now.catalogue
    return [_row(event, catalogue, now.new_days, at) for event in catalogue.events] if catalogue else []


def _row(event: EventEntry, catalogue: Catalogue, new_days: int, at: datetime) -> EventRow:
    since = at - timedelta(days=new_days)
    properties = catalogue.properties.get(event.key, ())
    is_new = event.first_seen is not None and event.first_seen >= since
    fresh = (one for one in properties if one.first_seen is not None and one.first_seen >= since)
    return EventRow(
        event,
        event_path(event),
        properties,
        last_days(catalogue.volumes.get(event.key, ()), at),
        is_new,
        () if is_new else tuple(one.column_name for one in fresh),
    )


@dataclass(frozen=True)
class Asked:
    """Which events a list is asked for."""

    words: str = ""
    source: str = ""
    type: str = ""
    flag: str = ""

    def matches(self, row: EventRow) -> bool:
        """A word may stand in the event, its spellings or any of its properties' names and descriptions."""
        event = row.event
        if self.source and self.source not in event.sources:
            return False
        if self.type and self.type != event.type:
            return False
        if self.flag and self.flag not in row.flags:
            return False
        return all(word in _searched(row) for word in self.words.casefold().split())


def _searched(row: EventRow) -> str:
    event = row.event
    texts: Iterable[str] = (
        event.event,
        event.key,
        event.description,
        event.owner,
        *(name.name for name in event.names),
        *(f"{one.column_name} {one.path or ''} {one.description}" for one in row.own),
    )
    return " ".join(texts).casefold()


def matched_properties(row: EventRow, words: str) -> tuple[str, ...]:
    """Properties because of whose names an event was found."""
    asked = words.casefold().split()
    if not asked:
        return ()
    return tuple(
        one.column_name
        for one in row.own
        if any(word in f"{one.column_name} {one.path or ''}".casefold() for word in asked)
    )
