"""A date expression as it was written, before anybody asks what time it is.

Stretches (`Span`) stand alone, or begin a bound, a range or a length of time. All of it is frozen and
serialises; only `date_meaning` knows how long ago `3 days ago` was.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from mainstem.filters.calendar import Interval


class Direction(StrEnum):
    LAST = "last"
    THIS = "this"
    NEXT = "next"


class Absolute(msgspec.Struct, frozen=True, tag=True):
    """A year, quarter, month, day, hour, minute or second by its date."""

    start: datetime
    interval: Interval


class FiscalPeriod(msgspec.Struct, frozen=True, tag=True):
    """A fiscal year, or one quarter of it, from 1 to 4."""

    year: int
    quarter: int | None = None


class DayName(msgspec.Struct, frozen=True, tag=True):
    """The latest day of that name, today included; 0 is Monday."""

    weekday: int


class NearDay(msgspec.Struct, frozen=True, tag=True):
    """Yesterday (-1), today, tomorrow (1)."""

    days: int


class Neighbour(msgspec.Struct, frozen=True, tag=True):
    """`last week`, `this month`, `next fiscal year`."""

    direction: Direction
    interval: Interval


class Latest(msgspec.Struct, frozen=True, tag=True):
    """`3 days`, `last 3 days`: the present one and those before it; complete ones leave the present out."""

    count: int
    interval: Interval
    complete: bool = False


class Away(msgspec.Struct, frozen=True, tag=True):
    """`3 days ago` (-3), `3 days from now` (3): that one interval."""

    count: int
    interval: Interval


class Now(msgspec.Struct, frozen=True, tag=True):
    """The present second."""


Span: TypeAlias = Absolute | FiscalPeriod | DayName | NearDay | Neighbour | Latest | Away | Now


class Before(msgspec.Struct, frozen=True, tag=True):
    """Before the span begins."""

    span: Span


class After(msgspec.Struct, frozen=True, tag=True):
    """Since the span begins: `after 2018-10-05` holds that day."""

    span: Span


class Between(msgspec.Struct, frozen=True, tag=True):
    """From the beginning of one span until the other begins."""

    first: Span
    second: Span


class Until(msgspec.Struct, frozen=True, tag=True):
    """`this year to day`: from the beginning of the present interval until that of the present finer one."""

    interval: Interval
    finer: Interval


class Lasting(msgspec.Struct, frozen=True, tag=True):
    """`2018-05-10 for 3 days`: that long from the beginning of the span."""

    span: Span
    count: int
    interval: Interval


class Nothing(msgspec.Struct, frozen=True, tag=True):
    """No date: NULL."""


Term: TypeAlias = Span | Before | After | Between | Until | Lasting | Nothing


class DateExpression(msgspec.Struct, frozen=True):
    """Any of what is included, none of what is excluded; without either, any time."""

    included: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()
