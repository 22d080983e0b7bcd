"""Weeks and months follow each other without a gap, over the ends of years too."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.connectors.ga4.periods import first_day, spans

DAYS = st.dates(date(2015, 8, 14), date(2040, 1, 1))


@given(DAYS, st.integers(0, 800), st.sampled_from(["day", "week", "month"]))
def test_every_day_lies_in_one_period(first: date, days: int, period: str) -> None:
    last = first + timedelta(days=days)
    found = list(spans(period, first, last))
    assert found[0][0] <= first
    assert found[-1][0] <= last <= found[-1][1]
    assert [begin for begin, _ in found[1:]] == [end + timedelta(days=1) for _, end in found[:-1]]
    assert all(first_day(period, end) == begin for begin, end in found)


@pytest.mark.parametrize(
    ("period", "begin", "end"),
    [
        ("day", date(2024, 2, 29), date(2024, 2, 29)),
        ("week", date(2024, 2, 26), date(2024, 3, 3)),
        ("month", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_leap_day_lies_in_its_week_and_month(period: str, begin: date, end: date) -> None:
    assert list(spans(period, date(2024, 2, 29), date(2024, 2, 29))) == [(begin, end)]
