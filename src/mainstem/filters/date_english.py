"""A date expression as people say it, independent of when it is said."""

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

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ORDINALS = ("first", "second", "third", "fourth")
_NEAR_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def describe_date(expression: DateExpression) -> str:
    """`is in the last 7 days or in the year 2017, and is not null`."""
    asked = " or ".join(map(phrase, expression.included))
    refused = " or ".join(map(phrase, expression.excluded))
    clauses = [f"is {asked}"] if asked else []
    clauses += [f"is not {refused}"] if refused else []
    return ", and ".join(clauses) or "is any time"


def phrase(term: Term) -> str:
    """What follows `is`."""
    match term:
        case Nothing():
            return "null"
        case Before(span):
            return f"before {_noun(span)}"
        case After(span):
            return f"{_preposition(span) or _implied_preposition(span)} or after {_noun(span)}"
        case Between(first, second):
            return f"from {_noun(first)} to before {_noun(second)}"
        case Until(interval, finer):
            return f"from the beginning of this {interval} to before this {finer}"
        case Lasting(span, count, interval):
            begins = "begins" if count == 1 else "begin"
            return f"in the {counted(count, interval)} that {begins} with {_noun(span)}"
        case Absolute(start, Interval.HOUR | Interval.MINUTE as interval):
            return f"in the {interval} of {_moment(start, interval)}"
        case Absolute(_, Interval.YEAR):
            return f"in the year {_noun(term)}"
        case _:
            return f"{_preposition(term)} {_noun(term)}".lstrip()


def counted(count: int, interval: str) -> str:
    return f"{count} {interval}" if count == 1 else f"{count} {interval}s"


def _noun(span: Span) -> str:
    match span:
        case Absolute(start, interval):
            return _moment(start, interval)
        case FiscalPeriod(year, None):
            return f"fiscal year {year:04}"
        case FiscalPeriod(year, quarter):
            return f"the {_ORDINALS[(quarter or 1) - 1]} quarter of fiscal year {year:04}"
        case DayName(weekday):
            return f"the latest {WEEKDAYS[weekday].capitalize()}"
        case NearDay(days):
            return _NEAR_DAYS[days]
        case Neighbour(direction, interval):
            return f"{direction} {interval}"
        case Latest(count, interval, complete):
            return f"the last {counted(count, f'complete {interval}' if complete else interval)}"
        case Away(count, interval):
            away = f"{counted(abs(count), interval)} {'from now' if count > 0 else 'ago'}"
            return away if interval is Interval.DAY else f"the {interval} {away}"
        case Now():
            return "now"


def _moment(start: datetime, interval: Interval) -> str:
    match interval:
        case Interval.YEAR:
            return f"{start.year:04}"
        case Interval.QUARTER:
            return f"the {_ORDINALS[(start.month - 1) // 3]} quarter of {start.year:04}"
        case Interval.MONTH:
            return f"{_MONTHS[start.month - 1]} {start.year:04}"
        case Interval.DAY:
            return f"{start:%Y-%m-%d}"
        case Interval.SECOND:
            return f"{start:%Y-%m-%d %H:%M:%S}"
        case _:
            return f"{start:%Y-%m-%d %H:%M}"


def _preposition(span: Span) -> str:
    match span:
        case Absolute(_, Interval.DAY) | DayName():
            return "on"
        case Absolute(_, Interval.HOUR | Interval.MINUTE | Interval.SECOND):
            return "at"
        case NearDay() | Neighbour() | Now() | Away(_, Interval.DAY):
            return ""
        case _:
            return "in"


def _implied_preposition(span: Span) -> str:
    """Of `today`, `this week` and `now`, which have none where they stand alone."""
    match span:
        case Now():
            return "at"
        case Neighbour(_, interval) if interval is not Interval.DAY:
            return "in"
        case _:
            return "on"
