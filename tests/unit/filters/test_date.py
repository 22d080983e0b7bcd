"""The present is Friday, 2018-05-18 18:30:02, the day Looker's own examples are about."""

from __future__ import annotations

from datetime import datetime

import pytest

from mainstem.errors import QueryError
from mainstem.filters import AnyOf, Anything, IsNull, Not, TimeRange
from mainstem.filters.date import parse_date

NOW = datetime(2018, 5, 18, 18, 30, 2)  # noqa: DTZ001 -- naive by contract
RANGES = {
    "today": ("2018-05-18", "2018-05-19"),
    "yesterday": ("2018-05-17", "2018-05-18"),
    "tomorrow": ("2018-05-19", "2018-05-20"),
    "1 minute": ("2018-05-18 18:30", "2018-05-18 18:31"),
    "60 minutes": ("2018-05-18 17:31", "2018-05-18 18:31"),
    "24 hours": ("2018-05-17 19:00", "2018-05-18 19:00"),
    "24 hours ago for 1 hour": ("2018-05-17 18:00", "2018-05-17 19:00"),
    "2 days": ("2018-05-17", "2018-05-19"),
    "last 3 days": ("2018-05-16", "2018-05-19"),
    "1 day ago": ("2018-05-17", "2018-05-18"),
    "7 days ago for 7 days": ("2018-05-11", "2018-05-18"),
    "today for 7 days": ("2018-05-18", "2018-05-25"),
    "1 week": ("2018-05-14", "2018-05-21"),
    "this week": ("2018-05-14", "2018-05-21"),
    "next week": ("2018-05-21", "2018-05-28"),
    "last week": ("2018-05-07", "2018-05-14"),
    "2 weeks": ("2018-05-07", "2018-05-21"),
    "2 weeks ago for 1 week": ("2018-04-30", "2018-05-07"),
    "before this week": (None, "2018-05-14"),
    "after this week": ("2018-05-14", None),
    "this month": ("2018-05-01", "2018-06-01"),
    "2 months": ("2018-04-01", "2018-06-01"),
    "last month": ("2018-04-01", "2018-05-01"),
    "before 2 months ago": (None, "2018-03-01"),
    "2 months from now": ("2018-07-01", "2018-08-01"),
    "6 months from now for 3 months": ("2018-11-01", "2019-02-01"),
    "this quarter": ("2018-04-01", "2018-07-01"),
    "2 years": ("2017-01-01", "2019-01-01"),
    "2 years ago": ("2016-01-01", "2017-01-01"),
    "this year to day": ("2018-01-01", "2018-05-18"),
    "this year to second": ("2018-01-01", "2018-05-18 18:30:02"),
    "monday": ("2018-05-14", "2018-05-15"),
    "Friday": ("2018-05-18", "2018-05-19"),
    "before monday": (None, "2018-05-14"),
    "2018": ("2018-01-01", "2019-01-01"),
    "2018/05": ("2018-05-01", "2018-06-01"),
    "2018-05-29": ("2018-05-29", "2018-05-30"),
    "2018/05/10 for 3 days": ("2018-05-10", "2018-05-13"),
    "2018/05 for 2 months": ("2018-05-01", "2018-07-01"),
    "2018/05/10 for 5 months": ("2018-05-10", "2018-10-10"),
    "2018/05/10 05:00 for 5 hours": ("2018-05-10 05:00", "2018-05-10 10:00"),
    "2018-01-31 for 1 month": ("2018-01-31", "2018-02-28"),
    "after 2018-10-05": ("2018-10-05", None),
    "before 2018-01-01 12:00:00": (None, "2018-01-01 12:00"),
    "2018-05-18 12:00:00 to 2018-05-18 14:00:00": ("2018-05-18 12:00", "2018-05-18 14:00"),
    "2018-01 to 2018-03": ("2018-01-01", "2018-03-01"),
}


def at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@pytest.mark.parametrize("expression", RANGES)
def test_a_date_filter_means_what_looker_says(expression: str) -> None:
    start, end = RANGES[expression]
    assert parse_date(expression, NOW) == TimeRange(at(start), at(end))


def test_a_comma_joins_alternatives() -> None:
    found = parse_date("today, 2017", NOW)
    assert found == AnyOf((parse_date("today", NOW), parse_date("2017", NOW)))


def test_null_and_nothing() -> None:
    assert parse_date("NULL", NOW) == IsNull()
    assert parse_date("not  null", NOW) == Not(IsNull())
    assert parse_date(" ", NOW) == Anything()


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("lst month", r"[Vv]alid are 7 days"),
        ("2018-1", r"'2018-1' is no time"),
        ("2018-13", r"month must be in 1..12"),
        ("2018-02-30", r"day"),
        ("99999 years", r"[Vv]alid are 7 days"),
        ("2018-02 to 2018-01", r"it ends before it begins"),
        ("after", r"[Vv]alid are 7 days"),
    ],
)
def test_what_is_no_date_filter_is_an_error_that_says_why(expression: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason):
        parse_date(expression, NOW)
