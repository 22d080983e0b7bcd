from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from mainstem.filters.calculations import CalculationTable, evaluate, parse

ONE_ROW = CalculationTable(rows=1, columns=())


def at(*parts: int) -> datetime:
    """A moment, naive, in the time zone of the query."""
    year, month, day, *rest = parts
    return datetime(year, month, day, *rest)  # type: ignore[arg-type] # noqa: DTZ001 # at most seconds


def value(text: str) -> Any:
    return evaluate(parse(text), ONE_ROW, now=at(2024, 5, 6, 7, 8, 9), random=lambda: 0.5).values[0][0]


KNOWN: dict[str, Any] = {
    "add_months(1, date(2023, 1, 31))": date(2023, 2, 28),
    "add_months(-1, date(2024, 3, 31))": date(2024, 2, 29),
    "add_months(13, date(2023, 12, 1))": date(2025, 1, 1),
    "add_years(-1, date_time(2024, 2, 29, 10, 0, 0))": at(2023, 2, 28, 10),
    "add_days(1.9, date(2024, 1, 1))": date(2024, 1, 2),
    "add_days(-1, date_time(2024, 1, 1, 0, 0, 1))": at(2023, 12, 31, 0, 0, 1),
    "add_hours(25, date(2024, 1, 1))": at(2024, 1, 2, 1),
    "diff_days(date(2024, 1, 2), date(2024, 1, 1))": -1,
    "diff_days(date_time(2024, 1, 1, 12, 0, 0), date(2024, 1, 3))": 1,
    "diff_days(date(2024, 1, 3), date_time(2024, 1, 1, 12, 0, 0))": -1,
    "diff_months(date(2024, 1, 31), date(2024, 2, 28))": 0,
    "diff_months(date(2024, 1, 15), date_time(2024, 3, 14, 23, 59, 59))": 1,
    "diff_months(date(2024, 3, 14), date(2024, 1, 15))": -1,
    "diff_years(date(2024, 2, 29), date(2025, 2, 28))": 1,
    "diff_years(date(2024, 5, 6), date(2000, 5, 7))": -23,
    "diff_seconds(date_time(2024, 1, 1, 0, 0, 0), date_time(2024, 1, 1, 0, 0, 59))": 59,
    "extract_hours(date(2024, 1, 1))": 0,
    "trunc_days(now())": date(2024, 5, 6),
    "trunc_hours(date(2024, 1, 1))": at(2024, 1, 1),
    "trunc_minutes(now())": at(2024, 5, 6, 7, 8),
    'to_date("2024")': date(2024, 1, 1),
    'to_date("2024-5")': date(2024, 5, 1),
    'to_date(" 2024-05-06 ")': date(2024, 5, 6),
    'to_date("2024-05-06 07")': at(2024, 5, 6, 7),
    'to_date("2024-05-06 07:08")': at(2024, 5, 6, 7, 8),
    'to_date("2024-05-06 07:08:09")': at(2024, 5, 6, 7, 8, 9),
    "to_date(date(2024, 5, 6))": date(2024, 5, 6),
    "date(2024, 1, 1) = date_time(2024, 1, 1, 0, 0, 0)": True,
    "max(list(date(2024, 1, 1), date_time(2024, 1, 1, 0, 0, 1)))": at(2024, 1, 1, 0, 0, 1),
    "to_string(date(999, 1, 1))": "0999-01-01",
    "to_string(date_time(2024, 1, 1, 0, 0, 0))": "2024-01-01 00:00:00",
}
NULL = [
    "date(2024, 2, 30)",
    "date(10000, 1, 1)",
    "date(1e300, 1, 1)",
    "date_time(2024, 1, 1, 24, 0, 0)",
    "add_days(1, date(9999, 12, 31))",
    "add_days(1e300, date(2024, 1, 1))",
    "add_months(-1, date(1, 1, 31))",
    "add_years(1e300, date(2024, 1, 1))",
    "add_seconds(-1, date(1, 1, 1))",
    'to_date("2024-02-30")',
    'to_date("soon")',
    'to_date("2024-05-06 25")',
    "add_days(null, now())",
    "diff_days(null, now())",
]


@pytest.mark.parametrize("text", KNOWN)
def test_a_date_is_moved_compared_and_cut_by_the_calendar(text: str) -> None:
    found = value(text)
    assert found == KNOWN[text]
    assert type(found) is type(KNOWN[text])


@pytest.mark.parametrize("text", NULL)
def test_what_leaves_the_calendar_is_null(text: str) -> None:
    assert value(text) is None
