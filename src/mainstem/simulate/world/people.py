"""One visitor's whole way to the website, planned before it is walked: devices, visits, steps.

Everything a person does follows from the seed, their number and their first day. Planning sends nothing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from mainstem.simulate.chance import Chance, uuid_text
from mainstem.simulate.world.campaigns import channel, relative_odds
from mainstem.simulate.world.experiments import Arm, arm_of
from mainstem.simulate.world.timeline import moment

if TYPE_CHECKING:
    from mainstem.simulate.world.difficulty import Difficulty
    from mainstem.simulate.world.wiring import Wiring

_FIRST = ("Ada", "Bela", "Chidi", "Dana", "Eike", "Fatima", "Goran", "Hana", "Ines", "Jonas", "Kemal", "Lena")
_LAST = (
    "Adler",
    "Brandt",
    "Costa",
    "Diaz",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Haddad",
    "Ito",
    "Jansen",
    "Kaya",
)


class Device(msgspec.Struct, frozen=True):
    """A browser; its cookie changes when it is lost."""

    device_id: str
    blocked: bool
    privacy_signal: bool

    def cookie(self, seed: int, losses: int) -> str:
        # A stream of chance costs 12 µs to begin and this is asked for at every visit.
        name = f"{seed}:cookie:{self.device_id}:{losses}".encode()
        return uuid_text(int.from_bytes(blake2b(name, digest_size=16).digest()))


class Visit(msgspec.Struct, frozen=True):
    at: datetime
    channel: str
    device: Device
    anonymous_id: str
    step: str = ""
    """download, trial, purchase or none."""


class Visitor(msgspec.Struct, frozen=True):
    """A person and all they will do on the website."""

    number: str
    person_id: str
    first_name: str
    last_name: str
    emails: tuple[str, ...]
    """In the order in which they give them."""
    portal_id: str
    visits: tuple[Visit, ...]
    arm: Arm | None
    guests: int
    """Others who will use this person's first device."""
    losses: int
    """How often that device had lost its cookie, or was given another at a log-out, when they are done."""

    @property
    def steps(self) -> frozenset[str]:
        return frozenset(visit.step for visit in self.visits if visit.step)

    def moment_of(self, step: str) -> datetime | None:
        """When the visit of a step begins; None for a step they never take."""
        return next((visit.at for visit in self.visits if visit.step == step), None)

    @property
    def devices(self) -> tuple[Device, ...]:
        return tuple({visit.device.device_id: visit.device for visit in self.visits}.values())


def new_device(chance: Chance, rates: Difficulty) -> Device:
    return Device(
        chance.identifier(), chance.happens(rates.sdk_blocked), chance.happens(rates.privacy_signal)
    )


def plan_visitor(
    wiring: Wiring, number: str, day: date, shared: Device | None = None, losses: int = 0
) -> Visitor:
    """`shared` is the device of somebody else, with the cookie it has after `losses`."""
    seed, rates = wiring.seed, wiring.rates
    chance = Chance(seed, "visitor", number)
    first = shared or new_device(chance, rates)
    arm = arm_of(chance, day, wiring.calendar, first.cookie(seed, losses), rates.both_arms)
    tries = chance.happens(rates.visitor_tries * (arm.lift() if arm else 1.0))
    downloads = chance.happens(rates.visitor_downloads)
    before = chance.whole(2, 5) if tries else 1 + chance.around(0.35) + downloads
    channels = [channel(chance, rates.untagged_visit) for _ in range(before)]
    odds = relative_odds(set(channels), before, rates.untagged_visit)
    buys = tries and chance.happens(min(0.95, rates.trial_buys * odds))
    after = chance.whole(1, 3) if buys else 0
    channels += [channel(chance, rates.untagged_visit) for _ in range(after)]
    moments = _moments(chance, day, before, after)
    second = new_device(chance, rates) if chance.happens(0.2) else first
    loss_at = _loss(chance, rates, len(channels), buys)
    hosts = shared is None and chance.happens(rates.device_shared)
    logs_out = tries and (hosts or shared is not None) and chance.happens(rates.reset_on_shared)
    visits = []
    for place, (at, name) in enumerate(zip(moments, channels, strict=True)):
        lost = losses + (place >= loss_at) + (logs_out and place >= before)
        # The last visit is on the first device: a second one is a telephone, and nobody buys on it.
        middle = 0 < place < len(channels) - 1
        device = second if middle and chance.happens(0.5) else first
        cookie = device.cookie(seed, lost if device is first else 0)
        step = _step(place, before, len(channels), tries, downloads)
        visits.append(Visit(at, name, device, cookie, step))
    first_name, last_name = chance.one_of(_FIRST), chance.one_of(_LAST)
    mail = f"{first_name}.{last_name}.{number}".lower()
    emails = [f"{mail}@company{number}.example"]
    if chance.happens(rates.two_emails):
        emails.append(f"{mail}@mail.example")
    return Visitor(
        number=number,
        person_id=chance.identifier(),
        first_name=first_name,
        last_name=last_name,
        emails=tuple(emails),
        portal_id=f"cus_{chance.token(14)}",
        visits=tuple(visits),
        arm=arm,
        guests=chance.whole(1, 4) if hosts else 0,
        losses=losses + (loss_at < len(channels)) + logs_out,
    )


def _moments(chance: Chance, day: date, before: int, after: int) -> list[datetime]:
    """First visits within weeks of each other; those after the trial within 85 days of it."""
    at = moment(day, chance.uniform(0, 86_000))
    moments = [at]
    for _ in range(before - 1):
        at += timedelta(milliseconds=int(chance.uniform(7_200, 15 * 86_400) * 1000))
        moments.append(at)
    for _ in range(after):
        at += timedelta(milliseconds=int(chance.uniform(86_400, 85 * 86_400 / after) * 1000))
        moments.append(at)
    return moments


def _loss(chance: Chance, rates: Difficulty, visits: int, buys: bool) -> int:
    """The visit before which the cookie is lost; beyond the last one when it is kept."""
    if not chance.happens(rates.cookie_lost):
        return visits
    # A loss on the way to a purchase shows at the latest at the purchase, which is on the first device.
    return chance.whole(1, visits - 1) if buys or visits > 1 else visits


def _step(place: int, before: int, visits: int, tries: bool, downloads: bool) -> str:
    if tries and place == before - 1:
        return "trial"
    if visits > before and place == visits - 1:
        return "purchase"
    return "download" if downloads and place == (before - 2 if tries else before - 1) else ""
