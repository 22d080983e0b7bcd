from __future__ import annotations

from collections import Counter
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.simulate.world import Day, simulate_company
from mainstem.simulate.world.engineering import TEAMS

if TYPE_CHECKING:
    from collections.abc import Callable

    Rate = Callable[[int, int, float], None]

SEEDS = (7, 8, 9)


@cache
def days(seed: int) -> list[Day]:
    return list(simulate_company(seed, 12, 1))


def rows(seed: int, table: str) -> list[dict[str, Any]]:
    return [c.row for day in days(seed) for c in day.changes if c.table == table and c.row]


def truth(seed: int) -> list[dict[str, Any]]:
    return [fact.row for day in days(seed) for fact in day.truth if fact.table == "issues"]


@pytest.mark.parametrize("seed", SEEDS)
def test_three_teams_have_different_flow(seed: int) -> None:
    cycle = {}
    for team in TEAMS:
        times = [row["done_at"] - row["first_work_at"] for row in truth(seed) if row["team"] == team.key]
        assert len(times) > 80
        cycle[team.key] = median(time.total_seconds() / 86_400 for time in times)
    assert cycle["SRV"] * 1.5 < cycle["WEB"] < cycle["MOB"]


@pytest.mark.parametrize("seed", SEEDS)
def test_issues_are_reopened_moved_and_added_to_running_sprints(seed: int, has_rate: Rate) -> None:
    issues = {row["id"]: row for row in rows(seed, "issues")}
    has_rate(sum(row["added_after_start"] for row in issues.values()), len(issues), 0.15)
    done = len(truth(seed))
    has_rate(sum(row["reopened"] for row in truth(seed)), done, 0.07)
    has_rate(sum(row["field"] == "project" for row in rows(seed, "issue_changelog")), done, 0.04)


def test_the_changelog_leads_to_the_state_of_the_issue() -> None:
    status: dict[str, str] = {}
    changes: Counter[str] = Counter()
    for row in rows(9, "issue_changelog"):
        changes[row["issue_id"]] += 1
        if row["field"] == "status":
            assert row["from"] == status.get(row["issue_id"], "")
            status[row["issue_id"]] = row["to"]
    assert status == {row["id"]: row["status"] for row in rows(9, "issues")}
    assert min(changes.values()) >= 1
