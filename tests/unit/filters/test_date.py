"""The present is Friday, 2018-05-18 18:30:02, the day Looker's own examples are about."""

from __future__ import annotations

from datetime import datetime

import pytest

from mainstem.errors import FilterError, QueryError
from mainstem.filters import AllOf, AnyOf, Anything, IsNull, Not, TimeRange, date_bounds, parse_date

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
        ("this month to year", r"a year is no part of a month"),
        ("2018-05-18 24:00", r"hour must be in 0..23"),
        ("after", r"[Vv]alid are 7 days"),
    ],
)
def test_what_is_no_date_filter_is_an_error_that_says_why(expression: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason):
        parse_date(expression, NOW)


def fiscal(expression: str, offset: int) -> TimeRange:
    found = parse_date(expression, NOW, fiscal_month_offset=offset)
    assert isinstance(found, TimeRange)
    return found


@pytest.mark.parametrize(
    ("expression", "offset", "start", "end"),
    [
        ("FY2018", 0, "2018-01-01", "2019-01-01"),
        ("FY2018", 1, "2018-02-01", "2019-02-01"),
        ("FY2018", -3, "2017-10-01", "2018-10-01"),
        ("fy2018-q4", -3, "2018-07-01", "2018-10-01"),
        ("this fiscal year", -3, "2017-10-01", "2018-10-01"),
        ("last fiscal year", 6, "2016-07-01", "2017-07-01"),
        ("this fiscal quarter", 1, "2018-05-01", "2018-08-01"),
        ("next fiscal quarter", 0, "2018-07-01", "2018-10-01"),
        ("2 fiscal quarters", 1, "2018-02-01", "2018-08-01"),
        ("1 fiscal year ago for 1 fiscal year", 1, "2017-02-01", "2018-02-01"),
        ("this year", 1, "2018-01-01", "2019-01-01"),
    ],
)
def test_fiscal_periods_begin_where_the_model_says(
    expression: str, offset: int, start: str, end: str
) -> None:
    assert fiscal(expression, offset) == TimeRange(at(start), at(end))


MORE_RANGES = {
    "3 complete months": ("2018-02-01", "2018-05-01"),
    "last 3 complete days": ("2018-05-15", "2018-05-18"),
    "2018-Q4": ("2018-10-01", "2019-01-01"),
    "2018/q1": ("2018-01-01", "2018-04-01"),
    "2018-05-18 12": ("2018-05-18 12:00", "2018-05-18 13:00"),
    "2018-05-18T12:30:05Z": ("2018-05-18 12:30:05", "2018-05-18 12:30:06"),
    "0 days ago": ("2018-05-18", "2018-05-19"),
    "before 0 days ago": (None, "2018-05-18"),
    "before 2 months": (None, "2018-03-01"),
    "before last 2 months": (None, "2018-04-01"),
    "after yesterday": ("2018-05-17", None),
    "3 days from now for 2 weeks": ("2018-05-21", "2018-06-04"),
    "last month to this month": ("2018-04-01", "2018-05-01"),
    "before now": (None, "2018-05-18 18:30:02"),
    "this week to hour": ("2018-05-14", "2018-05-18 18:00"),
    "tomorrow to yesterday": ("2018-05-19", "2018-05-19"),
}


@pytest.mark.parametrize("expression", MORE_RANGES)
def test_further_forms_mean_what_they_say(expression: str) -> None:
    start, end = MORE_RANGES[expression]
    assert parse_date(expression, NOW) == TimeRange(at(start), at(end))


def test_a_refused_term_is_taken_from_what_is_asked_for() -> None:
    april = parse_date("2018-04", NOW)
    assert parse_date("not 2018-04", NOW) == Not(april)
    assert parse_date("this year, not 2018-04", NOW) == AllOf((parse_date("this year", NOW), Not(april)))


@pytest.mark.parametrize(("first", "start"), [("sunday", "2018-05-13"), ("friday", "2018-05-18")])
def test_weeks_begin_on_the_models_day(first: str, start: str) -> None:
    found = parse_date("this week", NOW, week_start_day=first)
    assert isinstance(found, TimeRange)
    assert found.start == at(start)


def test_an_unknown_first_day_of_the_week_is_an_error() -> None:
    with pytest.raises(QueryError, match="week_start_day 'someday' is no day"):
        parse_date("this week", NOW, week_start_day="someday")


@pytest.mark.parametrize(
    ("expression", "bounds"),
    [
        ("2018-05", ("2018-05-01", "2018-06-01")),
        ("2018-05, 2018-01-31", ("2018-01-31", "2018-06-01")),
        ("2018-05, after 2019", ("2018-05-01", None)),
        ("2018, not 2018-05", ("2018-01-01", "2019-01-01")),
        ("null", (None, None)),
        ("2018, null", (None, None)),
        ("", (None, None)),
    ],
)
def test_the_bounds_of_a_date_filter_are_its_outermost_moments(
    expression: str, bounds: tuple[str | None, str | None]
) -> None:
    assert date_bounds(parse_date(expression, NOW)) == (at(bounds[0]), at(bounds[1]))


def test_an_error_knows_its_place_and_what_may_have_been_meant() -> None:
    with pytest.raises(FilterError) as caught:
        parse_date("2018-05, lst 7 days", NOW)
    error = caught.value
    assert (error.grammar, error.at, error.read) == ("date", 9, "lst")
    assert error.suggestion == "last 7 days"
    assert str(error).startswith(
        "date filter '2018-05, lst 7 days' is not understood at character 10, 'lst': "
        "'lst' is no word of a date filter; did you mean 'last 7 days'? Valid are 7 days,"
    )
