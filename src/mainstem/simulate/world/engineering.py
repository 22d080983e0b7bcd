"""Issues of three teams of different flow: sprints of two weeks, changelogs, reopened and moved issues.

Every change of an issue is a row of the changelog as well as a new state of the issue. It knows no
customer.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.simulate.chance import Chance
from mainstem.simulate.world.crm import upsert
from mainstem.simulate.world.output import Life, Starts, Truth
from mainstem.simulate.world.send import text
from mainstem.simulate.world.timeline import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPRINT = timedelta(days=14)
_REOPENED = 0.07
_MOVED = 0.04
_ADDED = 0.15


class Team(msgspec.Struct, frozen=True):
    """How work flows through one team."""

    key: str
    issues: int
    """Planned for a sprint."""
    wait_days: float
    """Median, before work begins."""
    work_days: float
    """Median, in progress."""
    review_days: float
    """Median, waiting for review."""


TEAMS = (
    Team("SRV", 12, 1.0, 1.5, 0.5),
    Team("WEB", 10, 2.0, 2.5, 3.0),
    Team("MOB", 6, 4.0, 6.0, 1.5),
)


def engineering_life(seed: int, team: Team, first_day: date) -> Life:
    """Sprint after sprint, from the first Monday of history, without end."""
    first_monday = first_day + timedelta(days=-first_day.weekday() % 7)
    number = 0
    while True:
        starts = first_monday + number * _SPRINT
        number += 1
        at = moment(starts, 32_400)
        key = f"{team.key}-S{number}"
        row = {"project": team.key, "start_at": text(at), "end_at": text(at + _SPRINT)}
        yield upsert(at, "engineering", "sprints", key, {"name": f"{team.key} sprint {number}", **row})
        for life in _planned(seed, team, key, starts):
            yield at, Starts(at, life)


def _planned(seed: int, team: Team, sprint: str, starts: date) -> Iterator[Life]:
    chance = Chance(seed, "sprint", sprint)
    for number in range(team.issues + chance.whole(-2, 2)):
        added = chance.happens(_ADDED)
        day = starts + timedelta(days=chance.whole(1, 9) if added else 0)
        at = moment(day, 36_000 + 60 * number)
        yield _Issue(seed, team, sprint, number, added).life(at)


class _Issue:
    def __init__(self, seed: int, team: Team, sprint: str, number: int, added: bool) -> None:
        self._key = f"{team.key}-{sprint.partition('-S')[2]}{number:02d}"
        self._chance = Chance(seed, "issue", self._key)
        self._team = team
        self._sprint = sprint
        self._added = added
        self._changes = 0
        self._status = ""
        self._row: dict[str, Any] = {}

    def life(self, at: datetime) -> Life:
        chance, team = self._chance, self._team
        created = at
        self._row = {
            "project": team.key,
            "type": chance.pick({"Story": 5.0, "Bug": 3.0, "Task": 2.0}),
            "story_points": chance.one_of((1, 2, 3, 5, 8)),
            "sprint": self._sprint,
            "added_after_start": self._added,
            "created_at": text(at),
        }
        yield from self._to(at, "To Do")
        at = self._later(at, team.wait_days)
        first_work = at
        yield from self._to(at, "In Progress")
        at = self._later(at, team.work_days)
        yield from self._to(at, "In Review")
        at = self._later(at, team.review_days)
        yield from self._to(at, "Done")
        reopened = chance.happens(_REOPENED)
        if reopened:
            at = self._later(at, 2.0)
            yield from self._to(at, "In Progress")
            at = self._later(at, team.work_days / 2)
            yield from self._to(at, "Done")
        done = at
        if chance.happens(_MOVED):
            at = self._later(at, 1.0)
            yield from self._moved(at)
        row = {"issue_id": self._key, "team": team.key, "created_at": created, "first_work_at": first_work}
        yield at, Truth(at, "issues", {**row, "done_at": done, "reopened": reopened})

    def _later(self, at: datetime, median_days: float) -> datetime:
        return at + timedelta(milliseconds=int(self._chance.lognormal(median_days, 0.7) * 86_400_000))

    def _to(self, at: datetime, status: str) -> Life:
        yield from self._change(at, "status", self._status, status)
        self._status = status

    def _moved(self, at: datetime) -> Life:
        other = next(team.key for team in TEAMS if team.key != self._team.key)
        yield from self._change(at, "project", self._team.key, other)

    def _change(self, at: datetime, field: str, before: str, after: str) -> Life:
        self._row = {**self._row, field: after}
        self._changes += 1
        yield upsert(at, "engineering", "issues", self._key, self._row)
        change = {"issue_id": self._key, "field": field, "from": before, "to": after, "created_at": text(at)}
        yield upsert(at, "engineering", "issue_changelog", f"{self._key}-{self._changes}", change)
