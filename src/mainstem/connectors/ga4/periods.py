"""Days, weeks and months: which of them a day lies in, and when that is over. It knows no time zone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAY = timedelta(days=1)
LONGEST = {"day": _DAY, "week": 7 * _DAY, "month": 31 * _DAY}


def first_day(period: str, day: date) -> date:
    """Of the period that a day lies in."""
    if period == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if period == "week" else day


def spans(period: str, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The first and last days of the periods in which the days from `first` through `last` lie."""
    begin = first_day(period, first)
    while begin <= last:
        following = first_day(period, begin + LONGEST[period])
        yield begin, following - _DAY
        begin = following
