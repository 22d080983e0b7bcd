"""What is told of plans that wait for a person, and of activations that did not run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.manifest import CronSchedule, Dag, Task
from mainstem.orchestrate.alerts import KINDS, AlertSettings, ExpectedReview, Sight, found
from mainstem.store.activations import NewestPlan
from mainstem.testing.sights import NOW, POINTERS, known, sight

if TYPE_CHECKING:
    from mainstem.store.runs import Alert

HOUR = timedelta(hours=1)
USAGE = ExpectedReview("usage", "activate_usage", 24 * HOUR)
PLAN = NewestPlan("usage", 7, "planned", NOW - 2 * HOUR, 3, 1_200, 0, NOW - 9 * HOUR)


def told(seen: Sight) -> list[Alert]:
    return list(found(seen, AlertSettings(on=KINDS), POINTERS))


def test_a_plan_that_nobody_looks_at_is_told_with_its_counts_and_its_page() -> None:
    (one,) = told(sight(reviews=(USAGE,), plans=(PLAN,)))
    assert (one.kind, one.dag_id, one.title) == (
        "review",
        "activate_usage",
        "usage waits for somebody to look at its plan",
    )
    assert one.body.splitlines() == [
        "plan 7 creates 3, updates 1,200 and deletes 0 records; nobody has looked for 9h",
        "it can be applied until 2026-11-24 05:00 UTC: mainstem activate apply usage",
        "https://mainstem.example.org/activations/usage",
    ]


def test_who_comes_too_late_is_told_that_the_plan_is_stale_and_who_may_not_that_a_guard_holds_it() -> None:
    (stale,) = told(sight(reviews=(USAGE,), plans=(replace(PLAN, made_at=NOW - 25 * HOUR),)))
    assert "it is stale since 2026-11-23 06:00 UTC: mainstem activate plan usage" in stale.body
    (held,) = told(sight(reviews=(USAGE,), plans=(replace(PLAN, state="blocked"),)))
    assert "a guard holds it back; it can be applied until" in held.body


@pytest.mark.parametrize(
    ("hours", "within", "is_told"), [(8, None, False), (9, None, True), (9, 10, False), (3, 2, True)]
)
def test_how_long_it_may_wait_is_the_activations_own_or_the_projects(
    hours: int, within: int | None, *, is_told: bool
) -> None:
    one = replace(USAGE, within=within * HOUR if within else None)
    seen = sight(reviews=(one,), plans=(replace(PLAN, since=NOW - hours * HOUR),))
    assert bool(told(seen)) is is_told


@pytest.mark.parametrize(
    "plan",
    [
        replace(PLAN, since=None),
        replace(PLAN, state="making"),
        replace(PLAN, state="applying"),
        replace(PLAN, activation="leads"),
    ],
)
def test_what_waits_for_nobody_is_not_told(plan: NewestPlan) -> None:
    assert told(sight(reviews=(USAGE,), plans=(plan,))) == []
    assert told(sight(plans=(PLAN,))) == []


def test_a_wait_is_told_once_however_often_it_is_planned_anew() -> None:
    (one,) = told(sight(reviews=(USAGE,), plans=(PLAN,)))
    (anew,) = told(sight(reviews=(USAGE,), plans=(replace(PLAN, id=8, made_at=NOW, updates=5),)))
    (other,) = told(sight(reviews=(USAGE,), plans=(replace(PLAN, since=NOW - 10 * HOUR),)))
    assert one.key == anew.key != other.key


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({"id": 8}, None),
        ({"state": "making", "since": None}, None),
        ({"state": "applied", "since": None}, "what usage had planned was looked at, and waits no more"),
        ({"since": NOW}, "what usage had planned was looked at, and waits no more"),
        (
            {"id": 8, "creates": 0, "updates": 0, "since": None},
            "usage waits for nobody any more: plan 8 has nothing to write",
        ),
    ],
)
def test_that_it_waits_no_more_is_told_once_it_certainly_does_not(
    change: dict[str, object], title: str | None
) -> None:
    (one,) = told(sight(reviews=(USAGE,), plans=(PLAN,)))
    plan = replace(PLAN, **change)  # type: ignore[arg-type] # as the case says
    later = told(sight(reviews=(USAGE,), plans=(plan,), standing=(one,)))
    over = [alert for alert in later if alert.kind == "recovery"]
    assert [alert.title for alert in over] == ([] if title is None else [title])
    assert all(alert.key == f"over:{one.key}" and alert.dag_id == "activate_usage" for alert in over)


def test_an_activation_that_is_gone_or_asks_nobody_waits_no_more() -> None:
    (one,) = told(sight(reviews=(USAGE,), plans=(PLAN,)))
    (over,) = told(sight(plans=(PLAN,), standing=(one,)))
    assert over.title == "activate_usage waits for nobody any more: it is gone, or applied without a look"


def test_an_activation_whose_schedule_did_not_run_is_told_of() -> None:
    dag = Dag("activate_usage", (Task("plan", ("true",)),), schedule=CronSchedule("0 3 * * *"))
    late = known(dag, last_tick=NOW - timedelta(days=1, hours=4))
    (one,) = told(sight(dags={"activate_usage": late}))
    assert (one.kind, one.title) == ("overdue", "activate_usage did not run")
