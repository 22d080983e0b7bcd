"""Ids as ranges are a set of numbers that can be written and read again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mainstem.connectors.jira.ids import IdRanges

NUMBERS = st.lists(st.integers(0, 60))


@given(NUMBERS)
def test_it_holds_what_was_added_and_survives_being_written(numbers: list[int]) -> None:
    held = IdRanges()
    held.update(numbers)
    read = IdRanges(str(held))
    assert list(read) == sorted(set(numbers))
    assert all((number in read) == (number in numbers) for number in range(62))


@given(NUMBERS)
def test_neighbours_are_one_range(numbers: list[int]) -> None:
    held = IdRanges()
    held.update(numbers)
    gaps = sum(number - 1 not in numbers for number in set(numbers))
    assert (str(held).count(",") + 1 if numbers else 0) == gaps


def test_a_site_of_issues_in_a_row_is_short() -> None:
    held = IdRanges()
    held.update(range(10_000, 15_000))
    assert str(held) == "10000-14999"
