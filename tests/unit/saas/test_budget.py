"""No stretch of time ever holds more calls than a limit allows, wherever it begins."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.saas import Account, Limit, MemoryBudget, Quota
from mainstem.testing.connectors import NOON, StillClock

TEN = Limit("exports", 10, 60, r"/incremental/")
ACCOUNT = Account("zendesk:acme", (TEN, Limit("minute", 25, 60)))


@given(st.lists(st.floats(0, 30), max_size=80), st.integers(1, 12))
def test_no_window_holds_more_calls_than_allowed(pauses: list[float], calls: int) -> None:
    clock = StillClock()
    budget, account = MemoryBudget(clock), Account("a", (Limit("l", calls, 60),))
    taken = []
    for pause in pauses:
        clock.advance(pause)
        if budget.take(account, "/") == 0.0:
            taken.append(clock.now())
    for begin in taken:
        assert sum(begin <= at < begin + timedelta(seconds=60) for at in taken) <= calls


def test_who_waits_as_told_gets_a_call() -> None:
    clock = StillClock()
    budget = MemoryBudget(clock)
    for _ in range(35):
        while wait := budget.take(ACCOUNT, "/api/v2/incremental/users"):
            clock.sleep(wait)
    assert len(clock.slept) == 3
    assert max(clock.slept) <= 61


def test_a_limit_of_some_paths_leaves_the_others() -> None:
    budget = MemoryBudget(StillClock())
    exports = [budget.take(ACCOUNT, "/api/v2/incremental/users") for _ in range(11)]
    assert exports[:10] == [0.0] * 10
    assert exports[10] > 0
    assert budget.take(ACCOUNT, "/api/v2/groups") == 0.0


def test_nobody_calls_while_the_service_wants_no_call() -> None:
    clock = StillClock()
    budget = MemoryBudget(clock)
    budget.hold(ACCOUNT, 90)
    assert budget.take(ACCOUNT, "/") == pytest.approx(90)
    clock.advance(90)
    assert budget.take(ACCOUNT, "/") == 0.0


def test_what_is_reserved_for_others_is_not_taken() -> None:
    clock = StillClock()
    budget, account = MemoryBudget(clock), Account("a", (), reserve=100)
    budget.observe(account, Quota(101, 15_000, NOON + timedelta(hours=3)))
    assert budget.take(account, "/") == 0.0
    assert budget.take(account, "/") == pytest.approx(3 * 3600)


def test_a_quota_that_began_anew_is_not_held_against_anybody() -> None:
    clock = StillClock()
    budget, account = MemoryBudget(clock), Account("a", (), reserve=100)
    budget.observe(account, Quota(0, 15_000, NOON + timedelta(hours=3)))
    clock.advance(3 * 3600)
    assert budget.take(account, "/") == 0.0
    assert budget.quota(account) is None
