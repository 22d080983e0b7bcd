"""Issues and sprints of simulated teams against what really was worked on and done."""

from __future__ import annotations

from datetime import datetime
from statistics import median
from typing import Any

import pytest

from mainstem.simulate.world import Day, simulate_company
from mainstem.testing.company import CompanyLake

pytestmark = pytest.mark.long

MONTHS = 9


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> CompanyLake:
    """The issue tracker alone: nothing of it depends on the rest."""
    lake = CompanyLake(tmp_path_factory.mktemp("engineering"))
    days = simulate_company(11, MONTHS, 2)
    lake.load(
        Day(day.day, [], [c for c in day.changes if c.system == "engineering"], day.truth) for day in days
    )
    assert lake.build("run", "--select", "+fct_engineering_day", "+fct_sprint").failures == ()
    assert lake.build("test", "--select", "path:models/marts/engineering", "tests/engineering").failures == ()
    return lake


def hours(row: dict[str, Any], start: str, finish: str) -> float:
    began, ended = (datetime.fromisoformat(row[name]) for name in (start, finish))
    return (ended - began).total_seconds() / 3600


def test_every_issue_that_is_done_has_its_true_times(lake: CompanyLake) -> None:
    told = {
        row["issue_id"]: row
        for row in lake.query(
            "SELECT issue_id, first_project_key, lead_time_hours, cycle_time_hours, reopens "
            "FROM analytics.fct_issue WHERE is_done"
        )
    }
    truth = {row["issue_id"]: row for row in lake.truth("issues")}
    assert len(truth) > 200
    assert truth.keys() <= told.keys()
    for key, row in truth.items():
        found = told[key]
        assert found["first_project_key"] == row["team"]
        assert found["reopens"] == int(row["reopened"])
        assert found["lead_time_hours"] == pytest.approx(hours(row, "created_at", "done_at"), abs=0.01)
        assert found["cycle_time_hours"] == pytest.approx(hours(row, "first_work_at", "done_at"), abs=0.01)


def test_teams_differ_as_they_do(lake: CompanyLake) -> None:
    cycles: dict[str, list[float]] = {}
    for row in lake.truth("issues"):
        cycles.setdefault(row["team"], []).append(hours(row, "first_work_at", "done_at"))
    order = sorted(cycles, key=lambda team: median(cycles[team]))
    found = lake.query(
        "SELECT first_project_key AS team FROM analytics.fct_issue WHERE is_done "
        "GROUP BY 1 ORDER BY median(cycle_time_hours)"
    )
    assert [row["team"] for row in found] == order


def test_sprints_keep_what_was_promised_apart_from_what_came_on_top(lake: CompanyLake) -> None:
    [found] = lake.query(
        "SELECT sum(committed_issues) AS committed, sum(added_issues) AS added, "
        "sum(completed_issues) AS completed FROM analytics.fct_sprint"
    )
    [rows] = lake.query(
        "SELECT count(*) FILTER (NOT added_after_start) AS committed, "
        "count(*) FILTER (added_after_start) AS added FROM engineering.issues"
    )
    assert (found["committed"], found["added"]) == (rows["committed"], rows["added"])
    ends = {row["id"]: row["end_at"] for row in lake.query("SELECT id, end_at FROM engineering.sprints")}
    sprint_of = {row["id"]: row["sprint"] for row in lake.query("SELECT id, sprint FROM engineering.issues")}
    in_time = sum(
        datetime.fromisoformat(row["done_at"]) < datetime.fromisoformat(ends[sprint_of[row["issue_id"]]])
        for row in lake.truth("issues")
    )
    assert found["completed"] == in_time
