"""The whole company, day by day: lives begin, their items merge by time, events wait on their way.

The same seed and size give the same days, whatever is read of them at a time, and a longer history begins
with the shorter one. It holds the lives that go on and the events on their way, never the past.
"""

from __future__ import annotations

import heapq
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

from mainstem.errors import UsageError
from mainstem.simulate.chance import Chance
from mainstem.simulate.world.campaigns import marketing_life
from mainstem.simulate.world.content import content_life
from mainstem.simulate.world.difficulty import Difficulty
from mainstem.simulate.world.engineering import TEAMS, engineering_life
from mainstem.simulate.world.journey import visitor_life
from mainstem.simulate.world.output import Change, Day, Event, Life, Starts, Truth
from mainstem.simulate.world.sales import sales_life
from mainstem.simulate.world.timeline import DEFAULT_FIRST_DAY, HISTORY_MONTHS, Calendar, moment
from mainstem.simulate.world.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

_GUESTS = 2.5
"""People who share a device with its first user, on average."""
_STEPS = 96
"""Of a day, after each of which a part of it may be given out."""
PART_EVENTS = 20_000
"""Some 50 MB."""


def simulate_company(
    seed: int,
    months: int,
    accounts: int,
    difficulty: Difficulty | None = None,
    first_day: date = DEFAULT_FIRST_DAY,
    part_events: int = PART_EVENTS,
) -> Iterator[Day]:
    """The first `months` months of a company that wins about `accounts` accounts in sixty.

    A day of more than `part_events` events comes in parts of about as many.

    Raises UsageError for sizes below one and for a `first_day` that is not the first of a month.
    """
    for name, value in {"months": months, "accounts": accounts}.items():
        if value < 1:
            raise UsageError(f"{name} is {value}; it must be 1 or more")
    if first_day.day != 1:
        raise UsageError(f"first_day is {first_day}; history begins on the first of a month")
    company = _Company(seed, accounts, difficulty or Difficulty(), Calendar(first_day), part_events)
    return company.days(months)


class _Company:
    def __init__(
        self, seed: int, accounts: int, rates: Difficulty, calendar: Calendar, part_events: int
    ) -> None:
        self._seed = seed
        self._accounts = accounts
        self._rates = rates
        self._calendar = calendar
        self._part_events = part_events
        self._wiring = Wiring(seed, rates, calendar, accounts)
        self._lives: list[tuple[datetime, int, object, Life]] = []
        self._on_the_way: list[tuple[datetime, int, Event]] = []
        self._number = count()

    def days(self, months: int) -> Iterator[Day]:
        self._begin(marketing_life(self._seed, self._accounts, self._calendar))
        self._begin(content_life(self._calendar))
        self._begin(sales_life(self._wiring))
        for team in TEAMS:
            self._begin(engineering_life(self._seed, team, self._calendar.first_day))
        day, end = self._calendar.first_day, self._calendar.day_after(months)
        while day < end:
            for life in self._visitors(day):
                self._begin(life)
            yield from self._day(day)
            day += timedelta(days=1)

    def _visitors(self, day: date) -> Iterator[Life]:
        rates = self._rates
        needed = self._accounts / (rates.visitor_tries * rates.trial_buys)
        history = (self._calendar.day_after(HISTORY_MONTHS) - self._calendar.first_day).days
        weekly = 0.5 if day.weekday() >= 5 else 1.2
        mean = needed / history / (1 + rates.device_shared * _GUESTS) * weekly
        for number in range(Chance(self._seed, "arrivals", day).around(mean)):
            yield visitor_life(self._wiring, f"{day:%y%m%d}{number}", day)

    def _begin(self, life: Life) -> None:
        first = next(life, None)
        if first is not None:
            heapq.heappush(self._lives, (first[0], next(self._number), first[1], life))

    def _day(self, day: date) -> Iterator[Day]:
        """In parts where it is large."""
        events: list[Event] = []
        changes: list[Change] = []
        truth: list[Truth] = []
        for step in range(1, _STEPS + 1):
            until = moment(day, step * 86_400 / _STEPS)
            self._live(until, changes, truth)
            events += self._arrived(until)
            if len(events) >= self._part_events and step < _STEPS:
                truth.sort(key=_at)
                yield Day(day, events, changes, truth, ends=False)
                events, changes, truth = [], [], []
        truth += self._wiring.ledger.close(day)
        truth += self._wiring.tally.close(day, self._wiring.ledger.arr_of)
        truth.sort(key=_at)
        yield Day(day, events, changes, truth)

    def _live(self, until: datetime, changes: list[Change], truth: list[Truth]) -> None:
        """Let everything happen that happens before `until`."""
        lives = self._lives
        while lives and lives[0][0] < until:
            _, _, item, life = lives[0]
            following = next(life, None)
            if following is None:
                heapq.heappop(lives)
            else:
                heapq.heapreplace(lives, (following[0], next(self._number), following[1], life))
            match item:
                case Event():
                    heapq.heappush(self._on_the_way, (item.received_at, next(self._number), item))
                case Change():
                    changes.append(item)
                case Truth():
                    truth.append(item)
                case Starts():
                    self._begin(item.life)

    def _arrived(self, until: datetime) -> Iterator[Event]:
        while self._on_the_way and self._on_the_way[0][0] < until:
            yield heapq.heappop(self._on_the_way)[2]


def _at(fact: Truth) -> datetime:
    return fact.at
