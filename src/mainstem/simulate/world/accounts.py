"""An account's life from purchase on: term after term, licence, servers, leaving, coming back.

What is signed goes to the ledger as it truly is and to the CRM as people write it down. It sends no event.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.simulate.chance import Chance
from mainstem.simulate.world import crm
from mainstem.simulate.world.installations import Standing, activations
from mainstem.simulate.world.output import Life, Starts, Truth
from mainstem.simulate.world.subscription import Subscriber, Term, Terms, plan_subscriber
from mainstem.simulate.world.support import support_life
from mainstem.simulate.world.timeline import moment

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
        self._subscriber = plan_subscriber(wiring.seed, crm.opaque("acc", visitor.person_id))
        self._chance = Chance(wiring.seed, "account", self._subscriber.account_id)
        self._terms = Terms(wiring.seed, self._subscriber, wiring.rates)
        self._region = self._chance.pick(crm.REGIONS)
        self._licences = 0

    @property
    def _id(self) -> str:
        return self._subscriber.account_id

    def life(self, at: datetime) -> Life:
        visitor, subscriber = self._visitor, self._subscriber
        yield from crm.lead(at, visitor, "converted")
        yield from crm.account(at, self._chance, self._region, subscriber, visitor, self._wiring.rates)
        yield at, Truth(at, "accounts", _true_account(visitor, subscriber, at))
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
            yield from crm.open_opportunity(at, self._id, number, "renewal")
            if not self._terms.leaves(term):
                closed = max(at.date(), term.last_day - self._terms.signed_before_end())
                kind, first_day = "renewal", max(closed, term.last_day + timedelta(days=1))
                continue
            at = moment(term.last_day, 64_800)
            yield from crm.lost_opportunity(at, self._id, number, "renewal")
            standing.ended = term.last_day
            back = self._terms.returns_after()
            if back is None:
                return
            self._terms.skip()
            kind, closed = "resurrection", term.last_day + back
            first_day = closed

    def _licensed(self) -> Standing:
        self._licences += 1
        chance = Chance(self._wiring.seed, "licence", self._id, self._licences)
        before = self._standing.activated if self._licences > 1 else False
        self._standing = Standing(
            self._id, chance.token(26), self._subscriber, self._visitor, activated=before
        )
        return self._standing

    def _won(self, at: datetime, term: Term, standing: Standing) -> Life:
        for item in term.line_items:
            self._wiring.ledger.sign(self._id, item)
        key = standing.licence_id
        yield from crm.won_opportunity(at, self._chance, self._id, term, key, self._wiring.rates)
        yield from crm.licence(at, key, self._subscriber, self._visitor.emails[-1], term.last_day)
        link = {"account_id": self._id, "licence_id": key, "opportunity": term.number, "at": at}
        yield at, Truth(at, "licence_links", link)

    def _use(self, at: datetime, standing: Standing) -> Life:
        for life in activations(self._wiring, standing, at):
            yield at, Starts(at, life)
        yield at, Starts(at, support_life(self._wiring, standing, self._region, at))


def _true_account(visitor: Visitor, subscriber: Subscriber, at: datetime) -> dict[str, object]:
    return {
        "account_id": subscriber.account_id,
        "person_id": visitor.person_id,
        "health": subscriber.health,
        "at": at,
    }
