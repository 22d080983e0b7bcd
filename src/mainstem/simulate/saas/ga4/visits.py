"""What a property has counted: people, their sessions, their events. Fed with what browsers send.

Events come late and out of order; a person's sessions are cut anew when they do. Google counts with a
delay, so that the last days grow. It answers nothing and knows no report.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from zlib import crc32

from mainstem.simulate.chance import Chance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from mainstem.simulate.world import Event

KEY_EVENTS = frozenset({"download_clicked", "trial_started", "purchase_completed"})
_PAUSE = timedelta(minutes=30)
"""After which a person begins a new session."""
_TOO_LATE = timedelta(hours=72)
_ENGAGED_SECONDS = 10
_LONGEST_LOOK = 600
_LAST_LOOK = 40
"""Seconds that the last page of a session is looked at, at most."""
_SEARCH = ("google", "bing", "duckduckgo")
_PLACES = {
    "Germany": ("Berlin", "de-de"),
    "United States": ("New York", "en-us"),
    "India": ("Bengaluru", "en-in"),
    "France": ("Paris", "fr-fr"),
    "Japan": ("Tokyo", "ja-jp"),
}
_DEVICES = {
    "desktop": (("Windows", "Chrome"), ("Macintosh", "Safari"), ("Linux", "Firefox"), ("Windows", "Edge")),
    "mobile": (("Android", "Chrome"), ("iOS", "Safari")),
    "tablet": (("iOS", "Safari"),),
}
_SHARES = {"desktop": 0.7, "mobile": 0.25, "tablet": 0.05}
_AGES = ("18-24", "25-34", "35-44", "45-54", "unknown")


class Origin(NamedTuple):
    source: str = "(direct)"
    medium: str = "(none)"
    campaign: str = "(direct)"

    @property
    def channel(self) -> str:
        if self.source == "(direct)":
            return "Direct"
        named = {"cpc": "Paid Search", "organic": "Organic Search", "audio": "Audio", "email": "Email"}
        return named.get(self.medium, "Referral" if self.medium == "referral" else "Unassigned")


DIRECT = Origin()


@dataclass
class Person:
    """One browser."""

    key: str
    country: str
    city: str
    language: str
    device: str
    system: str
    browser: str
    age: str
    first: Origin = DIRECT
    seen: list[Hit] = field(default_factory=list)
    """What was sent, in the order in which it came."""
    by_day: dict[date, list[Hit]] = field(default_factory=dict)
    """That, and what Analytics adds of its own, in sessions."""


@dataclass
class Session:
    number: int
    origin: Origin
    landing: str
    engaged: bool = False


@dataclass(slots=True)
class Hit:
    at: datetime
    shown_at: datetime
    """When reports count it."""
    person: Person
    name: str
    path: str
    title: str
    origin: Origin
    session: Session
    seconds: int = 0
    """That it was looked at."""


_NONE = Session(0, DIRECT, "")


class Site:
    """All of one property."""

    def __init__(self, seed: int, zone: ZoneInfo, lag: tuple[float, float]) -> None:
        """`lag`: hours after which an event is counted, at least and at most."""
        self.zone = zone
        self._seed = seed
        self._lag = lag
        self.people: dict[str, Person] = {}
        self._days: dict[date, set[str]] = defaultdict(set)
        self._changed: set[str] = set()
        self._heard: set[str] = set()

    def absorb(self, event: Event) -> None:
        """What a browser sent, unless it blocks Analytics as it blocks the SDK."""
        message = event.message
        kind = message["type"]
        if event.source != "website" or event.blocked or kind not in ("page", "track"):
            return
        if message["messageId"] in self._heard:
            return
        self._heard.add(message["messageId"])
        waited = _moment(message["sentAt"]) - _moment(message["originalTimestamp"])
        at = min(event.received_at - waited, event.received_at)
        if event.received_at - at > _TOO_LATE:
            return
        properties = message.get("properties") or {}
        name = "page_view" if kind == "page" else _snake(message["event"])
        self.count(
            message.get("anonymousId") or message.get("userId") or message["messageId"],
            at,
            name,
            properties.get("path", "/"),
            properties.get("title", "(not set)"),
            _origin(message.get("context") or {}),
            received_at=event.received_at,
        )

    def count(
        self,
        person: str,
        at: datetime,
        name: str = "page_view",
        path: str = "/",
        title: str = "(not set)",
        origin: Origin = DIRECT,
        received_at: datetime | None = None,
    ) -> None:
        """One event of a browser."""
        low, high = self._lag
        late = Chance(self._seed, "ga4 lag", person, at).uniform(low, high) if high else 0.0
        shown_at = (received_at or at) + timedelta(hours=late)
        known = self.people.get(person) or self._person(person)
        known.seen.append(Hit(at, shown_at, known, name, path, title, origin, _NONE))
        self._changed.add(person)

    def forget(self, person: str) -> None:
        """As after a request to delete a user: they were never there."""
        for day in self.people.pop(person).by_day:
            self._days[day].discard(person)
        self._changed.discard(person)

    def hits(self, first: date, last: date, now: datetime) -> Iterator[Hit]:
        """What is counted of the days from `first` through `last`, by the property's clock."""
        self._cut()
        for day in sorted(day for day in self._days if first <= day <= last):
            for key in sorted(self._days[day]):
                yield from (hit for hit in self.people[key].by_day[day] if hit.shown_at <= now)

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _person(self, key: str) -> Person:
        chance = Chance(self._seed, "ga4", key)
        country = chance.one_of(tuple(_PLACES))
        device = chance.pick(_SHARES)
        system, browser = chance.one_of(_DEVICES[device])
        made = Person(key, country, *_PLACES[country], device, system, browser, chance.one_of(_AGES))
        self.people[key] = made
        return made

    def _cut(self) -> None:
        """Into sessions, for whom something came."""
        for key in self._changed:
            person = self.people[key]
            for day in person.by_day:
                self._days[day].discard(key)
            person.by_day = defaultdict(list)
            for hit in _in_sessions(person):
                person.by_day[self.day(hit.at)].append(hit)
            for day in person.by_day:
                self._days[day].add(key)
        self._changed.clear()


