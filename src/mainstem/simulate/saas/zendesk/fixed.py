"""What the account's administrator set up: groups, agents, brands, business hours, SLA policies."""

from __future__ import annotations

from typing import Any

from mainstem.simulate.world.support import FIRST_REPLY_MINUTES, HOLIDAYS, ZONES

Object = dict[str, Any]
BEGAN = "2015-06-01T08:00:00Z"
_DAY, _OPEN, _CLOSE = 24 * 60, 9 * 60, 17 * 60
GROUP_IDS = {region: 360_001 + n for n, region in enumerate(ZONES)}
SCHEDULE_IDS = {region: 370_001 + n for n, region in enumerate(ZONES)}
AGENT_IDS = {region: (380_001 + 2 * n, 380_002 + 2 * n) for n, region in enumerate(ZONES)}
POLICY_IDS = {plan: 390_001 + n for n, plan in enumerate(FIRST_REPLY_MINUTES)}
BRAND_ID = 350_001
ADMIN_ID = 380_000
PRIORITIES = {"professional": "normal", "enterprise": "high"}
NONE = (
    "user_fields", "organization_fields", "ticket_fields", "ticket_forms", "macros", "tags", "search",
    "group_memberships", "channels/voice/phone_numbers",
)  # fmt: skip
"""Lists that an account has, and this one has nothing in."""


def groups(root: str) -> list[Object]:
    return [
        {
            "id": GROUP_IDS[region],
            "url": f"{root}/api/v2/groups/{GROUP_IDS[region]}.json",
            "name": f"Support {region.title()}",
            "deleted": False,
            "created_at": BEGAN,
            "updated_at": BEGAN,
        }
        for region in ZONES
    ]


def brands(root: str) -> list[Object]:
    return [
        {
            "id": BRAND_ID,
            "url": f"{root}/api/v2/brands/{BRAND_ID}.json",
            "name": "Support",
            "subdomain": "support",
            "brand_url": root,
            "active": True,
            "default": True,
            "has_help_center": True,
            "help_center_state": "enabled",
            "created_at": BEGAN,
            "updated_at": BEGAN,
        }
    ]


def staff() -> list[Object]:
    people = [(ADMIN_ID, "Alex Admin", "admin", "europe")]
    for region, ids in AGENT_IDS.items():
        people += [
            (number, f"Agent {region.title()} {n}", "agent", region) for n, number in enumerate(ids, 1)
        ]
    return [
        {
            "id": number,
            "name": name,
            "email": f"{name.lower().replace(' ', '.')}@helpdesk.example",
            "role": role,
            "time_zone": ZONES[region],
            "organization_id": None,
            "created_at": BEGAN,
            "updated_at": BEGAN,
        }
        for number, name, role, region in people
    ]


def schedules() -> list[Object]:
    """Monday to Friday, 9 to 17; minutes since Sunday, by the schedule's own clock."""
    intervals = [{"start_time": day * _DAY + _OPEN, "end_time": day * _DAY + _CLOSE} for day in range(1, 6)]
    return [
        {
            "id": SCHEDULE_IDS[region],
            "name": f"Office {region.title()}",
            "time_zone": zone,
            "intervals": intervals,
            "created_at": BEGAN,
            "updated_at": BEGAN,
        }
        for region, zone in ZONES.items()
    ]


def holidays(schedule: int, years: range) -> list[Object]:
    return [
        {
            "id": schedule * 1000 + (year - years.start) * len(HOLIDAYS) + n,
            "name": f"Holiday {year}-{month:02}-{day:02}",
            "start_date": f"{year}-{month:02}-{day:02}",
            "end_date": f"{year}-{month:02}-{day:02}",
        }
        for year in years
        for n, (month, day) in enumerate(HOLIDAYS)
    ]


def policies(root: str) -> list[Object]:
    return [
        {
            "id": POLICY_IDS[plan],
            "url": f"{root}/api/v2/slas/policies/{POLICY_IDS[plan]}.json",
            "title": plan.title(),
            "description": f"First reply within {minutes} business minutes",
            "position": position,
            "filter": {
                "all": [{"field": "priority", "operator": "is", "value": PRIORITIES[plan]}],
                "any": [],
            },
            "policy_metrics": [
                {
                    "priority": PRIORITIES[plan],
                    "metric": "first_reply_time",
                    "target": minutes,
                    "business_hours": True,
                }
            ],
            "created_at": BEGAN,
            "updated_at": BEGAN,
        }
        for position, (plan, minutes) in enumerate(FIRST_REPLY_MINUTES.items(), 1)
    ]
