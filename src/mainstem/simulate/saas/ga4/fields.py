"""Dimensions and metrics that the property has: what each is of a hit, or of many.

The names, types and categories are those of the Data API; it has a good part of them, not all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.ga4.visits import KEY_EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from mainstem.simulate.saas.ga4.visits import Hit

Hits = "Sequence[Hit]"
ITEMS = "Item"
EVENT = "Event"
RARE = frozenset({"userAgeBracket", "userGender", "brandingInterest"})
"""Dimensions whose rows are withheld below a number of people."""


@dataclass(frozen=True)
class Dimension:
    name: str
    title: str
    category: str
    of: Callable[[Hit, ZoneInfo], str]


@dataclass(frozen=True)
class Metric:
    name: str
    title: str
    category: str
    type: str
    of: Callable[[Sequence[Hit]], float]
    adds_up: bool = True
    """Whether a part of the hits has a part of it: a count, not a share."""


def _day(hit: Hit, zone: ZoneInfo) -> date:
    return hit.at.astimezone(zone).date()


def _clock(hit: Hit, zone: ZoneInfo) -> datetime:
    return hit.at.astimezone(zone)


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}{week:02}"


def _dimensions() -> dict[str, Dimension]:
    found = [
        Dimension("date", "Date", "Time", lambda hit, zone: f"{_day(hit, zone):%Y%m%d}"),
        Dimension("year", "Year", "Time", lambda hit, zone: f"{_day(hit, zone):%Y}"),
        Dimension("month", "Month", "Time", lambda hit, zone: f"{_day(hit, zone):%m}"),
        Dimension("yearMonth", "Year month", "Time", lambda hit, zone: f"{_day(hit, zone):%Y%m}"),
        Dimension("isoYearIsoWeek", "ISO week", "Time", lambda hit, zone: _week(_day(hit, zone))),
        Dimension("dayOfWeek", "Day of week", "Time", lambda hit, zone: f"{_day(hit, zone):%w}"),
        Dimension("hour", "Hour", "Time", lambda hit, zone: f"{_clock(hit, zone):%H}"),
        Dimension("dateHour", "Date + hour", "Time", lambda hit, zone: f"{_clock(hit, zone):%Y%m%d%H}"),
        Dimension("eventName", "Event name", EVENT, lambda hit, _: hit.name),
        Dimension("isKeyEvent", "Is key event", EVENT, lambda hit, _: str(hit.name in KEY_EVENTS).lower()),
        Dimension("hostName", "Hostname", "Page / Screen", lambda hit, _: "www.example.com"),
        Dimension("pagePath", "Page path", "Page / Screen", lambda hit, _: hit.path),
        Dimension("pageTitle", "Page title", "Page / Screen", lambda hit, _: hit.title),
        Dimension("unifiedScreenName", "Page title", "Page / Screen", lambda hit, _: hit.title),
        Dimension("landingPage", "Landing page", "Page / Screen", lambda hit, _: hit.session.landing),
        Dimension("country", "Country", "Geography", lambda hit, _: hit.person.country),
        Dimension("city", "City", "Geography", lambda hit, _: hit.person.city),
        Dimension("language", "Language", "User", lambda hit, _: hit.person.language),
        Dimension("browser", "Browser", "Platform / Device", lambda hit, _: hit.person.browser),
        Dimension("deviceCategory", "Device", "Platform / Device", lambda hit, _: hit.person.device),
        Dimension("operatingSystem", "System", "Platform / Device", lambda hit, _: hit.person.system),
        Dimension("platform", "Platform", "Platform / Device", lambda hit, _: "web"),
        Dimension("userAgeBracket", "Age", "Demographics", lambda hit, _: hit.person.age),
        Dimension(
            "newVsReturning",
            "New / returning",
            "User",
            lambda hit, _: "new" if hit.session.number == 1 else "returning",
        ),
        Dimension("itemName", "Item name", ITEMS, lambda hit, _: "(not set)"),
    ]
    for prefix, title, origin in (
        ("session", "Session", lambda hit: hit.session.origin),
        ("firstUser", "First user", lambda hit: hit.person.first),
    ):
        found += [
            Dimension(f"{prefix}Source", f"{title} source", "Traffic source", _part(origin, "source")),
            Dimension(f"{prefix}Medium", f"{title} medium", "Traffic source", _part(origin, "medium")),
            Dimension(
                f"{prefix}CampaignName", f"{title} campaign", "Traffic source", _part(origin, "campaign")
            ),
            Dimension(
                f"{prefix}DefaultChannelGroup", f"{title} channel", "Traffic source", _part(origin, "channel")
            ),
            Dimension(
                f"{prefix}SourceMedium",
                f"{title} source / medium",
                "Traffic source",
                lambda hit, _, origin=origin: f"{origin(hit).source} / {origin(hit).medium}",  # type: ignore[misc] # bound here
            ),
        ]
    return {one.name: one for one in found}


def _part(origin: Callable[[Hit], Any], name: str) -> Callable[[Hit, ZoneInfo], str]:
    return lambda hit, _: str(getattr(origin(hit), name))


def _named(hits: Sequence[Hit], *names: str) -> int:
    return sum(hit.name in names for hit in hits)


def _people(hits: Sequence[Hit]) -> int:
    return len({hit.person.key for hit in hits})


def _sessions(hits: Sequence[Hit], *, engaged: bool = False) -> int:
    return len({id(hit.session) for hit in hits if hit.session.engaged or not engaged})


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _seconds(hits: Sequence[Hit]) -> int:
    return sum(hit.seconds for hit in hits)


def _metrics() -> dict[str, Metric]:
    whole, part, time, money = "TYPE_INTEGER", "TYPE_FLOAT", "TYPE_SECONDS", "TYPE_CURRENCY"
    found = [
        Metric("totalUsers", "Total users", "User", whole, _people),
        Metric(
            "activeUsers",
            "Active users",
            "User",
            whole,
            lambda hits: _people([hit for hit in hits if hit.session.engaged]),
        ),
        Metric("newUsers", "New users", "User", whole, lambda hits: _named(hits, "first_visit")),
        Metric("sessions", "Sessions", "Session", whole, _sessions),
        Metric(
            "engagedSessions",
            "Engaged sessions",
            "Session",
            whole,
            lambda hits: _sessions(hits, engaged=True),
        ),
        Metric("eventCount", "Event count", EVENT, whole, len),
        Metric("keyEvents", "Key events", EVENT, part, lambda hits: float(_named(hits, *KEY_EVENTS))),
        Metric("screenPageViews", "Views", "Page / Screen", whole, lambda hits: _named(hits, "page_view")),
        Metric("totalRevenue", "Total revenue", "Revenue", money, lambda hits: 0.0),
        Metric("userEngagementDuration", "User engagement", "User", time, _seconds),
        Metric("itemsViewed", "Items viewed", ITEMS, whole, lambda hits: 0),
    ]
    shares: list[tuple[str, str, str, Callable[[Sequence[Hit]], float]]] = [
        (
            "engagementRate",
            "Engagement rate",
            "Session",
            lambda h: _share(_sessions(h, engaged=True), _sessions(h)),
        ),
        (
            "bounceRate",
            "Bounce rate",
            "Session",
            lambda h: 1.0 - _share(_sessions(h, engaged=True), _sessions(h)),
        ),
        ("eventsPerSession", "Events per session", "Session", lambda h: _share(len(h), _sessions(h))),
        ("sessionsPerUser", "Sessions per user", "Session", lambda h: _share(_sessions(h), _people(h))),
        ("eventCountPerUser", "Event count per user", EVENT, lambda h: _share(len(h), _people(h))),
        (
            "averageSessionDuration",
            "Session duration",
            "Session",
            lambda h: _share(_seconds(h), _sessions(h)),
        ),
    ]
    found += [Metric(name, title, category, part, of, adds_up=False) for name, title, category, of in shares]
    return {one.name: one for one in found}


DIMENSIONS = _dimensions()
METRICS = _metrics()
_FORMER = {"conversions": "keyEvents"}
METRICS |= {former: METRICS[name] for former, name in _FORMER.items()}


def are_apart(dimension: Dimension, metric: Metric) -> bool:
    """Whether the two never stand in one report: what is counted of items has no event."""
    return ITEMS in (dimension.category, metric.category) and EVENT in (dimension.category, metric.category)


def shown(one: Dimension | Metric) -> dict[str, Any]:
    """As metadata has it."""
    found: dict[str, Any] = {
        "apiName": one.name,
        "uiName": one.title,
        "description": one.title,
        "category": one.category,
    }
    if former := [name for name, now in _FORMER.items() if now == one.name]:
        found["deprecatedApiNames"] = former
    return {**found, "type": one.type} if isinstance(one, Metric) else found
