"""What a trial brings with it besides the visit: a licence, maybe a server, maybe a salesperson.

Planned from the visitor alone, so that the purchase later finds the same trial. A trial's server goes on
under the licence that is bought, or ends with the trial.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.simulate.chance import Chance
from mainstem.simulate.world import crm
from mainstem.simulate.world.companies import Company
from mainstem.simulate.world.crm import Opportunities
from mainstem.simulate.world.installations import Standing, activates_soon, plan_server
from mainstem.simulate.world.leads import marketing_of_lead, new_lead
from mainstem.simulate.world.output import Life, Starts, Truth
from mainstem.simulate.world.telemetry import Run, server_life

if TYPE_CHECKING:
    from mainstem.simulate.world.installations import Server
    from mainstem.simulate.world.people import Visitor
    from mainstem.simulate.world.wiring import Wiring

DAYS = 30
_SEATS = 10


class Trial:
    """One visitor's trial; the same however often it is planned."""

    def __init__(self, wiring: Wiring, visitor: Visitor, started: datetime) -> None:
        rates = wiring.rates
        chance = Chance(wiring.seed, "trial", visitor.number)
        self._wiring = wiring
        self._visitor = visitor
        self._chance = chance
        self.account_id = crm.opaque("acc", visitor.person_id)
        self.licence_id = chance.token(26)
        self.expires = started.date() + timedelta(days=DAYS)
        self.bought_at = visitor.moment_of("purchase")
        pursued = started + timedelta(milliseconds=int(chance.uniform(1, 12) * 86_400_000))
        self.pursued_at = pursued if chance.happens(rates.trial_pursued) else None
        """When somebody in sales makes an account and an opportunity of it."""
        if self.pursued_at and self.bought_at and self.bought_at < self.pursued_at:
            self.pursued_at = None
        starts = started.date() + timedelta(days=chance.whole(2, 6))
        share = rates.trial_server_of_buyer if self.bought_at else rates.trial_server
        has_server = chance.happens(share) and not (self.bought_at and self.bought_at.date() <= starts)
        self.server = self._server(starts) if has_server else None
        self._lingers = chance.whole(0, 14)

    @property
    def continues(self) -> bool:
        """Whether its server goes on under the first licence that is bought."""
        return self.bought_at is not None and activates_soon(self._wiring, self.licence_of_account(1))

    def licence_of_account(self, number: int) -> str:
        """The licence that is bought first, second and so on."""
        return Chance(self._wiring.seed, "licence", self.account_id, number).token(26)

    def links(self, at: datetime) -> Life:
        """Its licence is the account's, once there is an account."""
        link = {"account_id": self.account_id, "licence_id": self.licence_id, "opportunity": None, "at": at}
        yield at, Truth(at, "licence_links", {**link, "is_trial": True})

    def life(self, at: datetime) -> Life:
        visitor, mail = self._visitor, self._visitor.emails[0]
        yield from new_lead(at, visitor)
        yield at, Starts(at, marketing_of_lead(self._wiring, visitor, at))
        yield crm.licence(at, self.licence_id, mail, "trial", _SEATS, self.expires, issued=at, is_trial=True)
        row = {"person_id": visitor.person_id, "licence_id": self.licence_id, "at": at}
        account_id = self.account_id if self.pursued_at or self.bought_at else None
        yield at, Truth(at, "trials", {**row, "expires": self.expires, "account_id": account_id})
        if self.server:
            yield at, Starts(at, server_life(self._wiring, self.server, self._run(self.server)))
        if self.pursued_at:
            yield from self._pursued(self.pursued_at)

    def _pursued(self, at: datetime) -> Life:
        company = Company(self._wiring, self._visitor)
        rates = self._wiring.rates
        yield from company.enter(at, None)
        yield from self.links(at)
        bought = self.bought_at is not None
        row = {"account_id": self.account_id, "person_id": self._visitor.person_id, "at": at}
        yield at, Truth(at, "prospects", {**row, "bought": bought})
        sales = Opportunities(self._chance, self.account_id, company.owner_id, rates)
        yield from sales.open(at, 1, "new", company.subscriber.arr_cents)
        if not bought:
            lost = at + timedelta(days=self._chance.whole(20, 100))
            yield from sales.lose(lost, 1, "new")

    def _run(self, server: Server) -> Run:
        bought = self.bought_at and (self.bought_at + timedelta(hours=1)).date() if self.continues else None
        until = bought or self.expires + timedelta(days=self._lingers)
        return Run(self.licence_id, since=server.born, until=until)

    def _server(self, born: date) -> Server:
        company = Company(self._wiring, self._visitor)
        standing = Standing(self.account_id, self.licence_id, company.subscriber, self._visitor)
        kind = "licensed" if self.continues else "trial"
        return plan_server(self._wiring, f"{self.licence_id}:trial", kind, born, standing)


def plan_trial(wiring: Wiring, visitor: Visitor) -> Trial:
    """The trial of a visitor who starts one."""
    started = visitor.moment_of("trial")
    if started is None:
        raise ValueError(f"visitor {visitor.number} starts no trial")
    return Trial(wiring, visitor, started)
