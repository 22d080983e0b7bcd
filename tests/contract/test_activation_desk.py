"""What the pages of activations are shown of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.assemble.activation_desk import ProjectActivations
from mainstem.assemble.project import open_project
from mainstem.assemble.watch import LiveProject
from mainstem.store.activations import KeptPlanRow, Plans
from mainstem.testing.connectors import NOON

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.store import Database

PROJECT = '[project]\nname = "p"\n[destinations.crm]\ntype = "webhook"\nbase_url = "http://127.0.0.1:1"\n'
USAGE = """source: { model: account_360 }
destination: crm
object: Account
match: { column: id, to: Key }
fields:
  - { column: users, to: Users_In_Four_Weeks, blank: { column: why, to: Why } }
  - { column: health, to: Health, blank: { column: why, to: Reason } }
as_of: { column: day, to: Day }
"""


def test_a_value_stands_with_its_day_and_its_reason_in_the_order_of_the_file(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "mainstem.toml").write_text(PROJECT)
    (tmp_path / "activations").mkdir()
    (tmp_path / "activations" / "usage.yml").write_text(USAGE)
    plans = Plans(database)
    plan = plans.begin("usage", "crm", "Account", b"1", None, NOON, "ada")
    values = {
        "Why": None,
        "Day": "2026-01-01",
        "Health": 3,
        "Users_In_Four_Weeks": 5,
        "Reason": None,
        "Old": 1,
    }
    body = {"values": values, "before": {}, "parents": {}, "left_alone": {}}
    plans.add(plan, [KeptPlanRow(0, "update", "a", "1", body, b"", None, 0, "")])
    desk = ProjectActivations(LiveProject(open_project(tmp_path)), database)
    (row,) = desk.rows(plan)
    seen = desk.one("usage", 1)
    assert seen is not None
    assert [name for name, _ in seen.in_order(row)] == [
        "Users_In_Four_Weeks",
        "Day",
        "Why",
        "Health",
        "Reason",
        "Old",
    ]
    assert row.values["Users_In_Four_Weeks"] == 5
