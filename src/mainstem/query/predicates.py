"""A field's filter expression → its meaning → a SQL predicate, in two steps that share no knowledge.

`condition_of` reads, `predicate` writes. Neither knows a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.filters import (
    AllOf,
    AnyOf,
    Anything,
    Condition,
    IsEmpty,
    IsNull,
    IsTrue,
    LocationInBox,
    LocationIs,
    LocationWithin,
    Not,
    NumberIs,
    NumberRange,
    TextIs,
    TextLike,
    TimeRange,
)
from mainstem.query.location_predicates import location_predicate
from mainstem.semantics import filtering
from mainstem.semantics.model import Datatype, Dimension, FilterField, Measure, MeasureType

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from mainstem.query.clock import Clock
    from mainstem.query.dialects import Dialect
    from mainstem.semantics.model import ViewField

_MEASURED = {MeasureType.DATE: Datatype.DATE, MeasureType.DATE_TIME: Datatype.DATETIME}
"""Measures are compared as they are shown, in the zone of the query."""


class Operand(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared."""

    sql: str
    """A column, a call, or in parentheses."""
    datatype: Datatype = Datatype.TIMESTAMP
    convert_tz: bool = True
    """Whether it is shown in the zone of the query, and so are the bounds it is compared with."""
    place: tuple[str, str] | None = None
    """Latitude and longitude, of a location."""
    case_sensitive: bool = True


def condition_of(field: ViewField, name: str, expression: str, clock: Clock) -> Condition:
    """Raises QueryError that names the field."""
    try:
        return filtering.condition_of(
            field,
            expression,
            clock.now,
            week_start_day=clock.week_start_day,
            fiscal_month_offset=clock.fiscal_month_offset,
        )
    except QueryError as e:
        raise QueryError(f"{name}: {e}") from e


def operand_of(
    field: ViewField, sql: str, *, place: tuple[str, str] | None = None, case_sensitive: bool = True
) -> Operand:
    """`sql` compared as a field of that kind is; `case_sensitive` holds where the field says nothing."""
    dated = field if isinstance(field, Dimension | FilterField) else None
    shown = _MEASURED.get(field.type, Datatype.TIMESTAMP) if isinstance(field, Measure) else None
    return Operand(
        sql=sql,
        datatype=shown or (dated.datatype if dated else None) or Datatype.TIMESTAMP,
        convert_tz=dated.convert_tz if dated else False,
        place=place,
        case_sensitive=case_sensitive if field.case_sensitive is None else field.case_sensitive,
    )


def predicate(condition: Condition, operand: Operand, dialect: Dialect, clock: Clock) -> str | None:
    """None when every row fulfils it."""
    if isinstance(condition, Anything):
        return None
    if operand.place is not None:
        return location_predicate(condition, *operand.place, dialect)
    return _Predicates(operand, dialect, clock).of(condition)


class _Predicates:
    def __init__(self, operand: Operand, dialect: Dialect, clock: Clock) -> None:
        self.operand = operand
        self.sql = operand.sql
        self.dialect = dialect
        self.clock = clock

    def of(self, condition: Condition) -> str:
        match condition:
            case Anything():
                return "1 = 1"
            case IsNull():
                return f"{self.sql} IS NULL"
            case IsEmpty():
                return f"({self.sql} IS NULL OR {self.sql} = '')"
            case IsTrue():
                return self.sql
            case TextIs() | NumberIs():
                return self._one_of(condition, "=", "IN")
            case TextLike(pattern):
                return self.dialect.like(self.sql, pattern, self.operand.case_sensitive)
            case NumberRange():
                return self._number_range(condition)
            case TimeRange():
                return self._time_range(condition)
            case LocationIs() | LocationWithin() | LocationInBox():
                raise QueryError(
                    f"{self.sql} is one column, and a place is filtered by latitude and longitude"
                )
            case Not(inner):
                return self._not(inner)
            case AllOf(conditions):
                return "(" + " AND ".join(map(self.of, conditions)) + ")"
            case AnyOf(conditions):
                return "(" + " OR ".join(map(self.of, conditions)) + ")"

    def _one_of(self, condition: TextIs | NumberIs, single: str, several: str) -> str:
        literals = [self._literal(value) for value in condition.values]
        folded = isinstance(condition, TextIs) and not self.operand.case_sensitive
        sql = f"LOWER({self.sql})" if folded else self.sql
        if len(literals) == 1:
            return f"{sql} {single} {literals[0]}"
        return f"{sql} {several} ({', '.join(literals)})"

    def _literal(self, value: str | Decimal) -> str:
        if not isinstance(value, str):
            return self.dialect.number(value)
        literal = self.dialect.text(value)
        return literal if self.operand.case_sensitive else f"LOWER({literal})"

    def _number_range(self, bounds: NumberRange) -> str:
        terms: list[str] = []
        if bounds.low is not None:
            terms.append(
                f"{self.sql} {'>=' if bounds.low_included else '>'} {self.dialect.number(bounds.low)}"
            )
        if bounds.high is not None:
            terms.append(
                f"{self.sql} {'<=' if bounds.high_included else '<'} {self.dialect.number(bounds.high)}"
            )
        return self._all(terms)

    def _time_range(self, bounds: TimeRange) -> str:
        terms: list[str] = []
        if bounds.start is not None:
            terms.append(f"{self.sql} >= {self._moment(bounds.start)}")
        if bounds.end is not None:
            terms.append(f"{self.sql} < {self._moment(bounds.end)}")
        return self._all(terms)

    def _moment(self, bound: datetime) -> str:
        datatype = self.operand.datatype
        return self.dialect.moment(self.clock.stored(bound, datatype, self.operand.convert_tz), datatype)

    def _all(self, terms: list[str]) -> str:
        if len(terms) == 1:
            return terms[0]
        return f"({' AND '.join(terms)})" if terms else f"{self.sql} IS NOT NULL"

    def _not(self, inner: Condition) -> str:
        match inner:
            case IsNull():
                return f"{self.sql} IS NOT NULL"
            case IsEmpty():
                return f"({self.sql} IS NOT NULL AND {self.sql} <> '')"
            case IsTrue():
                return f"NOT COALESCE({self.sql}, FALSE)"
            case TextIs() | NumberIs():
                return f"({self.sql} IS NULL OR {self._one_of(inner, '<>', 'NOT IN')})"
            case AllOf() | AnyOf():
                return f"(NOT COALESCE({self.of(inner)}, FALSE))"
            case _:
                return f"({self.sql} IS NULL OR NOT ({self.of(inner)}))"
