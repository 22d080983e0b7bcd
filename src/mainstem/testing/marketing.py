"""A small company's leads and what marketing wrote down of them, as they change."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.world import Change
from mainstem.testing.connectors import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_DID = ("form_submitted", "email_sent", "email_opened", "email_clicked", "webinar_registered")
_ASSETS = {"form_submitted": "trial-form", "webinar_registered": "tour-of-the-product"}


def marketing(leads: int, begins: datetime = NOON) -> list[Change]:
    """All changes in their order: three campaigns, then a lead an hour; every third becomes a customer."""
    found = [
        _change(begins, "campaigns", name, {"name": name, "channel": channel, "status": "active"})
        for name, channel in (
            ("search-brand", "ads"),
            ("devops-podcast", "podcast"),
            ("trial-nurture", "email"),
        )
    ]
    cost = {"campaign_id": "search-brand", "month": "2025-12-01", "cost": 912.4, "currency": "USD"}
    found.append(_change(begins + timedelta(minutes=1), "campaign_costs", "search-brand:2025-12", cost))
    for number in range(leads):
        found += lead(number, begins + timedelta(hours=number, minutes=2))
    return sorted(found, key=lambda change: change.at)


def lead(number: int, at: datetime) -> Iterator[Change]:
    email = f"ada{number}@company{number % 5}.example"

    def row(status: str, at: datetime) -> Change:
        values = {
            "email": email,
            "name": f'Ada "{number}", Byron',
            "portal_customer_id": f"cus_{number}",
            "status": status,
            "created_at": at.isoformat(),
        }
        return Change(at, "crm", "leads", f"lead_{number}", {"id": f"lead_{number}", **values})

    yield row("open", at)
    for step, activity in enumerate(_DID[: 2 + number % 4]):
        at += timedelta(minutes=3, seconds=1)
        did = {
            "email": email,
            "activity": activity,
            "asset": _ASSETS.get(activity, ("welcome", "first-steps")[number % 2]),
            "campaign_id": "trial-nurture",
            "activity_at": at.isoformat(),
        }
        yield _change(at, "lead_activities", f"act_{number}_{step}", did)
    if number % 3 == 0:
        yield row("converted", at + timedelta(minutes=5))


def _change(at: datetime, table: str, key: str, row: dict[str, Any]) -> Change:
    return Change(at, "marketing", table, key, {"id": key, **row, "updated_at": at.isoformat()})
