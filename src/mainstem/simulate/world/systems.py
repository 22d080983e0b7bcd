"""The tables of the source systems and their columns, as models and connectors may rely on them.

Every table has `id`, text, and `updated_at`. Moments and days are text as the systems write them, ISO 8601;
a value that is not known is null. It holds names and types alone.
"""

from __future__ import annotations

from typing import TypeAlias

Columns: TypeAlias = "dict[str, type[str] | type[int] | type[float] | type[bool]]"

SYSTEMS: dict[str, dict[str, Columns]] = {
    "crm": {
        "accounts": {
            "name": str,
            "domain": str,
            "region": str,
            "plan": str,
            "seats": int,
            "owner_id": str,
            "created_at": str,
        },
        "contacts": {"account_id": str, "email": str, "name": str, "created_at": str},
        "leads": {
            "email": str,
            "name": str,
            "portal_customer_id": str,
            "status": str,
            "created_at": str,
        },
        "opportunities": {
            "account_id": str,
            "name": str,
            "type": str,
            "stage": str,
            "close_date": str,
            "amount": float,
            "licence_key": str,
            "owner_id": str,
            "created_at": str,
        },
        "opportunity_line_items": {
            "opportunity_id": str,
            "product": str,
            "start_date": str,
            "end_date": str,
            "total_price": float,
        },
        "users": {"name": str, "role": str, "region": str, "email": str},
    },
    "finance": {
        "arr_targets": {"fiscal_quarter": str, "starts_on": str, "ends_on": str, "arr_target_cents": int}
    },
    "licences": {
        "licences": {
            "customer_email": str,
            "plan": str,
            "seats": int,
            "is_trial": bool,
            "issued_at": str,
            "expires_at": str,
        },
    },
    "support": {
        "tickets": {
            "requester_email": str,
            "account_id": str,
            "status": str,
            "sla_policy": str,
            "created_at": str,
        },
        "ticket_field_history": {"ticket_id": str, "field": str, "value": str, "created_at": str},
        "ticket_comments": {"ticket_id": str, "author_role": str, "public": bool, "created_at": str},
        "satisfaction_ratings": {"ticket_id": str, "score": str, "created_at": str},
    },
    "engineering": {
        "sprints": {"name": str, "project": str, "start_at": str, "end_at": str},
        "issues": {
            "project": str,
            "type": str,
            "story_points": int,
            "sprint": str,
            "status": str,
            "added_after_start": bool,
            "created_at": str,
        },
        "issue_changelog": {"issue_id": str, "field": str, "from": str, "to": str, "created_at": str},
    },
    "marketing": {
        "campaigns": {"name": str, "channel": str, "status": str},
        "campaign_costs": {"campaign_id": str, "month": str, "cost": float, "currency": str},
        "lead_activities": {
            "email": str,
            "activity": str,
            "asset": str,
            "campaign_id": str,
            "activity_at": str,
        },
        "content": {"kind": str, "title": str, "path": str, "published_at": str},
    },
}
"""System, table, column and its type; `id` and `updated_at` of every table are understood."""


def columns_of(system: str, table: str) -> Columns:
    """All columns of a table. Raises KeyError for one that no system has."""
    return {"id": str, **SYSTEMS[system][table], "updated_at": str}
