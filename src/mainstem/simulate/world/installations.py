"""Which servers come to be, what they are and how they follow releases: planned at their birth.

Licensed ones after a purchase, free ones after a download, and those that are no customer's at all. What
they send is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from mainstem.simulate.chance import Chance
from mainstem.simulate.world import telemetry
from mainstem.simulate.world.timeline import Calendar, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.simulate.world.difficulty import Difficulty
    from mainstem.simulate.world.output import Life
    from mainstem.simulate.world.people import Visitor
    from mainstem.simulate.world.subscription import Subscriber
    from mainstem.simulate.world.wiring import Wiring

_MONTH = 30.44
_FAKES = ("internal licence", "dev build", "odd version", "more active than registered", "single day")


@dataclass
class Standing:
    """One licence of an account; `ended` is set when the account leaves, and its servers stop soon after."""

    account_id: str
    licence_id: str
    subscriber: Subscriber
    buyer: Visitor
    ended: date | None = None
    activated: bool = False
    """Its buyer has had a server, with this licence or an earlier one."""


class Server(msgspec.Struct, frozen=True):
    """What stays the same over an installation's life."""

    server_id: str
    kind: str
    """licensed, free or fake."""
    reason: str
    """Why a fake one is not to be counted."""
    born: date
    days: int
    edition: str
    users: int
    lag_days: float
    """How far behind releases it is, on average."""
    opted_out: bool
    diligence: float
    """Posts of an active user on a day, on average."""
    mobile: float
    """Share of what its users do that they do on a telephone."""
    second: float
    """Second of the day (UTC) at which it reports."""
    environment: dict[str, str]
    calendar: Calendar
    """Of the releases it follows."""

    def release(self, day: date) -> int:
        """Upgrades come in steps, so it drifts away from the newest release and catches up again."""
        step = max(1, int(self.lag_days / 2))
        drift = (day.toordinal() + int(self.second)) % step
        return self.calendar.release_on(day - timedelta(days=int(self.lag_days * 0.75) + drift))

    def version(self, day: date) -> str:
        plain = version_of(self.release(day))
        if self.reason == "dev build":
            return f"{plain}-dev"
        return "custom-build" if self.reason == "odd version" else plain


def activations(wiring: Wiring, standing: Standing, at: datetime) -> Iterator[Life]:
    """The servers that come of a purchase, most within thirty days, some later, some never."""
    rates = wiring.rates
    chance = Chance(wiring.seed, "activation", standing.licence_id)
    soon = chance.happens(rates.buyer_activates)
    late = not soon and chance.happens(rates.buyer_activates_late / (1 - rates.buyer_activates))
    if not (soon or late):
        return
    after = chance.uniform(0.1, 29) if soon else chance.uniform(31, 180)
    for number in range(1 + chance.happens(rates.licence_on_many)):
        born = (at + timedelta(days=after + 20 * number)).date() + timedelta(days=1)
        name = f"{standing.licence_id}:{number}"
        yield telemetry.server_life(wiring, _plan(wiring, name, "licensed", born, standing), standing)
        if chance.happens(rates.fake_server / _licensed_share(rates)):
            fake = _plan(wiring, f"{name}:fake", "fake", born, None)
            yield telemetry.server_life(wiring, fake, None)


def free_server(wiring: Wiring, name: str, at: datetime) -> Iterator[Life]:
    """The server that may come of a download: just as many that free ones have their share of all."""
    rates = wiring.rates
    licensed = rates.visitor_tries * rates.trial_buys * (rates.buyer_activates + rates.buyer_activates_late)
    licensed *= 1 + rates.licence_on_many
    needed = licensed * rates.free_server / _licensed_share(rates)
    if Chance(wiring.seed, "free", name).happens(needed / rates.visitor_downloads):
        born = at.date() + timedelta(days=1)
        yield telemetry.server_life(wiring, _plan(wiring, name, "free", born, None), None)


def _licensed_share(rates: Difficulty) -> float:
    return 1.0 - rates.free_server - rates.fake_server


def _plan(wiring: Wiring, name: str, kind: str, born: date, standing: Standing | None) -> Server:
    rates = wiring.rates
    chance = Chance(wiring.seed, "server", name)
    reason = chance.one_of(_FAKES) if kind == "fake" else ""
    users = max(3, min(2_000, round(chance.lognormal(22 if kind == "licensed" else 9, 0.9))))
    enterprise = standing is not None and standing.subscriber.plan == "enterprise"
    # Large installations upgrade slower; the median over all stays what the rates say.
    slower = 1.25 if users > 40 else 0.93
    lag = chance.lognormal(rates.lag_median_months * slower, rates.lag_sigma) * _MONTH
    arm = standing.buyer.arm if standing else None
    lively = 0.6 + standing.subscriber.health * 0.8 if standing else 0.9
    return Server(
        server_id=chance.token(26),
        kind=kind,
        reason=reason,
        born=born,
        days=1 if reason == "single day" else max(5, round(chance.lognormal(800, 0.8))),
        edition="enterprise" if enterprise else "professional" if standing else "team",
        users=users,
        lag_days=0.0 if reason == "dev build" else lag,
        opted_out=kind != "fake" and chance.happens(rates.opted_out),
        diligence=1.5 * lively * (arm.lift(of_usage=True) if arm else 1.0),
        mobile=chance.uniform(0.1, 0.5),
        second=chance.uniform(0, 82_000),
        environment={
            "database_type": chance.pick({"postgres": 7.0, "mysql": 3.0}),
            "operating_system": chance.pick({"linux": 9.0, "windows": 0.5, "freebsd": 0.5}),
            "installation_type": chance.pick({"docker": 4.0, "package": 4.0, "kubernetes": 2.0}),
        },
        calendar=wiring.calendar,
    )
