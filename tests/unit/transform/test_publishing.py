from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mainstem.errors import NotPublished
from mainstem.transform import Finished
from mainstem.transform.publishing import (
    Build,
    Publication,
    RunDecision,
    decide,
    decide_run,
    earlier,
    protected,
)
from mainstem.transform.standing import RunStanding

AT = datetime(2026, 3, 1, tzinfo=UTC)
PASSED = Finished(True, 10, 31, (), snapshot=7)
SHOWN = Publication(1, 4, AT, "ada", "build", hold=False, snapshot=40, models=1, tests=1, built_at=AT)


def build(number: int, snapshot: int | None = 1) -> Build:
    return Build(number, ["build"], "ada", AT, AT, True, "", 1, 1, [], snapshot, "published")


@pytest.mark.parametrize("current", [None, SHOWN], ids=["the first", "a later one"])
def test_a_build_of_the_whole_project_that_passed_is_published(current: Publication | None) -> None:
    assert decide(PASSED, current).publish


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Finished(False, 10, 31, ("test t fail",), snapshot=7), "it failed"),
        (Finished(True, 1, 2, (), partial="9 were not selected", snapshot=7), "9 were not selected"),
        (Finished(True, 10, 31, ()), "snapshot"),
    ],
    ids=["failed", "partial", "no snapshot"],
)
def test_every_other_build_is_not_and_the_reason_is_said(outcome: Finished, said: str) -> None:
    decision = decide(outcome, SHOWN)
    assert not decision.publish
    assert decision.sentence.startswith("not published: ")
    assert said in decision.sentence


def test_after_a_rollback_the_next_build_that_passes_is_published_unless_it_holds() -> None:
    gone_back = replace(SHOWN, reason="rollback")
    assert decide(PASSED, gone_back).publish
    held = decide(PASSED, replace(gone_back, hold=True))
    assert not held.publish
    assert "--release" in held.sentence


def test_going_back_leads_from_build_to_build_and_never_forward() -> None:
    published = [build(9), build(4), build(2), build(3)]
    assert earlier(published, SHOWN) == build(3)
    assert earlier([build(9), build(4)], SHOWN) is None


def test_snapshots_that_are_shown_or_can_be_gone_back_to_or_are_held_are_protected() -> None:
    assert protected(SHOWN, build(9, 90), [build(3, 30), build(2, None)]) == {40, 90, 30}
    assert protected(None, None, []) == frozenset()


RUN = RunStanding({}, models=10, tests=31, snapshot=50)


def run_decision(
    standing: RunStanding = RUN, current: Publication | None = SHOWN, passed: Build | None = None
) -> RunDecision:
    return decide_run("r", standing, current, passed, lambda snapshot: snapshot != 13)


@pytest.mark.parametrize("current", [None, SHOWN], ids=["the first", "a later one"])
def test_builds_of_a_run_that_stand_for_the_whole_are_published(current: Publication | None) -> None:
    assert run_decision(current=current) == RunDecision(True, "published", is_new=True)


def test_builds_of_a_run_are_not_published_for_every_model_and_test_that_stands_against_it() -> None:
    stale = {
        "model.shop.orders": "it failed in build 2",
        "test.shop.unique_orders.1a": "it failed in build 3",
    }
    with pytest.raises(NotPublished) as raised:
        run_decision(replace(RUN, stale=stale))
    assert raised.value.reasons == (
        "model orders: it failed in build 2",
        "test unique_orders.1a: it failed in build 3",
    )


@pytest.mark.parametrize("snapshot", [None, 13])
def test_a_snapshot_that_is_gone_cannot_be_published(snapshot: int | None) -> None:
    with pytest.raises(NotPublished, match="has expired, or is not known"):
        run_decision(replace(RUN, snapshot=snapshot))


def test_readers_are_never_taken_back_by_a_run() -> None:
    decision = run_decision(replace(RUN, snapshot=SHOWN.snapshot))
    assert (decision.publish, decision.is_new, decision.is_held) == (False, False, False)


def test_a_run_waits_while_an_earlier_build_is_held_and_is_recorded_once() -> None:
    held = replace(SHOWN, hold=True)
    decision = run_decision(current=held)
    assert (decision.publish, decision.is_new, decision.is_held) == (False, True, True)
    assert not run_decision(current=held, passed=build(9, 50)).is_new
