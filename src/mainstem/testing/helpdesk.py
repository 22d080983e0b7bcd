"""A small helpdesk's rows as they change, as the simulated company has them: accounts, tickets, comments."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.chance import Chance
from mainstem.simulate.world import Change
from mainstem.testing.connectors import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

REGIONS = ("america", "europe", "asia")
PLANS = {
    "professional": "professional: first reply in 480 business minutes",
    "enterprise": "enterprise: first",
}


def helpdesk(tickets: int, accounts: int = 5, seed: int = 1, begins: datetime = NOON) -> list[Change]:
    """All changes in their order; a ticket every three hours."""
    found = [change for n in range(accounts) for change in account(n, begins + timedelta(minutes=n))]
    for n in range(tickets):
        found += ticket(n, n % accounts, begins + timedelta(hours=3 * n + 1), Chance(seed, "desk", n))
    return sorted(found, key=lambda change: change.at)


def account(number: int, at: datetime, **fields: Any) -> Iterator[Change]:
    row = {
        "id": f"acc_{number}",
        "name": f"Company {number}",
        "domain": f"company{number}.example",
        "region": REGIONS[number % 3],
        "plan": list(PLANS)[number % 2],
        "seats": 10 * number,
        "owner_id": None,
        "created_at": at.isoformat(),
        **fields,
    }
    yield Change(at, "crm", "accounts", f"acc_{number}", row)


def ticket(number: int, account: int, at: datetime, chance: Chance) -> Iterator[Change]:
    key = f"tic_{number}"
    created = at

    def status(value: str) -> Iterator[Change]:
        row = {
            "requester_email": f"person{number % 7}@company{account}.example",
            "account_id": f"acc_{account}",
            "status": value,
            "sla_policy": list(PLANS.values())[account % 2],
            "created_at": created.isoformat(),
        }
        yield Change(at, "support", "tickets", key, row)
        history = {"ticket_id": key, "field": "status", "value": value, "created_at": at.isoformat()}
        yield Change(at, "support", "ticket_field_history", f"{key}-{value}", history)

    def comment(name: str, role: str, public: bool) -> Change:
        row = {"ticket_id": key, "author_role": role, "public": public, "created_at": at.isoformat()}
        return Change(at, "support", "ticket_comments", f"{key}-{name}", row)

    yield from status("new")
    yield comment("c1", "requester", True)
    at += timedelta(minutes=chance.whole(5, 90), seconds=1)
    yield comment("c2", "agent", chance.happens(0.8))
    yield from status("pending")
    at += timedelta(minutes=chance.whole(5, 90), seconds=1)
    if number % 3:
        yield comment("c3", "agent", True)
        yield from status("solved")
    if number % 4 == 0:
        row = {"ticket_id": key, "score": "good" if number % 8 else "bad", "created_at": at.isoformat()}
        yield Change(at, "support", "satisfaction_ratings", f"{key}-s", row)
