"""A small CRM's rows as they change, as the simulated company has them: accounts, people, sales."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.world import Change
from mainstem.testing.connectors import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_PLANS = ("professional", "enterprise")
_REGIONS = ("america", "europe", "asia")


def crm(accounts: int, begins: datetime = NOON) -> list[Change]:
    """All changes in their order: an account an hour, with a contact and a sale; every third is won."""
    users = [_change(begins, "users", f"usr_{n}", _user(n)) for n in range(2)]
    found = [change for n in range(accounts) for change in account(n, begins + timedelta(hours=n))]
    return sorted([*users, *found], key=lambda change: change.at)


def account(number: int, at: datetime, **fields: Any) -> Iterator[Change]:
    key = f"acc_{number}"
    created = {"created_at": at.isoformat()}
    row = {
        "name": f"Company {number}, Ltd",
        "domain": f"company{number}.example",
        "region": _REGIONS[number % 3],
        "plan": _PLANS[number % 2],
        "seats": 10 * number,
        "owner_id": f"usr_{number % 2}",
    }
    yield _change(at, "accounts", key, {**row, **created, **fields})
    person = {"name": f'Grace "{number}" Hopper', "email": f"grace@company{number}.example"}
    yield _change(at, "contacts", f"con_{number}", {**person, "account_id": key, **created})
    lead = {**person, "portal_customer_id": None, "status": "converted"}
    yield _change(at, "leads", f"lead_{number}", {**lead, **created})
    sale = {
        "account_id": key,
        "name": f"{key} new",
        "type": "new",
        "stage": "prospecting",
        "close_date": None,
        "amount": None,
        "licence_key": None,
        "owner_id": f"usr_{number % 2}",
        **created,
    }
    yield _change(at, "opportunities", f"{key}-001", sale)
    if number % 3 == 0:
        at += timedelta(minutes=20)
        won = {"stage": "closed won", "close_date": at.date().isoformat(), "amount": 1200.5}
        yield _change(at, "opportunities", f"{key}-001", {**sale, **won})
        item = {
            "opportunity_id": f"{key}-001",
            "product": row["plan"],
            "start_date": at.date().isoformat(),
            "end_date": (at.date() + timedelta(days=364)).isoformat(),
            "total_price": 1200.5,
        }
        yield _change(at, "opportunity_line_items", f"{key}-001-1", item)


def _user(number: int) -> dict[str, Any]:
    return {
        "name": f"Sam Seller{number}",
        "role": "account executive",
        "region": _REGIONS[number],
        "email": f"sam{number}@simulated.example",
    }


def _change(at: datetime, table: str, key: str, row: dict[str, Any]) -> Change:
    return Change(at, "crm", table, key, {"id": key, **row, "updated_at": at.isoformat()})
