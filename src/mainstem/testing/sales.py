"""A small company's customers and what it sold them, and what its engineers did: rows of the CRM and of
engineering as they change."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.world import Change
from mainstem.testing.connectors import NOON
from mainstem.testing.helpdesk import account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

PRODUCTS = ("Professional", "Enterprise", "Training")
STATUSES = ("To Do", "In Progress", "In Review", "Done")


def sales(accounts: int, begins: datetime = NOON) -> list[Change]:
    """An account every two hours; every second buys, the more the later."""
    found: list[Change] = []
    for n in range(accounts):
        at = begins + timedelta(hours=2 * n)
        found += account(n, at)
        if n % 2 == 0:
            found += sold(f"opp_{n}", n, 1 + n % 3, at + timedelta(hours=1))
    return sorted(found, key=lambda change: change.at)


def sold(key: str, account: int, lines: int, at: datetime) -> Iterator[Change]:
    row: dict[str, Any] = {"account_id": f"acc_{account}", "name": key, "stage": "closed won"}
    yield Change(at, "crm", "opportunities", key, row)
    for n in range(lines):
        line = {"opportunity_id": key, "product": PRODUCTS[n % 3], "total_price": 1200.5 * (n + 1)}
        yield Change(at, "crm", "opportunity_line_items", f"{key}-{n}", line)


def engineering(issues: int, begins: datetime = NOON) -> list[Change]:
    """An issue every three hours, each in one of two projects, further on the older it is; a sprint a day."""
    found = [change for n in range(issues) for change in issue(n, begins + timedelta(hours=3 * n))]
    for n in range(3):
        at = begins + timedelta(days=n)
        found.append(Change(at, "engineering", "sprints", f"S{n}", {"name": f"{n}", "project": "APP"}))
    for n in range(20):
        at = begins + timedelta(hours=4 * n + 2)
        found.append(
            Change(at, "crm", "contacts", f"con_{n}", {"account_id": "acc_1", "email": "a@b.example"})
        )
    return sorted(found, key=lambda change: change.at)


def issue(number: int, at: datetime) -> Iterator[Change]:
    row = {"project": ("APP", "API")[number % 2], "type": ("Story", "Bug", "Task")[number % 3]}
    for n in range(1 + number // 2 % 4):
        moment = at + timedelta(minutes=50 * n, seconds=number)
        key = f"ISS-{number}"
        yield Change(moment, "engineering", "issues", key, {**row, "status": STATUSES[n]})
