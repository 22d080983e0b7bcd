"""Rows of the CRM and of the licence system, with the faults that people put into them.

Every row says what a system would hold; what is wrong with it goes to the truth. It decides no sale.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from mainstem.simulate.world.output import Change, Life, Starts, Truth
from mainstem.simulate.world.send import text

if TYPE_CHECKING:
    from mainstem.simulate.chance import Chance
    from mainstem.simulate.world.difficulty import Difficulty
    from mainstem.simulate.world.people import Visitor
    from mainstem.simulate.world.subscription import LineItem, Subscriber, Term

REGIONS = {"america": 0.5, "europe": 0.35, "asia": 0.15}
_IMPOSSIBLE = ("0202-06-01", "1900-01-01", "2202-01-15", "2999-12-31")
_EMOJI = ("🚀", "✨", "🏢")


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


def lead(at: datetime, visitor: Visitor, status: str) -> Life:
    """Made by the trial's form; converted when they buy."""
    row = {
        "email": visitor.emails[0],
        "name": f"{visitor.first_name} {visitor.last_name}",
        "portal_customer_id": visitor.portal_id,
        "status": status,
    }
    yield upsert(at, "crm", "leads", opaque("lead", visitor.person_id), row)


def account(
    at: datetime, chance: Chance, region: str, subscriber: Subscriber, visitor: Visitor, rates: Difficulty
) -> Life:
    """The account and who is known there; sometimes a second account for the same company, noticed or not."""
    key = subscriber.account_id
    plain = f"{visitor.last_name} {chance.one_of(('Systems', 'Labs', 'Group', 'Networks'))} {visitor.number}"
    name = plain
    if chance.happens(rates.odd_name):
        name = chance.one_of((f"  {plain} ", f"{plain} {chance.one_of(_EMOJI)}", f"{plain}\t"))
        yield fault(at, "accounts", key, "odd name")
    row = {
        "name": name,
        "domain": visitor.emails[0].partition("@")[2],
        "region": region,
        "plan": subscriber.plan,
        "seats": subscriber.seats,
        "created_at": text(at),
    }
    yield upsert(at, "crm", "accounts", key, row)
    yield from _contacts(at, chance, key, visitor)
    if chance.happens(rates.account_duplicated):
        twin = opaque("acc", key, "twin")
        yield upsert(at, "crm", "accounts", twin, {**row, "name": plain.upper()})
        yield fault(at, "accounts", twin, f"duplicate of {key}")
        if chance.happens(0.5):
            noticed = at + timedelta(days=chance.whole(20, 200))
            yield at, Starts(at, iter([delete(noticed, "crm", "accounts", twin)]))


def _contacts(at: datetime, chance: Chance, account_id: str, visitor: Visitor) -> Life:
    key = opaque("con", visitor.person_id)
    email = visitor.emails[-1]
    name = f"{visitor.first_name} {visitor.last_name}"
    row = {"account_id": account_id, "email": email, "name": name, "created_at": text(at)}
    yield upsert(at, "crm", "contacts", key, row)
    link = {
        "person_id": visitor.person_id,
        "type": "crm_contact",
        "value": key,
        "at": at,
        "evidence": "e-mail",
    }
    yield at, Truth(at, "links", link)
    for number in range(chance.below(3)):
        other = opaque("con", visitor.person_id, number)
        mail = f"contact{number}.{email}"
        yield upsert(at, "crm", "contacts", other, {**row, "email": mail, "name": f"Contact {number}"})


def open_opportunity(at: datetime, account_id: str, number: int, kind: str) -> Life:
    row = {**_opportunity(account_id, kind), "stage": "prospecting", "created_at": text(at)}
    yield upsert(at, "crm", "opportunities", _opportunity_id(account_id, number), row)


def lost_opportunity(at: datetime, account_id: str, number: int, kind: str) -> Life:
    row = {**_opportunity(account_id, kind), "stage": "closed lost", "close_date": at.date().isoformat()}
    yield upsert(at, "crm", "opportunities", _opportunity_id(account_id, number), row)


def won_opportunity(
    at: datetime, chance: Chance, account_id: str, term: Term, licence_id: str, rates: Difficulty
) -> Life:
    key = _opportunity_id(account_id, term.number)
    close_date = term.closed.isoformat()
    if chance.happens(rates.impossible_date):
        close_date = chance.one_of(_IMPOSSIBLE)
        yield fault(at, "opportunities", key, "impossible date")
    licence: str | None = licence_id
    if chance.happens(rates.opportunity_without_licence):
        licence = None
        yield fault(at, "opportunities", key, "no licence key")
    row = {
        **_opportunity(account_id, term.kind),
        "stage": "closed won",
        "close_date": close_date,
        "amount": sum(item.cents for item in term.line_items) / 100,
        "licence_key": licence,
    }
    yield upsert(at, "crm", "opportunities", key, row)
    for item in term.line_items:
        line = {
            "opportunity_id": key,
            "product": item.product,
            "start_date": item.first_day.isoformat(),
            "end_date": item.last_day.isoformat(),
            "total_price": item.cents / 100,
        }
        yield upsert(at, "crm", "opportunity_line_items", item.line_item_id, line)
        yield at, Truth(at, "line_items", {"account_id": account_id, "id": item.line_item_id, **_paid(item)})


def licence(at: datetime, key: str, subscriber: Subscriber, email: str, last_day: date) -> Life:
    row = {
        "customer_email": email,
        "plan": subscriber.plan,
        "seats": subscriber.seats,
        "expires_at": text(at.replace(year=last_day.year, month=last_day.month, day=last_day.day)),
    }
    yield upsert(at, "licences", "licences", key, row)


def renewal_opens(last_day: date) -> date:
    return last_day - timedelta(days=80)


def _paid(item: LineItem) -> dict[str, Any]:
    return {"first_day": item.first_day, "last_day": item.last_day, "arr_cents": item.arr_cents}


def _opportunity(account_id: str, kind: str) -> dict[str, Any]:
    return {"account_id": account_id, "name": f"{account_id} {kind}", "type": kind}


def _opportunity_id(account_id: str, number: int) -> str:
    return f"{account_id}-{number:03d}"
