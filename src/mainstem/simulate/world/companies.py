"""A company as the CRM knows it: its account, who works there, and what people enter twice.

An account is made when somebody in sales takes up a trial, or at the purchase. It decides neither.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.chance import Chance
from mainstem.simulate.world.crm import REGIONS, delete, fault, opaque, upsert
from mainstem.simulate.world.links import edge, link, person
from mainstem.simulate.world.output import Life, Starts
from mainstem.simulate.world.sales import owner_of
from mainstem.simulate.world.send import text
from mainstem.simulate.world.subscription import plan_subscriber

if TYPE_CHECKING:
    from mainstem.simulate.world.people import Visitor
    from mainstem.simulate.world.wiring import Wiring

_EMOJI = ("🚀", "✨", "🏢")
_NOTICED = 0.5
"""Of duplicate accounts, which somebody deletes."""


class Company:
    """The same for the same visitor, however often it is made."""

    def __init__(self, wiring: Wiring, visitor: Visitor) -> None:
        self._rates = wiring.rates
        self._visitor = visitor
        self.account_id = opaque("acc", visitor.person_id)
        self.subscriber = plan_subscriber(wiring.seed, self.account_id)
        self._chance = Chance(wiring.seed, "company", self.account_id)
        self.region = self._chance.pick(REGIONS)
        self.owner_id = owner_of(wiring, self.account_id, self.region)
        self._plain, self._name = self._names()

    def enter(self, at: datetime, plan: str | None) -> Life:
        """The account and who is known there; sometimes a second account for it, noticed or not."""
        chance, key = self._chance, self.account_id
        if self._name != self._plain:
            yield fault(at, "accounts", key, "odd name")
        row = self._row(at, plan, self.subscriber.seats)
        yield upsert(at, "crm", "accounts", key, row)
        yield from self._contacts(at)
        if chance.happens(self._rates.account_duplicated):
            twin = opaque("acc", key, "twin")
            yield upsert(at, "crm", "accounts", twin, {**row, "name": self._plain.upper()})
            yield fault(at, "accounts", twin, f"duplicate of {key}")
            if chance.happens(_NOTICED):
                noticed = at + timedelta(days=chance.whole(20, 200))
                yield at, Starts(at, iter([delete(noticed, "crm", "accounts", twin)]))

    def update(self, at: datetime, created: datetime, plan: str, seats: int) -> Life:
        """What the account holds after a purchase."""
        yield upsert(at, "crm", "accounts", self.account_id, self._row(created, plan, seats))

    def _names(self) -> tuple[str, str]:
        """As it should be written and as it was."""
        chance = self._chance
        kind = chance.one_of(("Systems", "Labs", "Group", "Networks"))
        plain = f"{self._visitor.last_name} {kind} {self._visitor.number}"
        if not chance.happens(self._rates.odd_name):
            return plain, plain
        return plain, chance.one_of((f"  {plain} ", f"{plain} {chance.one_of(_EMOJI)}", f"{plain}\t"))

    def _row(self, created: datetime, plan: str | None, seats: int) -> dict[str, Any]:
        return {
            "name": self._name,
            "domain": self._visitor.emails[0].partition("@")[2],
            "region": self.region,
            "plan": plan,
            "seats": seats,
            "owner_id": self.owner_id,
            "created_at": text(created),
        }

    def _contacts(self, at: datetime) -> Life:
        visitor, chance = self._visitor, self._chance
        name = f"{visitor.first_name} {visitor.last_name}"
        mail = visitor.emails[-1]
        yield from self._contact(
            at, visitor.person_id, opaque("con", visitor.person_id), mail, name, "e-mail"
        )
        if chance.happens(self._rates.contact_duplicated):
            twin = opaque("con", visitor.person_id, "twin")
            written = chance.one_of(
                (mail.upper(), f" {mail}", f"{visitor.last_name.lower()}@{mail.partition('@')[2]}")
            )
            yield from self._contact(at, visitor.person_id, twin, written, name.upper(), "duplicate")
            yield fault(at, "contacts", twin, f"duplicate of {opaque('con', visitor.person_id)}")
        for number in range(chance.below(3)):
            colleague = chance.identifier()
            yield person(at, colleague, at, on_site=False)
            other = f"contact{number}.{visitor.emails[0]}"
            key = opaque("con", visitor.person_id, number)
            yield from self._contact(at, colleague, key, other, f"Contact {number}", "colleague")

    def _contact(self, at: datetime, person_id: str, key: str, email: str, name: str, evidence: str) -> Life:
        row = {"account_id": self.account_id, "email": email, "name": name, "created_at": text(at)}
        yield upsert(at, "crm", "contacts", key, row)
        mail = ("email", email.strip().lower())
        yield link(at, person_id, ("crm_contact", key), evidence)
        if evidence != "e-mail":
            yield link(at, person_id, mail, evidence)
        yield edge(at, person_id, ("crm_contact", key), mail, "contact")
