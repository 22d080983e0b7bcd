"""A date expression and the present → the ranges of time it means.

A range holds its beginning and not its end. One that ends before it begins, as `monday to yesterday` does
on a Monday, holds nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from mainstem.filters.calendar import Calendar, Interval, beginning, fiscal_year, plus
from mainstem.filters.conditions import Condition, IsNull, TimeRange, included_and_excluded
from mainstem.filters.date_terms import (
    Absolute,
    After,
    Away,
    Before,
    Between,
    DateExpression,
    DayName,
    Direction,
    FiscalPeriod,
    Lasting,
    Latest,
    NearDay,
    Neighbour,
    Nothing,
    Now,
    Span,
    Term,
    Until,
)

if TYPE_CHECKING:
    from datetime import datetime

_STEPS = {Direction.LAST: -1, Direction.THIS: 0, Direction.NEXT: 1}
Stretch: TypeAlias = "tuple[datetime, datetime]"


class Present(NamedTuple):
    """When it is, naive and in the time zone of the query, and how the model counts weeks and years."""

    now: datetime
    calendar: Calendar


def meaning(expression: DateExpression, present: Present) -> Condition:
    """Raises OverflowError or ValueError for a time outside the years 1 to 9999."""
    return included_and_excluded(
        tuple(condition_of(term, present) for term in expression.included),
        tuple(condition_of(term, present) for term in expression.excluded),
    )


def condition_of(term: Term, present: Present) -> Condition:
    match term:
        case Nothing():
            return IsNull()
        case Before(span):
            return TimeRange(None, stretch(span, present)[0])
        case After(span):
            return TimeRange(stretch(span, present)[0], None)
        case Between(first, second):
            return _range(stretch(first, present)[0], stretch(second, present)[0])
        case Until(interval, finer):
            return _range(_beginning(interval, present), _beginning(finer, present))
        case Lasting(span, count, interval):
            start = stretch(span, present)[0]
            return TimeRange(start, plus(start, count, interval))
        case _:
            return TimeRange(*stretch(term, present))


def stretch(span: Span, present: Present) -> Stretch:
    """Where it begins, and the first moment after it."""
    match span:
        case Absolute(start, interval):
            return _one(start, interval)
        case FiscalPeriod(year, quarter):
            return _fiscal(year, quarter, present.calendar)
        case DayName(weekday):
            today = _beginning(Interval.DAY, present)
            return _one(plus(today, -((today.weekday() - weekday) % 7), Interval.DAY), Interval.DAY)
        case NearDay(days):
            return _away(days, Interval.DAY, present)
        case Neighbour(direction, interval):
            return _away(_STEPS[direction], interval, present)
        case Latest(count, interval, complete):
            return _latest(count, interval, complete, present)
        case Away(count, interval):
            return _away(count, interval, present)
        case Now():
            return _away(0, Interval.SECOND, present)


def _fiscal(year: int, quarter: int | None, calendar: Calendar) -> Stretch:
    start = fiscal_year(year, calendar)
    if quarter is None:
        return _one(start, Interval.YEAR)
    return _one(plus(start, quarter - 1, Interval.QUARTER), Interval.QUARTER)


def _latest(count: int, interval: Interval, complete: bool, present: Present) -> Stretch:
    this = _beginning(interval, present)
    end = this if complete else plus(this, 1, interval)
    return plus(end, -count, interval), end


def _away(count: int, interval: Interval, present: Present) -> Stretch:
    return _one(plus(_beginning(interval, present), count, interval), interval)


def _beginning(interval: Interval, present: Present) -> datetime:
    return beginning(present.now, interval, present.calendar)


def _one(start: datetime, interval: Interval) -> Stretch:
    return start, plus(start, 1, interval)


def _range(start: datetime, end: datetime) -> TimeRange:
    return TimeRange(start, max(start, end))
