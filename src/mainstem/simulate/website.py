"""What the visitors of the website do on one day: visits, pages, a download, a log-in.

Visitors are people with habits that never change; their browsers lose the cookie now and then. No person
data is sent: a portal user is a number.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from mainstem.simulate.call import Call, CallType, Sdk
from mainstem.simulate.chance import Chance

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = {
    "Home": "/",
    "Product": "/product",
    "Pricing": "/pricing",
    "Docs": "/docs",
    "Blog": "/blog",
    "Download": "/download",
}
_PAGE_WEIGHTS = {"Home": 4.0, "Product": 2.0, "Pricing": 1.5, "Docs": 3.0, "Blog": 3.0, "Download": 1.0}
_CAMPAIGNS = {"newsletter": 3.0, "podcast": 2.0, "search": 4.0, "partner": 1.0}
_SITE = "https://www.example.com"


def website_day(seed: int, visitor: int, day: date) -> Iterator[Call]:
    """Everything one visitor does on one day, in order."""
    person = Chance(seed, "visitor", visitor)
    visits_a_day = min(0.5, person.lognormal(0.04, 0.8))
    has_portal_account = person.happens(0.2)
    today = Chance(seed, "visitor", visitor, day)
    if not today.happens(visits_a_day * (0.4 if day.weekday() >= 5 else 1.0)):
        return
    anonymous_id = _cookie(seed, visitor, day)
    moment = datetime.combine(day, time(), UTC) + timedelta(seconds=today.uniform(0, 82_800))
    # Two visits in five carry no campaign; the tag stays on every page of a visit.
    campaign = None if today.happens(0.4) else today.pick(_CAMPAIGNS)
    context = {"campaign": {"source": campaign}} if campaign else {}
    user_id = f"portal-{visitor}" if has_portal_account and today.happens(0.5) else None
    if user_id:
        yield Call(
            sdk=Sdk.WEBSITE,
            type=CallType.IDENTIFY,
            message_id=today.identifier(),
            timestamp=moment,
            user_id=user_id,
            anonymous_id=anonymous_id,
            properties={"plan": person.pick({"free": 3.0, "enterprise": 1.0})},
            context=context,
        )
    for _ in range(1 + today.count(2.0, 6)):
        page = today.pick(_PAGE_WEIGHTS)
        moment += timedelta(seconds=today.uniform(5, 240))
        yield Call(
            sdk=Sdk.WEBSITE,
            type=CallType.PAGE,
            message_id=today.identifier(),
            timestamp=moment,
            user_id=user_id,
            anonymous_id=anonymous_id,
            name=page,
            properties={"path": PAGES[page], "url": _SITE + PAGES[page], "title": f"{page} | Example Chat"},
            context=context,
        )
        if page == "Download" and today.happens(0.4):
            moment += timedelta(seconds=today.uniform(2, 60))
            yield Call(
                sdk=Sdk.WEBSITE,
                type=CallType.TRACK,
                message_id=today.identifier(),
                timestamp=moment,
                user_id=user_id,
                anonymous_id=anonymous_id,
                name="Download Clicked",
                properties={"platform": today.pick({"linux": 5.0, "docker": 3.0, "kubernetes": 2.0})},
                context=context,
            )


def _cookie(seed: int, visitor: int, day: date) -> str:
    """The browser's anonymous id: one person in three loses it every few months."""
    keeps = Chance(seed, "cookie", visitor)
    epoch = 0
    if keeps.happens(0.35):
        epoch = (day.toordinal() + keeps.whole(0, 120)) // keeps.whole(40, 120)
    return Chance(seed, "cookie", visitor, epoch).identifier()
