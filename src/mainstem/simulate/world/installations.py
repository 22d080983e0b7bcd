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
_MEDIAN_USERS = {"licensed": 22, "free": 9, "fake": 9, "trial": 6}
_SLOWER = {"team": 0.93, "professional": 1.0, "enterprise": 1.13}
"""How much later than others an edition is upgraded; over the usual mix it evens out."""
_INTERNAL = "internal-licence"
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
    is_first: bool = False
    """The first licence that the account bought."""
    issued: datetime | None = None


class Server(msgspec.Struct, frozen=True):
    """What stays the same over an installation's life."""

    server_id: str
    kind: str
    """licensed, free, trial or fake. One that was begun in a trial and bought is licensed."""
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
    account_id: str | None
    """Whose it is, if anybody's who pays."""
    person_id: str | None
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


def activates_soon(wiring: Wiring, licence_id: str) -> bool:
    """Whether a server runs under a licence within thirty days of the purchase."""
    return Chance(wiring.seed, "activation", licence_id).happens(wiring.rates.buyer_activates)


def activations(
    wiring: Wiring, standing: Standing, at: datetime, of_trial: Server | None = None
) -> Iterator[Life]:
    """The servers that come of a purchase, most within thirty days, some later, some never.

    A server of the trial goes on under the new licence where one would be started soon.
    """
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
        if of_trial and soon and number == 0:
            server, since = of_trial, at.date() + timedelta(days=1)
        else:
            server, since = plan_server(wiring, name, "licensed", born, standing), born
        run = telemetry.Run(standing.licence_id, since, standing=standing)
        yield telemetry.server_life(wiring, server, run)
        if chance.happens(rates.fake_server / _licensed_share(rates)):
            fake = plan_server(wiring, f"{name}:fake", "fake", born, None)
            licence = _INTERNAL if fake.reason == "internal licence" else ""
            yield telemetry.server_life(wiring, fake, telemetry.Run(licence, born))


def free_server(wiring: Wiring, name: str, at: datetime) -> Iterator[Life]:
    """The server that may come of a download: just as many that free ones have their share of all."""
    rates = wiring.rates
    licensed = rates.visitor_tries * rates.trial_buys * (rates.buyer_activates + rates.buyer_activates_late)
    licensed *= 1 + rates.licence_on_many
    needed = licensed * rates.free_server / _licensed_share(rates)
    if Chance(wiring.seed, "free", name).happens(needed / rates.visitor_downloads):
        born = at.date() + timedelta(days=1)
        server = plan_server(wiring, name, "free", born, None)
        yield telemetry.server_life(wiring, server, telemetry.Run("", born))


def _licensed_share(rates: Difficulty) -> float:
    return 1.0 - rates.free_server - rates.fake_server


def plan_server(wiring: Wiring, name: str, kind: str, born: date, standing: Standing | None) -> Server:
    """`standing`: of whoever pays for it, or tries it."""
    rates = wiring.rates
    chance = Chance(wiring.seed, "server", name)
    reason = chance.one_of(_FAKES) if kind == "fake" else ""
    users = max(3, min(2_000, round(chance.lognormal(_MEDIAN_USERS[kind], 0.9))))
    enterprise = standing is not None and standing.subscriber.plan == "enterprise"
    edition = "enterprise" if enterprise else "professional" if standing else "team"
    # Large installations upgrade slower; the median over all stays what the rates say.
    slower = (1.25 if users > 40 else 0.93) * _SLOWER[edition]
    lag = chance.lognormal(rates.lag_median_months * slower, rates.lag_sigma) * _MONTH
    arm = standing.buyer.arm if standing else None
    lively = 0.6 + standing.subscriber.health * 0.8 if standing else 0.9
    return Server(
        server_id=chance.token(26),
        kind=kind,
        reason=reason,
        born=born,
        days=1 if reason == "single day" else max(5, round(chance.lognormal(800, 0.8))),
        edition=edition,
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
        account_id=standing.account_id if standing and kind == "licensed" else None,
        person_id=standing.buyer.person_id if standing else None,
        calendar=wiring.calendar,
    )
