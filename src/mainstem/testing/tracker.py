"""A small tracker's rows as they change, as the simulated company has them: issues of two teams."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.world import Change
from mainstem.testing.connectors import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

PROJECTS = ("SRV", "WEB")


def tracker(issues: int, begins: datetime = NOON) -> list[Change]:
    """All changes in their order; an issue every three hours, a sprint of each team a week."""
    found = [
        change
        for number in range(1 + issues // 56)
        for change in _sprints(number, begins + timedelta(days=7 * number))
    ]
    for number in range(issues):
        found += issue(number, begins + timedelta(hours=3 * number + 1))
    return sorted(found, key=lambda change: change.at)


def issue(number: int, at: datetime) -> Iterator[Change]:
    """Its life: to do, in progress, in review, done; some are reopened, some moved."""
    key, created = f"T-{number}", at
    row: dict[str, Any] = {
        "project": PROJECTS[number % 2],
        "type": ("Story", "Bug", "Task")[number % 3],
        "story_points": 1 + number % 5,
        "sprint": f"{PROJECTS[number % 2]}-S1",
        "added_after_start": False,
        "created_at": created.isoformat(),
    }
    ways = ["To Do", "In Progress", "In Review", "Done"]
    ways += ["In Progress", "Done"] if number % 5 == 2 else []
    for way in ways[: 2 + number % 7]:
        yield Change(at, "engineering", "issues", key, {**row, "status": way})
        at += timedelta(minutes=47, seconds=11 * (number % 4), milliseconds=250)
    if number % 6 == 5:
        row["project"] = PROJECTS[(number + 1) % 2]
        yield Change(at, "engineering", "issues", key, {**row, "status": ways[min(1 + number % 7, 3)]})


def _sprints(number: int, at: datetime) -> Iterator[Change]:
    for project in PROJECTS:
        row = {
            "name": f"{project} sprint {number + 1}",
            "project": project,
            "start_at": at.isoformat(),
            "end_at": (at + timedelta(days=7)).isoformat(),
        }
        yield Change(at, "engineering", "sprints", f"{project}-S{number + 1}", row)
