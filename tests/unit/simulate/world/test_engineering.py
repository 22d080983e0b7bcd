from __future__ import annotations

from collections import Counter
from functools import cache
from statistics import median
from typing import Any

from mainstem.simulate.world import Day, simulate_company
from mainstem.simulate.world.engineering import TEAMS


@cache
def days() -> list[Day]:
    return list(simulate_company(9, 12, 1))


def rows(table: str) -> list[dict[str, Any]]:
    return [c.row for day in days() for c in day.changes if c.table == table and c.row]


def truth() -> list[dict[str, Any]]:
    return [fact.row for day in days() for fact in day.truth if fact.table == "issues"]


def test_three_teams_have_different_flow() -> None:
    cycle = {}
    for team in TEAMS:
        times = [row["done_at"] - row["first_work_at"] for row in truth() if row["team"] == team.key]
        assert len(times) > 80
        cycle[team.key] = median(time.total_seconds() / 86_400 for time in times)
    assert cycle["SRV"] * 1.5 < cycle["WEB"] < cycle["MOB"]


def test_issues_are_reopened_moved_and_added_to_running_sprints() -> None:
    issues = {row["id"]: row for row in rows("issues")}
    added = sum(row["added_after_start"] for row in issues.values())
    reopened = sum(row["reopened"] for row in truth())
    moved = sum(row["field"] == "project" for row in rows("issue_changelog"))
    assert 0.10 < added / len(issues) < 0.20
    assert 0.04 < reopened / len(truth()) < 0.10
    assert 0.015 < moved / len(truth()) < 0.07


def test_the_changelog_leads_to_the_state_of_the_issue() -> None:
    status: dict[str, str] = {}
    changes: Counter[str] = Counter()
    for row in rows("issue_changelog"):
        changes[row["issue_id"]] += 1
        if row["field"] == "status":
            assert row["from"] == status.get(row["issue_id"], "")
            status[row["issue_id"]] = row["to"]
    assert status == {row["id"]: row["status"] for row in rows("issues")}
    assert min(changes.values()) >= 1
