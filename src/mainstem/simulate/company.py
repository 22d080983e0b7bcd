"""The company's calls in the order they are made, with the disorder of real senders.

Some calls are made again with the same message id, some days late. Pure: reads no clock, opens nothing.
"""

from __future__ import annotations

import heapq
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from mainstem.errors import UsageError
from mainstem.simulate.chance import Chance
from mainstem.simulate.servers import server_day
from mainstem.simulate.website import website_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from mainstem.simulate.call import Call

RESENT = 0.01
"""Share of calls that are made a second time."""
LATE = 0.03
"""Share of calls that wait a day or more for a connection."""


def plan_company(seed: int, days: int, visitors: int, servers: int, end: datetime) -> Iterator[Call]:
    """Every call made in the `days` days (UTC) of which the last is `end`'s, up to the moment `end`.

    With 90 days, 300 visitors and 25 servers about 10,000 calls. Calls come in the order they are made,
    which is not quite the order of their timestamps; none is dated after `end`, and one still waiting for
    its connection then has not been made. Draws are named by date, so with the same seed two spans give
    the same calls for the days they share, and a company can be continued. Raises UsageError for sizes
    below zero or a naive `end`.
    """
    if end.tzinfo is None:
        raise UsageError(f"end {end.isoformat()} has no time zone; give an aware moment")
    for name, value in {"days": days, "visitors": visitors, "servers": servers}.items():
        if value < 0:
            raise UsageError(f"{name} is {value}; it must be 0 or more")
    return _in_order(seed, days, visitors, servers, end.astimezone(UTC))


def _in_order(seed: int, days: int, visitors: int, servers: int, end: datetime) -> Iterator[Call]:
    waiting: list[tuple[datetime, int, Call]] = []
    number = count()
    for ago in range(days - 1, -1, -1):
        day = end.date() - timedelta(days=ago)
        for call in _day(seed, day, visitors, servers):
            for moment in _made_at(seed, call):
                heapq.heappush(waiting, (moment, next(number), call))
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        while waiting and waiting[0][0] < min(midnight, end):
            yield heapq.heappop(waiting)[2]


def _day(seed: int, day: date, visitors: int, servers: int) -> Iterator[Call]:
    for visitor in range(visitors):
        yield from website_day(seed, visitor, day)
    for slot in range(servers):
        yield from server_day(seed, slot, day)


def _made_at(seed: int, call: Call) -> Iterator[datetime]:
    """When the sender gets through: once, or, when the answer was lost on the way, again."""
    chance = Chance(seed, "network", call.message_id)
    wait = chance.uniform(86_400, 4 * 86_400) if chance.happens(LATE) else chance.uniform(0, 5)
    first = call.timestamp + timedelta(seconds=wait)
    yield first
    if chance.happens(RESENT):
        yield first + timedelta(seconds=chance.uniform(1, 600))
