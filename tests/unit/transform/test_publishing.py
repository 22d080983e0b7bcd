from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mainstem.transform import Finished
from mainstem.transform.publishing import Build, Publication, decide, earlier, protected

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
