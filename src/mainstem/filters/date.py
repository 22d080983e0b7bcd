"""Date filters: `7 days`, `last month`, `2 weeks ago for 1 week`, `after 2024-01-01`, `2024-01 to 2024-03`.

A comma joins alternatives. `n days` counts the present one; `n days ago for n days` are whole past ones;
`last n days` is `n days`, while `last week` is the week before this one, as Looker has it. A range holds
its beginning and not its end. The present is passed in, so that a meaning can be repeated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.filters.calendar import Interval, beginning, plus
from mainstem.filters.conditions import (
    Anything,
    Condition,
    IsNull,
    Not,
    TimeRange,
    any_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

VALID = (
    "7 days, last 7 days, last month, this month, today, yesterday, monday, 3 days ago, "
    "2 weeks ago for 1 week, 2024, 2024-01, 2024-01-31, 2024-01-01 to 2024-02-01, "
    "2024-01-01 for 3 days, before 2024-01-01, after 3 days ago, this year to day, NULL, NOT NULL; "
    "intervals are second, minute, hour, day, week, month, quarter, year"
)
_INTERVAL = r"(second|minute|hour|day|week|month|quarter|year)s?"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DATE = re.compile(r"(\d{4})(?:[-/](\d{2})(?:[-/](\d{2})(?:[ t](\d{2}):(\d{2})(?::(\d{2}))?)?)?)?z?")
_FOR = re.compile(rf"(.+?)\s+for\s+(\d+)\s+{_INTERVAL}")
_TO = re.compile(r"(.+?)\s+to\s+(.+)")
_THIS_TO = re.compile(rf"this\s+{_INTERVAL}\s+to\s+{_INTERVAL}")
_BOUND = re.compile(r"(before|after)\s+(.+)")


@dataclass(frozen=True)
class _Span:
    """A stretch of time an expression names by itself."""

    start: datetime
    end: datetime


def parse_date(expression: str, now: datetime) -> Condition:
    """`now` is naive, in the time zone of the query. Raises QueryError for what is no date filter."""
    items = [" ".join(item.lower().split()) for item in expression.split(",")]
    wanted = tuple(item for item in items if item)
    if not wanted:
        return Anything()
    try:
        return any_of(tuple(_condition(item, now) for item in wanted))
    except (_NotUnderstood, ValueError, OverflowError) as e:
        reason = f": {e}" if str(e) else ""
        message = f"date filter {expression!r} is not understood{reason}; valid are {VALID}"
        raise QueryError(message) from e


class _NotUnderstood(Exception):
    pass


def _condition(item: str, now: datetime) -> Condition:
    if item == "null":
        return IsNull()
    if item == "not null":
        return Not(IsNull())
    if "fiscal" in item or item.startswith("fy"):
        raise _NotUnderstood("fiscal periods are not supported yet")
    for pattern, meaning in _FORMS:
        match = pattern.fullmatch(item)
        if match:
            return meaning(match, now)
    span = _span(item, now)
    return TimeRange(span.start, span.end)


def _bound(match: re.Match[str], now: datetime) -> Condition:
    start = _span(match[2], now).start
    return TimeRange(None, start) if match[1] == "before" else TimeRange(start, None)


def _this_to(match: re.Match[str], now: datetime) -> Condition:
    return TimeRange(beginning(now, Interval(match[1])), beginning(now, Interval(match[2])))


def _range(match: re.Match[str], now: datetime) -> Condition:
    start, end = _span(match[1], now).start, _span(match[2], now).start
    if end < start:
        raise _NotUnderstood("it ends before it begins")
    return TimeRange(start, end)


def _stretch(match: re.Match[str], now: datetime) -> Condition:
    start = _span(match[1], now).start
    return TimeRange(start, plus(start, int(match[2]), Interval(match[3])))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Condition]], ...] = (
    (_BOUND, _bound),
    (_THIS_TO, _this_to),
    (_FOR, _stretch),
    (_TO, _range),
)
"""Forms made of other expressions, in the order in which they are tried."""


def _span(item: str, now: datetime) -> _Span:
    for pattern, meaning in _SPANS:
        match = pattern.fullmatch(item)
        if match:
            return meaning(match, now)
    raise _NotUnderstood("" if re.search(r"\d", item) is None else f"{item!r} is no time")


def _date(match: re.Match[str], _now: datetime) -> _Span:
    """A year, month, day, minute or second, by how much of it is written."""
    given = [int(part) for part in match.groups() if part is not None]
    start = datetime(*(given + [1, 1, 0, 0, 0][len(given) - 1 :]))  # type: ignore[arg-type] # noqa: DTZ001 -- naive by contract
    finest = (Interval.YEAR, Interval.MONTH, Interval.DAY, Interval.HOUR, Interval.MINUTE, Interval.SECOND)
    return _one(start, finest[len(given) - 1])


def _day_word(match: re.Match[str], now: datetime) -> _Span:
    days = {"yesterday": -1, "today": 0, "tomorrow": 1}[match[0]]
    return _one(beginning(now, Interval.DAY) + timedelta(days=days), Interval.DAY)


def _weekday(match: re.Match[str], now: datetime) -> _Span:
    """The latest one, today included."""
    back = (now.weekday() - _WEEKDAYS.index(match[0])) % 7
    return _one(beginning(now, Interval.DAY) - timedelta(days=back), Interval.DAY)


def _neighbour(match: re.Match[str], now: datetime) -> _Span:
    interval = Interval(match[2])
    return _one(
        plus(beginning(now, interval), {"last": -1, "this": 0, "next": 1}[match[1]], interval), interval
    )


def _latest(match: re.Match[str], now: datetime) -> _Span:
    """`n days`, the present one among them."""
    count, interval = int(match[1]), Interval(match[2])
    end = plus(beginning(now, interval), 1, interval)
    return _Span(plus(end, -count, interval), end)


def _away(match: re.Match[str], now: datetime) -> _Span:
    """`n days ago`, `n days from now`: that one interval."""
    count, interval = int(match[1]), Interval(match[2])
    return _one(plus(beginning(now, interval), -count if match[3] == "ago" else count, interval), interval)


def _one(start: datetime, interval: Interval) -> _Span:
    return _Span(start, plus(start, 1, interval))


_SPANS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], _Span]], ...] = (
    (_DATE, _date),
    (re.compile("yesterday|today|tomorrow"), _day_word),
    (re.compile("|".join(_WEEKDAYS)), _weekday),
    (re.compile(rf"(last|this|next)\s+{_INTERVAL}"), _neighbour),
    (re.compile(rf"(?:last\s+)?(\d+)\s+{_INTERVAL}"), _latest),
    (re.compile(rf"(\d+)\s+{_INTERVAL}\s+(ago|from now)"), _away),
)
