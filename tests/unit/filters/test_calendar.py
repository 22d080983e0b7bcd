from __future__ import annotations

from datetime import datetime

import pytest

from mainstem.filters.calendar import Calendar, Interval, beginning, fiscal_year, plus

NOW = datetime(2018, 5, 18, 18, 30, 2, 999)  # noqa: DTZ001 -- naive by contract
FROM_FEBRUARY = Calendar(first_weekday=6, fiscal_month_offset=1)


@pytest.mark.parametrize(
    ("interval", "start"),
    [
        (Interval.SECOND, "2018-05-18 18:30:02"),
        (Interval.MINUTE, "2018-05-18 18:30"),
        (Interval.HOUR, "2018-05-18 18:00"),
        (Interval.DAY, "2018-05-18"),
        (Interval.WEEK, "2018-05-13"),
        (Interval.MONTH, "2018-05-01"),
        (Interval.QUARTER, "2018-04-01"),
        (Interval.FISCAL_QUARTER, "2018-05-01"),
        (Interval.YEAR, "2018-01-01"),
        (Interval.FISCAL_YEAR, "2018-02-01"),
    ],
)
def test_an_interval_begins_where_its_calendar_says(interval: Interval, start: str) -> None:
    assert beginning(NOW, interval, FROM_FEBRUARY) == datetime.fromisoformat(start)


@pytest.mark.parametrize(
    ("start", "count", "interval", "end"),
    [
        ("2018-01-31", 1, Interval.MONTH, "2018-02-28"),
        ("2016-02-29", 1, Interval.YEAR, "2017-02-28"),
        ("2018-01-31", -1, Interval.FISCAL_QUARTER, "2017-10-31"),
        ("2018-12-31", 1, Interval.WEEK, "2019-01-07"),
        ("2018-12-31 23:59:59", 1, Interval.SECOND, "2019-01-01"),
    ],
)
def test_intervals_are_added_on_the_calendar(start: str, count: int, interval: Interval, end: str) -> None:
    assert plus(datetime.fromisoformat(start), count, interval) == datetime.fromisoformat(end)


@pytest.mark.parametrize("count", [-3000, 9000])
@pytest.mark.parametrize("interval", [Interval.YEAR, Interval.FISCAL_YEAR])
def test_no_year_lies_outside_of_1_to_9999(count: int, interval: Interval) -> None:
    with pytest.raises(OverflowError):
        plus(NOW, count, interval)


@pytest.mark.parametrize(("offset", "start"), [(0, "2018-01-01"), (1, "2018-02-01"), (-3, "2017-10-01")])
def test_a_fiscal_year_is_named_after_the_year_its_offset_counts_from(offset: int, start: str) -> None:
    assert fiscal_year(2018, Calendar(fiscal_month_offset=offset)) == datetime.fromisoformat(start)
