"""Arithmetic on calendar intervals: where one begins, and what is n of them later.

Naive times throughout. Weeks begin on Monday and fiscal years with January unless a Calendar says
otherwise.
"""

from __future__ import annotations

import calendar as gregorian
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Interval(StrEnum):
    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    FISCAL_QUARTER = "fiscal quarter"
    YEAR = "year"
    FISCAL_YEAR = "fiscal year"


class Calendar(msgspec.Struct, frozen=True):
    """A model's ways of counting time: LookML's `week_start_day` and `fiscal_month_offset`."""

    first_weekday: int = 0
    """0 is Monday, as Python counts."""
    fiscal_month_offset: int = 0
    """Months from January to the fiscal year's first month; -3 lets a year begin in the October before."""


COMMON = Calendar()
_MONTHS = {
    Interval.MONTH: 1,
    Interval.QUARTER: 3,
    Interval.FISCAL_QUARTER: 3,
    Interval.YEAR: 12,
    Interval.FISCAL_YEAR: 12,
}
_FISCAL = {Interval.FISCAL_QUARTER: Interval.QUARTER, Interval.FISCAL_YEAR: Interval.YEAR}
_SPANS = {
    Interval.SECOND: timedelta(seconds=1),
    Interval.MINUTE: timedelta(minutes=1),
    Interval.HOUR: timedelta(hours=1),
    Interval.DAY: timedelta(days=1),
    Interval.WEEK: timedelta(weeks=1),
}


def beginning(moment: datetime, interval: Interval, calendar: Calendar = COMMON) -> datetime:
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
            return day - timedelta(days=(day.weekday() - calendar.first_weekday) % 7)
        case Interval.MONTH:
            return day.replace(day=1)
        case Interval.QUARTER:
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case Interval.YEAR:
            return day.replace(month=1, day=1)
        case Interval.FISCAL_QUARTER | Interval.FISCAL_YEAR:
            offset = calendar.fiscal_month_offset
            unshifted = plus(day.replace(day=1), -offset, Interval.MONTH)
            return plus(beginning(unshifted, _FISCAL[interval]), offset, Interval.MONTH)
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
    return moment.replace(year=year, month=month, day=min(moment.day, gregorian.monthrange(year, month)[1]))


def fiscal_year(year: int, calendar: Calendar) -> datetime:
    """Where that fiscal year begins."""
    return plus(datetime(year, 1, 1), calendar.fiscal_month_offset, Interval.MONTH)  # noqa: DTZ001 -- naive by contract
