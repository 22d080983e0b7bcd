"""A field's filter expression → its meaning → a SQL predicate, in two steps that share no knowledge.

`condition_of` reads, `predicate` writes. Neither knows a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from mainstem.semantics import filtering
from mainstem.semantics.model import Datatype, Dimension, Measure

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from mainstem.query.dialects import Dialect


def condition_of(field: Dimension | Measure, name: str, expression: str, now: datetime) -> Condition:
    """`now` is naive UTC. Raises QueryError that names the field."""
    try:
        return filtering.condition_of(field, expression, now)
    except QueryError as e:
        raise QueryError(f"{name}: {e}") from e


def datatype_of(field: Dimension | Measure) -> Datatype:
    return (field.datatype if isinstance(field, Dimension) else None) or Datatype.TIMESTAMP


def predicate(condition: Condition, sql: str, datatype: Datatype, dialect: Dialect) -> str | None:
    """None when every row fulfils it. `sql` is an operand: a column, a call, or in parentheses."""
    if isinstance(condition, Anything):
        return None
    return _Predicates(sql, datatype, dialect).of(condition)


class _Predicates:
    def __init__(self, sql: str, datatype: Datatype, dialect: Dialect) -> None:
        self.sql = sql
        self.datatype = datatype
        self.dialect = dialect

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
                return self.dialect.like(self.sql, pattern)
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
        if len(literals) == 1:
            return f"{self.sql} {single} {literals[0]}"
        return f"{self.sql} {several} ({', '.join(literals)})"

    def _literal(self, value: str | Decimal) -> str:
        return self.dialect.text(value) if isinstance(value, str) else self.dialect.number(value)

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
            terms.append(f"{self.sql} >= {self.dialect.moment(bounds.start, self.datatype)}")
        if bounds.end is not None:
            terms.append(f"{self.sql} < {self.dialect.moment(bounds.end, self.datatype)}")
        return self._all(terms)

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
