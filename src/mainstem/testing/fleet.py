"""A month of a fleet of servers, by day and without events: quick, with its truth, to judge estimates by.

Who the servers are, what they run and whether they tell comes of the simulated company; what they did is
drawn anew. It knows no model.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from mainstem.simulate.world.difficulty import Difficulty
from mainstem.simulate.world.features import DAILY_USE, METRICS
from mainstem.simulate.world.installations import Server, Standing, plan_server
from mainstem.simulate.world.people import plan_visitor
from mainstem.simulate.world.subscription import plan_subscriber
from mainstem.simulate.world.timeline import Calendar
from mainstem.simulate.world.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Iterator

_OFF = 0.025
_PINGS = 0.7
_REPLY = 0.45
_WEDNESDAY = 2


@dataclass
class Fleet:
    """What the servers told in the month, as rows, and what was true of it."""

    month: date
    reports: list[dict[str, Any]] = field(default_factory=list)
    """A day on which a server told: server_id, day, version, edition, licence_id, active, registered."""
    pings: list[dict[str, Any]] = field(default_factory=list)
    """server_id, day, version, edition."""
    features: list[dict[str, Any]] = field(default_factory=list)
    """server_id, day, feature, n, users: as told, in sampled months a sample."""
    total: dict[str, int] = field(default_factory=dict)
    """Truth, by metric: over all servers that are no fakes."""
    active: int = 0
    """Truth: servers that ran on any day of the month and are no fakes."""


def simulate_fleet(seed: int, size: int, month: date, rates: Difficulty | None = None) -> Fleet:
    """`size` servers born in the three years before the end of `month`, as many as still run in it."""
    rates = rates or Difficulty()
    fleet = Fleet(month, total=dict.fromkeys(["posts", *METRICS], 0))
    chance = random.Random(f"{seed}:{month}")  # noqa: S311 - play, not security
    wiring = Wiring(seed, rates)
    for number in range(size):
        server = _server(wiring, chance, number, month)
        _Month(wiring, server, chance, fleet).live()
    return fleet


@cache
def _buyer(seed: int) -> Any:
    return plan_visitor(Wiring(seed, Difficulty()), "buyer", date(2020, 1, 6))


def _server(wiring: Wiring, chance: random.Random, number: int, month: date) -> Server:
    born = month + timedelta(days=int(chance.uniform(-1_095, 28)))
    draw = chance.random()
    if draw < wiring.rates.fake_server:
        return plan_server(wiring, str(number), "fake", born, None)
    if draw < wiring.rates.fake_server + wiring.rates.free_server:
        return plan_server(wiring, str(number), "free", born, None)
    account = f"acc{number}"
    subscriber = plan_subscriber(wiring.seed, account)
    paid = Standing(account, f"licence{number}", subscriber, _buyer(wiring.seed))
    return plan_server(wiring, str(number), "licensed", born, paid)


class _Month:
    def __init__(self, wiring: Wiring, server: Server, chance: random.Random, fleet: Fleet) -> None:
        self._rates = wiring.rates
        self._calendar = Calendar()
        self._server = server
        self._chance = chance
        self._fleet = fleet
        self._pings = chance.random() < _PINGS
        self._tells = not server.opted_out
        first, last = wiring.rates.sampled_months
        sampled = first <= self._calendar.month_of(fleet.month) <= last
        self._share = wiring.rates.sampled_rate if sampled else 1.0

    def live(self) -> None:
        server, fleet = self._server, self._fleet
        before = fleet.month - timedelta(days=1)
        if server.born <= before:  # The first day it ever told, so that its age is known.
            if self._tells:
                self._report(server.born, 0)
            elif self._pings:
                self._ping(server.born)
        was_active = False
        for day in self._days():
            if self._chance.random() < _OFF:
                continue
            was_active = True
            self._day(day)
        fleet.active += was_active and server.kind != "fake"

    def _days(self) -> Iterator[date]:
        first = max(self._server.born, self._fleet.month)
        last = self._server.born + timedelta(days=self._server.days - 1)
        day = first
        while day <= last and day.month == self._fleet.month.month:
            yield day
            day += timedelta(days=1)

    def _day(self, day: date) -> None:
        server, fleet = self._server, self._fleet
        active = self._some(server.users, 0.12 if day.weekday() >= 5 else 0.55)
        done = {what: self._some(active, share) for what, share in DAILY_USE.items()}
        posts = sum(self._around(server.diligence) for _ in range(active))
        done["replies"] = self._some(posts, _REPLY)
        done["posts"] = posts
        if server.kind != "fake":
            for what, n in done.items():
                fleet.total[what] += n
        if self._pings and day.weekday() == _WEDNESDAY:
            self._ping(day)
        if not self._tells:
            return
        self._report(day, active)
        release = server.release(day)
        for what, n in done.items():
            told = self._some(n, self._share) if self._share < 1 else n
            if told and release >= METRICS.get(what, 0):
                row = {"server_id": server.server_id, "day": day, "feature": what, "n": told}
                fleet.features.append({**row, "users": min(told, active)})

    def _report(self, day: date, active: int) -> None:
        server = self._server
        if server.reason == "more active than registered":
            active = server.users * 3
        row = {"server_id": server.server_id, "day": day, "version": server.version(day)}
        licence = "internal-licence" if server.reason == "internal licence" else None
        row |= {"edition": server.edition, "licence_id": licence, "active": active}
        self._fleet.reports.append({**row, "registered": server.users})

    def _ping(self, day: date) -> None:
        server = self._server
        row = {"server_id": server.server_id, "day": day, "version": server.version(day)}
        self._fleet.pings.append({**row, "edition": server.edition})

    def _some(self, n: int, share: float) -> int:
        """Of n, each with a chance; for many, by the normal curve."""
        if n < 60:
            return sum(self._chance.random() < share for _ in range(n))
        draw = self._chance.gauss(n * share, (n * share * (1 - share)) ** 0.5)
        return min(n, max(0, round(draw)))

    def _around(self, mean: float) -> int:
        return int(mean) + (self._chance.random() < mean % 1)
