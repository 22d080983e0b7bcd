"""A control for dates: a kind, and the number, unit or dates it takes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from mainstem.errors import QueryError
from mainstem.filters.calendar import Interval, beginning
from mainstem.filters.date_reading import read_date
from mainstem.filters.date_terms import (
    Absolute,
    After,
    Away,
    Before,
    Between,
    DateExpression,
    Direction,
    FiscalPeriod,
    Lasting,
    Latest,
    NearDay,
    Neighbour,
    Nothing,
    Term,
)
from mainstem.filters.date_writing import write_date
from mainstem.filters.inverse import moment


class DateKind(StrEnum):
    ANY = "is any time"
    IN_THE_LAST = "is in the last"
    IN_THE_NEXT = "is in the next"
    """Without the present interval."""
    AGO = "is … ago"
    FROM_NOW = "is … from now"
    LAST = "is last"
    THIS = "is this"
    NEXT = "is next"
    YESTERDAY = "is yesterday"
    TODAY = "is today"
    TOMORROW = "is tomorrow"
    IN = "is in"
    """`start` names a period as long as `unit`: a year, a day, a second."""
    FISCAL = "is in the fiscal"
    """`year`, or one `quarter` of it."""
    BETWEEN = "is from … to before"
    BEFORE = "is before"
    AFTER = "is on or after"
    BEFORE_AGO = "is before … ago"
    AFTER_AGO = "is on or after … ago"
    BEFORE_FROM_NOW = "is before … from now"
    AFTER_FROM_NOW = "is on or after … from now"
    NULL = "is null"
    NOT_NULL = "is not null"


_COUNTED = {
    *(DateKind.IN_THE_LAST, DateKind.IN_THE_NEXT, DateKind.AGO, DateKind.FROM_NOW),
    *(DateKind.BEFORE_AGO, DateKind.AFTER_AGO, DateKind.BEFORE_FROM_NOW, DateKind.AFTER_FROM_NOW),
}
_DIRECTIONS = {
    DateKind.LAST: Direction.LAST,
    DateKind.THIS: Direction.THIS,
    DateKind.NEXT: Direction.NEXT,
}
_NEAR_DAYS = {DateKind.YESTERDAY: -1, DateKind.TODAY: 0, DateKind.TOMORROW: 1}
_UNITS = {*_COUNTED, *_DIRECTIONS, DateKind.IN}
_STARTS = {DateKind.IN, DateKind.BETWEEN, DateKind.BEFORE, DateKind.AFTER}
_FROM_NOW = {DateKind.FROM_NOW, DateKind.BEFORE_FROM_NOW, DateKind.AFTER_FROM_NOW}
_FUTURE = {DateKind.IN_THE_NEXT, *_FROM_NOW}
_MOST = 999_999_999
_TAKEN = ("n", "unit", "start", "end", "year")


class DateWidget(msgspec.Struct, frozen=True):
    """Raises QueryError where the kind and what is given do not fit.

    `n` and `unit` count intervals, from 1 where they lie ahead, else from 0; `complete` leaves the present
    one out of the last n. `start` and `end` are naive, to the second; `end` itself is left out. `quarter` is
    1 to 4, or None for the whole fiscal year.
    """

    kind: DateKind = DateKind.ANY
    n: int | None = None
    unit: Interval | None = None
    complete: bool = False
    start: datetime | None = None
    end: datetime | None = None
    year: int | None = None
    quarter: int | None = None

    def __post_init__(self) -> None:
        expected = (
            self.kind in _COUNTED,
            self.kind in _UNITS,
            self.kind in _STARTS,
            self.kind is DateKind.BETWEEN,
            self.kind is DateKind.FISCAL,
        )
        given = (self.n, self.unit, self.start, self.end, self.year)
        if tuple(value is not None for value in given) != expected:
            names = [n for n, e in zip(_TAKEN, expected, strict=True) if e]
            raise QueryError(f"{self.kind.value!r} takes {' and '.join(names) or 'nothing'}")
        self._check_values()

    def _check_values(self) -> None:
        if self.complete and self.kind is not DateKind.IN_THE_LAST:
            raise QueryError(f"{self.kind.value!r} has no complete intervals")
        if self.year is not None and not 1 <= self.year <= 9999:
            raise QueryError(f"{self.kind.value!r} takes a year from 1 to 9999, not {self.year}")
        if self.quarter is not None and not (self.kind is DateKind.FISCAL and 1 <= self.quarter <= 4):
            raise QueryError(f"{self.kind.value!r} takes no quarter {self.quarter}; a fiscal year has 1 to 4")
        least = 1 if self.kind in _FUTURE else 0
        if self.n is not None and not least <= self.n <= _MOST:
            raise QueryError(f"{self.kind.value!r} takes n from {least} to {_MOST}, not {self.n}")
        for at in (self.start, self.end):
            if at is not None and (at.microsecond or at.tzinfo):
                raise QueryError(f"{self.kind.value!r} takes times to the second, without a time zone")
        if self.start and self.end and self.end < self.start:
            raise QueryError(f"{self.kind.value!r} ends before it begins")
        if self.kind is DateKind.IN and self.start != _begun(self.start, self.unit):
            raise QueryError(f"no {self.unit} begins at {self.start}")

    def term(self) -> Term | None:
        """What it asks for; None is anything."""
        match self:
            case DateWidget(kind=DateKind.IN_THE_LAST, n=int() as n, unit=Interval() as unit):
                return Latest(n, unit, self.complete)
            case DateWidget(kind=DateKind.IN_THE_NEXT, n=int() as n, unit=Interval() as unit):
                return Lasting(Away(1, unit), n, unit)
            case DateWidget(year=int() as year):
                return FiscalPeriod(year, self.quarter)
            case DateWidget(kind=DateKind.BETWEEN, start=datetime() as start, end=datetime() as end):
                return Between(moment(start), moment(end))
            case DateWidget(kind=DateKind.IN, start=datetime() as start, unit=Interval() as unit):
                return Absolute(start, unit)
            case DateWidget(start=datetime() as start):
                return _bound(self.kind, moment(start))
            case DateWidget(n=int() as n, unit=Interval() as unit):
                return _bound(self.kind, Away(n if self.kind in _FROM_NOW else -n, unit))
            case DateWidget(unit=Interval() as unit):
                return Neighbour(_DIRECTIONS[self.kind], unit)
        if self.kind in _NEAR_DAYS:
            return NearDay(_NEAR_DAYS[self.kind])
        return None if self.kind is DateKind.ANY else Nothing()

    def expression(self) -> DateExpression:
        term = self.term()
        if term is None:
            return DateExpression()
        if self.kind is DateKind.NOT_NULL:
            return DateExpression(excluded=(term,))
        return DateExpression(included=(term,))

    def to_expression(self) -> str:
        return write_date(self.expression())

    @classmethod
    def from_expression(cls, expression: str) -> DateWidget | None:
        read = read_date(expression)
        if read == DateExpression():
            return cls()
        if read == DateExpression(excluded=(Nothing(),)):
            return cls(DateKind.NOT_NULL)
        if read.excluded or len(read.included) != 1:
            return None
        return cls.of_term(read.included[0])

    @classmethod
    def of_term(cls, term: Term) -> DateWidget | None:
        return _of_term(term)


def _begun(start: datetime | None, unit: Interval | None) -> datetime | None:
    """Weeks and fiscal periods have no dates of their own to be named by."""
    unnamed = unit in (Interval.WEEK, Interval.FISCAL_QUARTER, Interval.FISCAL_YEAR)
    return None if start is None or unit is None or unnamed else beginning(start, unit)


def _bound(kind: DateKind, span: Absolute | Away) -> Term:
    match kind:
        case DateKind.BEFORE | DateKind.BEFORE_AGO | DateKind.BEFORE_FROM_NOW:
            return Before(span)
        case DateKind.AFTER | DateKind.AFTER_AGO | DateKind.AFTER_FROM_NOW:
            return After(span)
        case _:
            return span


def _of_term(term: Term) -> DateWidget | None:
    match term:
        case Nothing():
            return DateWidget(DateKind.NULL)
        case Latest(n, unit, complete):
            return DateWidget(DateKind.IN_THE_LAST, n, unit, complete)
        case Lasting(Away(1, unit), n, same) if same is unit and n:
            return DateWidget(DateKind.IN_THE_NEXT, n, unit)
        case FiscalPeriod(year, quarter):
            return DateWidget(DateKind.FISCAL, year=year, quarter=quarter)
        case Away(n, unit):
            return DateWidget(DateKind.FROM_NOW if n > 0 else DateKind.AGO, abs(n), unit)
        case Neighbour(direction, unit):
            return DateWidget(_kind(_DIRECTIONS, direction), unit=unit)
        case NearDay(days):
            return DateWidget(_kind(_NEAR_DAYS, days))
        case Absolute(start, unit):
            return DateWidget(DateKind.IN, unit=unit, start=start)
        case Between(Absolute(start), Absolute(end)):
            return DateWidget(DateKind.BETWEEN, start=start, end=end)
        case Before(Absolute(start)):
            return DateWidget(DateKind.BEFORE, start=start)
        case After(Absolute(start)):
            return DateWidget(DateKind.AFTER, start=start)
        case Before(Away(n, unit)):
            kind = DateKind.BEFORE_FROM_NOW if n > 0 else DateKind.BEFORE_AGO
            return DateWidget(kind, abs(n), unit)
        case After(Away(n, unit)):
            kind = DateKind.AFTER_FROM_NOW if n > 0 else DateKind.AFTER_AGO
            return DateWidget(kind, abs(n), unit)
        case _:
            return None


def _kind(kinds: dict[DateKind, Direction] | dict[DateKind, int], value: Direction | int) -> DateKind:
    return next(kind for kind, of_kind in kinds.items() if of_kind == value)
