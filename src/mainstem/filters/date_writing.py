"""Date terms → the expression that reads as them, in the one spelling this package writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.filters.calendar import WEEKDAYS, Interval
from mainstem.filters.date_terms import (
    Absolute,
    After,
    Away,
    Before,
    Between,
    DateExpression,
    DayName,
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

_NEAR_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def write_date(expression: DateExpression) -> str:
    included = [write_term(term) for term in expression.included]
    return ", ".join([*included, *(f"not {write_term(term)}" for term in expression.excluded)])


def write_term(term: Term) -> str:
    match term:
        case Nothing():
            return "null"
        case Before(span):
            return f"before {_span(span)}"
        case After(span):
            return f"after {_span(span)}"
        case Between(first, second):
            return f"{_span(first)} to {_span(second)}"
        case Until(interval, finer):
            return f"this {interval} to {finer}"
        case Lasting(span, count, interval):
            return f"{_span(span)} for {_counted(count, interval)}"
        case Latest(count, interval, complete=True):
            length = _counted(count, interval)
            return f"{length} ago for {length}"
        case Latest(count, interval):
            return _counted(count, interval)
        case _:
            return _span(term)


def _span(span: Span) -> str:
    """Within a bound a bare `3 days` would be 3 days ago, so that `last` has to be said."""
    match span:
        case Absolute(start, interval):
            return _moment(start, interval)
        case FiscalPeriod(year, quarter):
            return f"FY{year:04}" + (f"-Q{quarter}" if quarter else "")
        case DayName(weekday):
            return WEEKDAYS[weekday]
        case NearDay(days):
            return _NEAR_DAYS[days]
        case Neighbour(direction, interval):
            return f"{direction} {interval}"
        case Latest(count, interval, complete):
            return f"last {count}{' complete' if complete else ''} {_plural(count, interval)}"
        case Away(count, interval):
            return f"{_counted(abs(count), interval)} {'from now' if count > 0 else 'ago'}"
        case Now():
            return "now"


def _moment(start: datetime, interval: Interval) -> str:
    match interval:
        case Interval.YEAR:
            return f"{start.year:04}"
        case Interval.QUARTER:
            return f"{start.year:04}-Q{(start.month + 2) // 3}"
        case Interval.MONTH:
            return f"{start.year:04}-{start.month:02}"
        case _:
            time = {Interval.HOUR: "%H", Interval.MINUTE: "%H:%M", Interval.SECOND: "%H:%M:%S"}
            return f"{start.date().isoformat()} {start.strftime(time.get(interval, ''))}".rstrip()


def _counted(count: int, interval: Interval) -> str:
    return f"{count} {_plural(count, interval)}"


def _plural(count: int, interval: Interval) -> str:
    return interval if count == 1 else f"{interval}s"