def _in_sessions(person: Person) -> Iterator[Hit]:
    hits = sorted(person.seen, key=lambda hit: hit.at)
    person.first = hits[0].origin
    begin, number = 0, 1
    for place in range(1, len(hits) + 1):
        if place == len(hits) or hits[place].at - hits[place - 1].at > _PAUSE:
            yield from _session(hits[begin:place], number)
            begin, number = place, number + 1


def _session(hits: list[Hit], number: int) -> Iterator[Hit]:
    first = hits[0]
    origin = next((hit.origin for hit in hits if hit.origin != DIRECT), DIRECT)
    session = Session(number, origin, first.path)
    for hit, following in zip(hits, [*hits[1:], None], strict=True):
        last = crc32(f"{hit.person.key}{hit.path}".encode()) % _LAST_LOOK
        gap = (following.at - hit.at).total_seconds() if following else last
        hit.session, hit.seconds = session, min(int(gap), _LONGEST_LOOK)
    pages = sum(hit.name == "page_view" for hit in hits)
    looked = sum(hit.seconds for hit in hits) >= _ENGAGED_SECONDS
    session.engaged = looked or pages > 1 or any(hit.name in KEY_EVENTS for hit in hits)
    added = ["first_visit", "session_start"] if number == 1 else ["session_start"]
    for name in added:
        yield Hit(first.at, first.shown_at, first.person, name, first.path, first.title, origin, session)
    yield from hits


def _origin(context: dict[str, object]) -> Origin:
    campaign, referrer = context.get("campaign"), context.get("referrer")
    if isinstance(campaign, dict):
        return Origin(campaign["source"], campaign["medium"], campaign["name"])
    host = urlsplit(str(referrer or "")).hostname
    if host is None:
        return DIRECT
    engine = next((name for name in _SEARCH if name in host), None)
    return Origin(engine, "organic", "(organic)") if engine else Origin(host, "referral", "(referral)")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _snake(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
