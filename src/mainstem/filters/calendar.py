"""Arithmetic on calendar intervals: where one begins, and what is n of them later.

Naive times throughout. Weeks begin on Monday.
"""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from enum import StrEnum


class Interval(StrEnum):
    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}
_SPANS = {
    Interval.SECOND: timedelta(seconds=1),
    Interval.MINUTE: timedelta(minutes=1),
    Interval.HOUR: timedelta(hours=1),
    Interval.DAY: timedelta(days=1),
    Interval.WEEK: timedelta(weeks=1),
}


def beginning(moment: datetime, interval: Interval) -> datetime:
    """Where the interval that holds the moment begins."""
    match interval:
        case Interval.SECOND:
            return moment.replace(microsecond=0)
        case Interval.MINUTE:
            return moment.replace(second=0, microsecond=0)
        case Interval.HOUR:
            return moment.replace(minute=0, second=0, microsecond=0)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    match interval:
        case Interval.WEEK:
            return day - timedelta(days=day.weekday())
        case Interval.MONTH:
            return day.replace(day=1)
        case Interval.QUARTER:
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case Interval.YEAR:
            return day.replace(month=1, day=1)
        case _:
            return day


def plus(moment: datetime, count: int, interval: Interval) -> datetime:
    """`count` intervals later, or earlier when negative. A day the month lacks becomes its last one.

    Raises OverflowError or ValueError outside the years 1 to 9999.
    """
    if interval in _SPANS:
        return moment + count * _SPANS[interval]
    months = moment.year * 12 + moment.month - 1 + count * _MONTHS[interval]
    year, month = months // 12, months % 12 + 1
    if not 1 <= year <= 9999:
        raise OverflowError(f"year {year}")
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))
