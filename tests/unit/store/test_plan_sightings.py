"""How long plans have waited for somebody, as the records say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.store.activations import ActivationRuns, NewestPlan, Plans, PlanSightings

if TYPE_CHECKING:
    from mainstem.store import Database

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HELD = [{"guard": "least_rows", "is_kept": False, "sentence": "0 rows"}]


def plan(database: Database, hour: int, updates: int = 5, state: str = "planned") -> int:
    """Made `hour` hours after noon; its number."""
    plans = Plans(database)
    made = plans.begin("usage", "crm", "Account", b"1", None, NOON + timedelta(hours=hour), "airflow")
    guards = HELD if state == "blocked" else []
    plans.made(made, state, {"create": 0, "update": updates, "delete": 0}, guards, "")
    return made


def seen(database: Database) -> tuple[int, str, int | None]:
    """Number and state of the newest plan, and since which hour after noon it waits."""
    (one,) = PlanSightings(database).newest()
    hours = None if one.since is None else int((one.since - NOON) / timedelta(hours=1))
    return one.id, one.state, hours


def test_a_plan_waits_since_the_first_of_its_kind(database: Database) -> None:
    assert PlanSightings(database).newest() == []
    first = plan(database, 0)
    assert PlanSightings(database).newest() == [
        NewestPlan("usage", first, "planned", NOON, 0, 5, 0, NOON),
    ]
    assert seen(database)[1:] == ("planned", 0)
    newest = plan(database, 3, state="blocked")
    assert seen(database) == (newest, "blocked", 0)


def test_the_wait_ends_when_somebody_wants_it_applied_or_applies_it(database: Database) -> None:
    assert Plans(database).approve(plan(database, 0), "ann", [])
    assert seen(database)[2] is None
    plan(database, 1)
    assert seen(database)[2] == 1
    ActivationRuns(database).begin(plan(database, 2), "usage", NOON, "ann", [])
    assert seen(database)[2] is None
    plan(database, 3)
    assert seen(database)[2] == 3


def test_the_wait_ends_when_nothing_is_left_to_write_but_not_when_a_guard_or_a_failure_says_so(
    database: Database,
) -> None:
    plan(database, 0)
    plan(database, 1, updates=0, state="blocked")
    assert seen(database)[2] == 0
    failing = Plans(database).begin("usage", "crm", "Account", b"1", None, NOON, "airflow")
    Plans(database).set_state(failing, "failed", "no answer")
    assert seen(database)[1:] == ("failed", 0)
    plan(database, 2, updates=0)
    assert seen(database)[1:] == ("planned", None)
