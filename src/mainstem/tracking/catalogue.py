"""What a source was seen to send: its events, the names in them and their JSON types; no value of any.

Every memory here is bounded, because senders choose the names: past its budget a new name is not let in,
and whoever asked decides what becomes of the event. Names that were let in stay, so known ones keep flowing.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Literal

import msgspec

from mainstem.tracking.paths import Path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EventKey = tuple[str, str | None]
"""Type and name; a name only where it makes a table, or where the plan knows it."""
CONTEXT: EventKey = ("context", None)
"""Stands among the events: the context's fields become the same columns in every table."""

LONGEST_KEPT = 512
"""Characters of a name that is remembered; a longer one is past every budget."""
_MOST_NEWS = 1000

NewsKind = Literal["event", "property", "type"]


class Budgets(msgspec.Struct, frozen=True):
    """How many names there may be that the plan does not know."""

    events: int = 500
    """Of events, in a source."""
    properties: int = 200
    """Of properties, in an event."""
    total: int = 10_000
    """Of properties, in a source."""


class News(msgspec.Struct, frozen=True, gc=False):
    """Something seen for the first time."""

    kind: NewsKind
    source_id: str
    event: EventKey
    is_planned: bool
    path: Path = ()
    type: str = ""
    """The JSON type, of a property."""


class SeenProperty(msgspec.Struct, gc=False):
    """A name at one place of an event."""

    types: set[str]
    first_seen: str
    last_seen: str
    count: int = 0
    is_planned: bool = False
    """Whether the plan of the day let it in, so that it takes no place of the budget."""


class SeenEvent:
    """An event and all names in it, by path; a path begins with the section."""

    __slots__ = ("count", "first_seen", "is_planned", "key", "last_seen", "properties", "unplanned")

    def __init__(self, key: EventKey, at: str, is_planned: bool = False) -> None:
        self.key = key
        self.is_planned = is_planned
        self.first_seen = self.last_seen = at
        self.count = 0
        self.properties: dict[Path, SeenProperty] = {}
        self.unplanned = 0
        """Names among them that took a place of the budget."""


class SourceCatalogue:
    """The memory of one source in one process."""

    def __init__(self, source_id: str, budgets: Budgets | None = None) -> None:
        self.source_id = source_id
        self.budgets = budgets or Budgets()
        self.events: dict[EventKey, SeenEvent] = {}
        self.news: deque[News] = deque(maxlen=_MOST_NEWS)
        self._unplanned_events = 0
        self._unplanned_properties = 0

    def event(self, key: EventKey, at: str, is_planned: bool) -> SeenEvent | None:
        """The memory of an event, begun now if it is new; None where it is past the budget."""
        seen = self.events.get(key)
        if seen is not None:
            return seen
        if not is_planned and key[1] is not None:
            if self._unplanned_events >= self.budgets.events or len(key[1]) > LONGEST_KEPT:
                return None
            self._unplanned_events += 1
        seen = self.events[key] = SeenEvent(key, at, is_planned)
        if key != CONTEXT:
            self.news.append(News("event", self.source_id, key, is_planned))
        return seen

    def property(
        self, event: SeenEvent, path: Path, json_type: str, at: str, is_planned: bool
    ) -> SeenProperty | None:
        """The memory of a property; None where it is past the budget."""
        seen = event.properties.get(path)
        if seen is None:
            if not is_planned and not self._has_room(event, path):
                return None
            if not is_planned:
                event.unplanned += 1
                self._unplanned_properties += 1
            seen = event.properties[path] = SeenProperty({json_type}, at, at, is_planned=is_planned)
            self.news.append(News("property", self.source_id, event.key, is_planned, path, json_type))
        elif json_type not in seen.types:
            seen.types.add(json_type)
            self.news.append(News("type", self.source_id, event.key, is_planned, path, json_type))
        return seen

    def _has_room(self, event: SeenEvent, path: Path) -> bool:
        return (
            event.unplanned < self.budgets.properties
            and self._unplanned_properties < self.budgets.total
            and len(path[-1]) <= LONGEST_KEPT
        )

    def take_news(self) -> list[News]:
        """What is new since the last call, in order; the oldest is forgotten where nobody calls."""
        news = list(self.news)
        self.news.clear()
        return news

    def absorb(self, other: SourceCatalogue, *, counted: bool = True) -> None:
        """Add what another memory of the same source knows; none of it is news any more. Without `counted`
        the names alone: how often they came stays the other's to say.

        What was let in there is let in here, whatever the budgets are now.
        """
        for theirs in other.events.values():
            mine = self.events.get(theirs.key)
            if mine is None:
                mine = self.events[theirs.key] = SeenEvent(theirs.key, theirs.first_seen)
                mine.is_planned = theirs.is_planned
                self._unplanned_events += theirs.key[1] is not None and not theirs.is_planned
            mine.count += theirs.count if counted else 0
            mine.first_seen = min(mine.first_seen, theirs.first_seen)
            mine.last_seen = max(mine.last_seen, theirs.last_seen)
            for path, property_ in theirs.properties.items():
                self._absorb_property(mine, path, property_, counted)
        self.news = deque((n for n in self.news if not _knows(other, n)), maxlen=_MOST_NEWS)

    def _absorb_property(self, event: SeenEvent, path: Path, theirs: SeenProperty, counted: bool) -> None:
        count = theirs.count if counted else 0
        mine = event.properties.get(path)
        if mine is None:
            event.properties[path] = SeenProperty(
                set(theirs.types), theirs.first_seen, theirs.last_seen, count, theirs.is_planned
            )
            event.unplanned += not theirs.is_planned
            self._unplanned_properties += not theirs.is_planned
            return
        mine.types |= theirs.types
        mine.count += count
        mine.first_seen = min(mine.first_seen, theirs.first_seen)
        mine.last_seen = max(mine.last_seen, theirs.last_seen)


def _knows(catalogue: SourceCatalogue, news: News) -> bool:
    event = catalogue.events.get(news.event)
    if event is None or news.kind == "event":
        return event is not None
    seen = event.properties.get(news.path)
    return seen is not None and (news.kind == "property" or news.type in seen.types)


def merged(catalogues: Iterable[SourceCatalogue]) -> dict[str, SourceCatalogue]:
    """One memory a source, of those of several processes."""
    found: dict[str, SourceCatalogue] = {}
    for catalogue in catalogues:
        found.setdefault(catalogue.source_id, SourceCatalogue(catalogue.source_id)).absorb(catalogue)
    return dict(sorted(found.items()))


def events_of(catalogue: SourceCatalogue) -> Iterator[SeenEvent]:
    """Its events in the order people look for them: by type, then by name; the context last."""
    keys = sorted(catalogue.events, key=lambda key: (key == CONTEXT, key[0], key[1] or ""))
    return (catalogue.events[key] for key in keys)
