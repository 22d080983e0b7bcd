"""An account's life from purchase on: term after term, licence, servers, leaving, coming back.

What is signed goes to the ledger as it truly is and to the CRM as people write it down. It sends no event.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.simulate.chance import Chance
from mainstem.simulate.world import crm
from mainstem.simulate.world.companies import Company
from mainstem.simulate.world.crm import Opportunities
from mainstem.simulate.world.installations import Standing, activations
from mainstem.simulate.world.leads import lead_row
from mainstem.simulate.world.output import Life, Starts, Truth
from mainstem.simulate.world.subscription import Term, Terms
from mainstem.simulate.world.support import support_life
from mainstem.simulate.world.timeline import moment
from mainstem.simulate.world.trials import plan_trial

if TYPE_CHECKING:
    from mainstem.simulate.world.people import Visitor
    from mainstem.simulate.world.wiring import Wiring


def account_life(wiring: Wiring, visitor: Visitor, at: datetime) -> Life:
    """Begins at the purchase."""
    return _Account(wiring, visitor).life(at)


class _Account:
    _standing: Standing

    def __init__(self, wiring: Wiring, visitor: Visitor) -> None:
        self._wiring = wiring
        self._visitor = visitor
        self._company = Company(wiring, visitor)
        self._subscriber = self._company.subscriber
        self._trial = plan_trial(wiring, visitor)
        self._chance = Chance(wiring.seed, "account", self._id)
        self._terms = Terms(wiring.seed, self._subscriber, wiring.rates)
        self._sales = Opportunities(self._chance, self._id, self._company.owner_id, wiring.rates)
        self._licences = 0
        self._created: datetime

    @property
    def _id(self) -> str:
        return self._subscriber.account_id

    def life(self, at: datetime) -> Life:
        yield from self._begin(at)
        kind, closed, first_day = "new", at.date(), at.date()
        while True:
            standing = self._standing if kind == "renewal" else self._licensed()
            terms = self._terms.won(kind, closed, first_day)
            for term in terms:
                at = max(at, moment(term.closed, 43_200))
                yield from self._won(at, term, standing)
                if kind in ("new", "resurrection") and term is terms[0]:
                    yield from self._use(at, standing)
            term = terms[0]
            at = max(at, moment(crm.renewal_opens(term.last_day), 36_000))
            # A number of its own is not spent before it is won: what is opened now is the next term.
            number = terms[-1].number + 1
            yield from self._sales.open(at, number, "renewal", self._terms.arr_cents)
            if not self._terms.leaves(term):
                closed = max(at.date(), term.last_day - self._terms.signed_before_end())
                kind, first_day = "renewal", max(closed, term.last_day + timedelta(days=1))
                continue
            at = moment(term.last_day, 64_800)
            yield from self._sales.lose(at, number, "renewal")
            standing.ended = term.last_day
            left = at + timedelta(hours=6)
            yield left, self._seats(left, 0)
            at = left
            back = self._terms.returns_after()
            if back is None:
                return
            self._terms.skip()
            kind, closed = "resurrection", term.last_day + back
            first_day = closed

    def _begin(self, at: datetime) -> Life:
        visitor, subscriber, pursued = self._visitor, self._subscriber, self._trial.pursued_at
        yield from lead_row(at, visitor, "converted", visitor.moment_of("trial") or at)
        self._created = pursued or at
        if pursued:
            self._sales.opened(1, pursued)
        else:
            yield from self._company.enter(at, subscriber.plan)
            yield from self._trial.links(at)
        row = {
            "account_id": self._id,
            "person_id": visitor.person_id,
            "health": subscriber.health,
            "at": at,
            "plan": subscriber.plan,
            "region": self._company.region,
            "owner_id": self._company.owner_id,
        }
        yield at, Truth(at, "accounts", row)

    def _licensed(self) -> Standing:
        self._licences += 1
        before = self._standing.activated if self._licences > 1 else False
        licence_id = self._trial.licence_of_account(self._licences)
        self._standing = Standing(
            self._id,
            licence_id,
            self._subscriber,
            self._visitor,
            activated=before,
            is_first=self._licences == 1,
        )
        return self._standing

    def _won(self, at: datetime, term: Term, standing: Standing) -> Life:
        for item in term.line_items:
            self._wiring.ledger.sign(self._id, item)
        key = standing.licence_id
        standing.issued = standing.issued or at
        plan = self._subscriber.plan
        yield from self._sales.win(at, term, key)
        mail = self._visitor.emails[-1]
        yield crm.licence(at, key, mail, plan, term.seats, term.last_day, issued=standing.issued)
        yield from self._company.update(at, self._created, plan, term.seats)
        link = {"account_id": self._id, "licence_id": key, "opportunity": term.number, "at": at}
        yield at, Truth(at, "licence_links", {**link, "is_trial": False})
        yield at, self._seats(at, term.seats)

    def _seats(self, at: datetime, seats: int) -> Truth:
        self._wiring.tally.has_seats(at.date(), self._id, seats)
        return Truth(at, "account_seats", {"account_id": self._id, "day": at.date(), "seats": seats})

    def _use(self, at: datetime, standing: Standing) -> Life:
        for life in activations(
            self._wiring, standing, at, self._trial.server if standing.is_first else None
        ):
            yield at, Starts(at, life)
        yield at, Starts(at, support_life(self._wiring, standing, self._company.region, at))
