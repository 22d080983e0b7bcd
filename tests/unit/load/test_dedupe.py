from __future__ import annotations

from datetime import date

import pytest

from mainstem.load.dedupe import SeenEvents, event_key, first_day


def test_pairs_of_ids_that_read_alike_are_different_events() -> None:
    assert event_key("ab", "c") != event_key("a", "bc")
    assert event_key("a", "b") == event_key("a", "b")


def test_what_was_stored_is_known_after_a_restart() -> None:
    key = event_key("s", "m")
    assert key in SeenEvents([("2026-01-01", [key])])
    assert event_key("s", "n") not in SeenEvents([("2026-01-01", [key])])


def test_a_day_that_is_forgotten_is_forgotten_whole() -> None:
    seen = SeenEvents()
    seen.remember([event_key("s", "m")], "2026-01-01")
    seen.remember([event_key("s", "n")], "2026-01-02")
    assert seen.days_before("2026-01-02") == ["2026-01-01"]
    seen.forget(["2026-01-01"])
    assert event_key("s", "m") not in seen
    assert event_key("s", "n") in seen


@pytest.mark.parametrize(("days", "first"), [(1, "2026-03-01"), (2, "2026-02-28"), (0, "2026-03-01")])
def test_the_window_counts_today(days: int, first: str) -> None:
    assert first_day(date(2026, 3, 1), days) == first


def test_what_is_read_beside_what_is_known_is_known_for_that_time_alone() -> None:
    stored, first, second, other = (event_key("s", name) for name in ("stored", "first", "second", "other"))
    seen = SeenEvents([("2026-01-01", [stored])])
    beside = seen.beside(frozenset((first,))).beside(frozenset((second,)))
    assert beside.among(frozenset((stored, first, second, other))) == {stored, first, second}
    assert second in beside
    assert first not in seen
