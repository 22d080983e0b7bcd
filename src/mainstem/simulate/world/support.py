"""Support tickets of one account: rows of a ticket, its comments and its changes of status.

Agents answer in the office hours of the account's region, by its local clock; the agreed time to a first
reply depends on the plan. It sends no event and reads no clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mainstem.simulate.chance import Chance
from mainstem.simulate.world.crm import opaque, upsert
from mainstem.simulate.world.output import Life, Truth
from mainstem.simulate.world.send import text

if TYPE_CHECKING:
    from mainstem.simulate.world.installations import Standing
    from mainstem.simulate.world.wiring import Wiring

ZONES = {"america": "America/New_York", "europe": "Europe/Berlin", "asia": "Asia/Tokyo"}
FIRST_REPLY_MINUTES = {"professional": 480, "enterprise": 120}
"""Agreed, in office hours, by plan."""
HOLIDAYS = ((1, 1), (5, 1), (12, 25), (12, 26))
"""Month and day, in every region."""
OPENS, CLOSES = time(9), time(17)


class Office:
    """Office hours of one region: 9 to 17 by its clock, Monday to Friday, without holidays."""

    def __init__(self, region: str) -> None:
        self._zone = ZoneInfo(ZONES[region])

    def after(self, start: datetime, minutes: float) -> datetime:
        """The moment at which so many office minutes have passed; in the time zone of `start`."""
        left = timedelta(minutes=minutes)
        local = start.astimezone(self._zone)
        while True:
            opens, closes = self._hours(local)
            now = max(start, opens)
            if now < closes:
                if left <= closes - now:
                    return now + left
                left -= closes - now
            local = datetime.combine(local.date() + timedelta(days=1), time(), self._zone)

    def _hours(self, local: datetime) -> tuple[datetime, datetime]:
        """In UTC, since hours passed on a day on which clocks change are not what the clock shows."""
        day = local.date()
        opens = datetime.combine(day, OPENS, self._zone).astimezone(UTC)
        if day.weekday() >= 5 or (day.month, day.day) in HOLIDAYS:
            return opens, opens
        return opens, datetime.combine(day, CLOSES, self._zone).astimezone(UTC)


def support_life(wiring: Wiring, standing: Standing, region: str, at: datetime) -> Life:
    """Tickets one after another until the account leaves; unhealthy accounts have more."""
    chance = Chance(wiring.seed, "support", standing.licence_id)
    office = Office(region)
    mean_days = 40.0 + 120.0 * standing.subscriber.health
    number = 0
    while True:
        pause = timedelta(milliseconds=int(chance.exponential(mean_days) * 86_400_000) + 60_000)
        at += pause
        if standing.ended and at.date() > standing.ended:
            return
        number += 1
        for moment, item in _Ticket(wiring, standing, office, chance, number).life(at):
            at = moment
            yield moment, item


class _Ticket:
    def __init__(
        self, wiring: Wiring, standing: Standing, office: Office, chance: Chance, number: int
    ) -> None:
        self._rates = wiring.rates
        self._standing = standing
        self._office = office
        self._chance = chance
        self._key = opaque("tic", standing.licence_id, number)
        self._changes = 0

    def life(self, at: datetime) -> Life:
        chance, plan = self._chance, self._standing.subscriber.plan
        created = at
        yield from self._status(at, created, "new")
        yield from self._comment(at, "requester", public=True)
        at = self._office.after(at, chance.lognormal(FIRST_REPLY_MINUTES[plan] * 0.6, 0.9))
        first_reply = at
        yield from self._comment(at, "agent", public=True)
        yield from self._status(at, created, "pending")
        at += timedelta(milliseconds=int(chance.exponential(20) * 3_600_000))
        yield from self._comment(at, "requester", public=True)
        yield from self._status(at, created, "open")
        at = self._office.after(at, chance.lognormal(300, 1.0))
        yield from self._comment(at, "agent", public=chance.happens(0.9))
        yield from self._status(at, created, "solved")
        reopened = chance.happens(self._rates.ticket_reopened)
        if reopened:
            at += timedelta(milliseconds=int(chance.uniform(1, 72) * 3_600_000))
            yield from self._comment(at, "requester", public=True)
            yield from self._status(at, created, "open")
            at = self._office.after(at, chance.lognormal(240, 0.8))
            yield from self._comment(at, "agent", public=True)
            yield from self._status(at, created, "solved")
        yield at, self._truth(at, created, first_reply, reopened)
        at += timedelta(hours=2)
        if chance.happens(self._rates.satisfaction_answered):
            good = chance.happens(0.95 - 0.25 * reopened)
            yield from self._score(at, "good" if good else "bad")

    def _truth(self, at: datetime, created: datetime, first_reply: datetime, reopened: bool) -> Truth:
        row = {
            "ticket_id": self._key,
            "account_id": self._standing.account_id,
            "created_at": created,
            "first_reply_at": first_reply,
            "solved_at": at,
            "reopened": reopened,
        }
        return Truth(at, "tickets", row)

    def _status(self, at: datetime, created: datetime, status: str) -> Life:
        plan = self._standing.subscriber.plan
        row = {
            "requester_email": self._standing.buyer.emails[-1],
            "account_id": self._standing.account_id,
            "status": status,
            "sla_policy": f"{plan}: first reply in {FIRST_REPLY_MINUTES[plan]} business minutes",
            "created_at": text(created),
        }
        yield upsert(at, "support", "tickets", self._key, row)
        self._changes += 1
        change = {"ticket_id": self._key, "field": "status", "value": status, "created_at": text(at)}
        yield upsert(at, "support", "ticket_field_history", f"{self._key}-f{self._changes}", change)

    def _comment(self, at: datetime, author: str, public: bool) -> Life:
        self._changes += 1
        row = {"ticket_id": self._key, "author_role": author, "public": public, "created_at": text(at)}
        yield upsert(at, "support", "ticket_comments", f"{self._key}-c{self._changes}", row)

    def _score(self, at: datetime, score: str) -> Life:
        row = {"ticket_id": self._key, "score": score, "created_at": text(at)}
        yield upsert(at, "support", "satisfaction_ratings", f"{self._key}-s", row)
