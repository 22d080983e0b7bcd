"""Rows of the CRM and of the licence system, with the faults that people put into them.

Every row says what a system would hold; what is wrong with it goes to the truth. It decides no sale.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from mainstem.simulate.world.output import Change, Life, Truth
from mainstem.simulate.world.send import text

if TYPE_CHECKING:
    from mainstem.simulate.chance import Chance
    from mainstem.simulate.world.difficulty import Difficulty
    from mainstem.simulate.world.subscription import LineItem, Term

REGIONS = {"america": 0.5, "europe": 0.35, "asia": 0.15}
_IMPOSSIBLE = ("0202-06-01", "1900-01-01", "2202-01-15", "2999-12-31")


def upsert(at: datetime, system: str, table: str, key: str, row: dict[str, Any]) -> tuple[datetime, Change]:
    return at, Change(at, system, table, key, {"id": key, **row, "updated_at": text(at)})


def opaque(kind: str, *names: object) -> str:
    """An id as a source system gives it: the same for the same thing, telling nothing of any other."""
    name = ":".join(str(part) for part in (kind, *names))
    return f"{kind}_{blake2b(name.encode(), digest_size=9).hexdigest()}"


def delete(at: datetime, system: str, table: str, key: str) -> tuple[datetime, Change]:
    return at, Change(at, system, table, key, None)


def fault(at: datetime, table: str, key: str, kind: str) -> tuple[datetime, Truth]:
    return at, Truth(at, "crm_faults", {"table": table, "key": key, "fault": kind})


class Opportunities:
    """The opportunities of one account, each opened once and closed once."""

    def __init__(self, chance: Chance, account_id: str, owner_id: str, rates: Difficulty) -> None:
        self._chance = chance
        self._account_id = account_id
        self._owner_id = owner_id
        self._rates = rates
        self._created: dict[int, datetime] = {}

    def opened(self, number: int, created: datetime) -> None:
        """One that was opened before this object was made."""
        self._created[number] = created

    def open(self, at: datetime, number: int, kind: str, expected_cents: int) -> Life:
        self._created[number] = at
        row = {"stage": "prospecting", "amount": expected_cents / 100}
        yield self._upsert(at, number, kind, row)

    def lose(self, at: datetime, number: int, kind: str) -> Life:
        yield self._upsert(at, number, kind, {"stage": "closed lost", "close_date": at.date().isoformat()})
        yield self._closed(at, number, kind, won=False)

    def win(self, at: datetime, term: Term, licence_id: str) -> Life:
        """With its line items, as they are and as people wrote them down."""
        chance, rates, key = self._chance, self._rates, self._id(term.number)
        close_date = term.closed.isoformat()
        if chance.happens(rates.impossible_date):
            close_date = chance.one_of(_IMPOSSIBLE)
            yield fault(at, "opportunities", key, "impossible date")
        licence: str | None = licence_id
        if chance.happens(rates.opportunity_without_licence):
            licence = None
            yield fault(at, "opportunities", key, "no licence key")
        row = {
            "stage": "closed won",
            "close_date": close_date,
            "amount": sum(item.cents for item in term.line_items) / 100,
            "licence_key": licence,
        }
        yield self._upsert(at, term.number, term.kind, row)
        yield self._closed(at, term.number, term.kind, won=True)
        for item in term.line_items:
            line = {
                "opportunity_id": key,
                "product": item.product,
                "start_date": item.first_day.isoformat(),
                "end_date": item.last_day.isoformat(),
                "total_price": item.cents / 100,
            }
            yield upsert(at, "crm", "opportunity_line_items", item.line_item_id, line)
            true = {"account_id": self._account_id, "id": item.line_item_id, **_paid(item)}
            yield at, Truth(at, "line_items", true)

    def _upsert(self, at: datetime, number: int, kind: str, row: dict[str, Any]) -> tuple[datetime, Change]:
        created = self._created.setdefault(number, at)
        whole = {
            "account_id": self._account_id,
            "name": f"{self._account_id} {kind}",
            "type": kind,
            "owner_id": self._owner_id,
            "created_at": text(created),
            "close_date": None,
            "amount": None,
            "licence_key": None,
            **row,
        }
        return upsert(at, "crm", "opportunities", self._id(number), whole)

    def _closed(self, at: datetime, number: int, kind: str, *, won: bool) -> tuple[datetime, Truth]:
        row = {
            "opportunity_id": self._id(number),
            "account_id": self._account_id,
            "kind": kind,
            "won": won,
            "closed": at.date(),
        }
        return at, Truth(at, "opportunities", row)

    def _id(self, number: int) -> str:
        return f"{self._account_id}-{number:03d}"


def licence(
    at: datetime,
    key: str,
    email: str,
    plan: str,
    seats: int,
    expires: date,
    *,
    issued: datetime,
    is_trial: bool = False,
) -> tuple[datetime, Change]:
    row = {
        "customer_email": email,
        "plan": plan,
        "seats": seats,
        "is_trial": is_trial,
        "issued_at": text(issued),
        "expires_at": text(at.replace(year=expires.year, month=expires.month, day=expires.day)),
    }
    return upsert(at, "licences", "licences", key, row)


def renewal_opens(last_day: date) -> date:
    return last_day - timedelta(days=80)


def _paid(item: LineItem) -> dict[str, Any]:
    return {"first_day": item.first_day, "last_day": item.last_day, "arr_cents": item.arr_cents}
