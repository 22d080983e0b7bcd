"""The simulated property counts what the company's browsers send, as Analytics does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mainstem.simulate.saas.ga4.visits import Origin, Site
from mainstem.simulate.world import Difficulty, Event, simulate_company
from mainstem.simulate.world.send import text
from mainstem.testing.connectors import NOON

EVER = (date(2000, 1, 1), date(2100, 1, 1), NOON + timedelta(days=3650))


def site(lag: tuple[float, float] = (0.0, 0.0)) -> Site:
    return Site(1, ZoneInfo("UTC"), lag)


def event(number: int, late: timedelta = timedelta(), **fields: Any) -> Event:
    """A page that a browser saw at noon and so many minutes, sent at once, or `late`."""
    made = NOON + timedelta(minutes=number)
    message = {
        "type": "page",
        "messageId": f"m{number}",
        "anonymousId": "a",
        "properties": {"path": "/", "title": "Home"},
        "context": {},
        "originalTimestamp": text(made),
        "sentAt": text(made + late),
        **fields,
    }
    return Event(made + late, "website", message)


def names(site: Site) -> list[str]:
    return [hit.name for hit in site.hits(*EVER)]


def test_a_visit_is_a_session_with_what_analytics_adds() -> None:
    counted = site()
    counted.absorb(event(0))
    counted.absorb(event(5, type="track", event="Trial Started"))
    counted.absorb(event(50))
    assert names(counted) == [
        "first_visit", "session_start", "page_view", "trial_started", "session_start", "page_view",
    ]  # fmt: skip
    assert [hit.session.number for hit in counted.hits(*EVER)] == [1, 1, 1, 1, 2, 2]


def test_a_retry_a_blocked_browser_and_other_sources_are_not_counted() -> None:
    counted = site()
    first = event(0)
    counted.absorb(first)
    counted.absorb(first)
    counted.absorb(Event(NOON, "website", event(1).message, blocked=True))
    counted.absorb(Event(NOON, "servers", event(2).message))
    counted.absorb(event(3, type="identify"))
    assert names(counted).count("page_view") == 1


def test_what_comes_late_counts_on_its_day_and_cuts_sessions_anew() -> None:
    counted = site()
    counted.absorb(event(0))
    counted.absorb(event(40))
    assert names(counted).count("session_start") == 2
    counted.absorb(event(20, timedelta(hours=60)))
    assert names(counted).count("session_start") == 1
    counted.absorb(event(10, timedelta(hours=80)))
    assert names(counted).count("page_view") == 3


def test_a_day_grows_while_it_is_counted() -> None:
    counted = site(lag=(4.0, 30.0))
    for number in range(40):
        counted.absorb(event(number, anonymousId=f"a{number}"))
    day = NOON.date()
    shown = [len(list(counted.hits(day, day, NOON + timedelta(hours=hours)))) for hours in (1, 12, 24, 48)]
    assert shown[0] == 0 < shown[1] < shown[2] < shown[3] == 120


@pytest.mark.parametrize(
    ("context", "origin", "channel"),
    [
        ({}, Origin(), "Direct"),
        ({"referrer": "https://www.google.com/"}, Origin("google", "organic", "(organic)"), "Organic Search"),
        ({"referrer": "https://a.example/x"}, Origin("a.example", "referral", "(referral)"), "Referral"),
        (
            {
                "campaign": {"source": "ads", "medium": "cpc", "name": "brand"},
                "referrer": "https://x.example",
            },
            Origin("ads", "cpc", "brand"),
            "Paid Search",
        ),
    ],
)
def test_a_visit_comes_from_its_campaign_or_its_referrer(
    context: dict[str, Any], origin: Origin, channel: str
) -> None:
    counted = site()
    counted.absorb(event(0, context=context))
    session = next(counted.hits(*EVER)).session
    assert (session.origin, session.origin.channel) == (origin, channel)


def test_the_companys_visits_are_all_counted_but_those_of_blocking_browsers() -> None:
    counted, seen = site(), set()
    for day in simulate_company(3, 1, 400, Difficulty(late=0.0, future=0.0, absurd_clock=0.0)):
        for one in day.events:
            counted.absorb(one)
            if one.source == "website" and one.message["type"] == "page" and not one.blocked:
                seen.add(one.message["messageId"])
    assert names(counted).count("page_view") == len(seen) > 100
