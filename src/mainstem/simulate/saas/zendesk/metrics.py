"""A ticket's metric set, from what happened to it, as Zendesk counts."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.simulate.saas.clock import stamp
from mainstem.simulate.world.support import CLOSES, HOLIDAYS, OPENS, ZONES

_WAITS = {
    "agent_wait_time_in_minutes": {"pending"},
    "requester_wait_time_in_minutes": {"new", "open", "hold"},
    "on_hold_time_in_minutes": {"hold"},
}
METRIC_IDS = 700_000_000


def business_minutes(region: str, begin: datetime, end: datetime) -> int:
    """Minutes of office hours between two moments."""
    zone = ZoneInfo(ZONES[region])
    day, total = begin.astimezone(zone).date(), timedelta()
    while datetime.combine(day, time(), zone) < end:
        if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS:
            opens = datetime.combine(day, OPENS, zone).astimezone(UTC)
            closes = datetime.combine(day, CLOSES, zone).astimezone(UTC)
            total += max(min(closes, end) - max(opens, begin), timedelta())
        day += timedelta(days=1)
    return int(total.total_seconds() // 60)


def metric_set(
    ticket: dict[str, Any],
    region: str,
    statuses: list[tuple[datetime, str]],
    comments: list[tuple[datetime, bool, bool]],
) -> dict[str, Any]:
    """`statuses` from when on; `comments` when, by an agent, public."""
    created, updated = statuses[0][0], statuses[-1][0]
    solved = [at for at, status in statuses if status in ("solved", "closed")]
    replies = [at for at, by_agent, public in comments if by_agent and public]

    def both(begin: datetime, end: datetime | None) -> dict[str, int | None]:
        if end is None:
            return {"calendar": None, "business": None}
        calendar = int((end - begin).total_seconds() // 60)
        return {"calendar": calendar, "business": business_minutes(region, begin, end)}

    def waited(in_statuses: set[str]) -> dict[str, int]:
        spans = [
            (at, later) for (at, status), (later, _) in itertools.pairwise(statuses) if status in in_statuses
        ]
        return {
            "calendar": sum(int((end - begin).total_seconds() // 60) for begin, end in spans),
            "business": sum(business_minutes(region, begin, end) for begin, end in spans),
        }

    return {
        "id": METRIC_IDS + ticket["id"],
        "ticket_id": ticket["id"],
        "created_at": stamp(created),
        "updated_at": ticket["updated_at"],
        "group_stations": 1,
        "assignee_stations": 1,
        "reopens": max(len(solved) - 1, 0),
        "replies": len(replies),
        "assignee_updated_at": stamp(replies[-1]) if replies else None,
        "requester_updated_at": stamp(
            max((at for at, by_agent, _ in comments if not by_agent), default=created)
        ),
        "status_updated_at": stamp(updated),
        "initially_assigned_at": stamp(created),
        "assigned_at": stamp(created),
        "solved_at": stamp(solved[-1]) if solved else None,
        "latest_comment_added_at": stamp(comments[-1][0]) if comments else None,
        "reply_time_in_minutes": both(created, replies[0] if replies else None),
        "first_resolution_time_in_minutes": both(created, solved[0] if solved else None),
        "full_resolution_time_in_minutes": both(created, solved[-1] if solved else None),
        **{name: waited(among) for name, among in _WAITS.items()},
    }
