"""A control for numbers: an operator and one or two numbers, or several that are alternatives."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

import msgspec

from mainstem.errors import QueryError
from mainstem.filters.conditions import Anything, Condition, IsNull, Not, NumberIs, NumberRange
from mainstem.filters.grammar import Grammar
from mainstem.filters.inverse import expression_of
from mainstem.filters.number import parse_number


class NumberOperator(StrEnum):
    ANY = "is any value"
    IS = "is"
    IS_NOT = "is not"
    MORE = "is greater than"
    AT_LEAST = "is greater than or equal to"
    LESS = "is less than"
    AT_MOST = "is less than or equal to"
    BETWEEN = "is between"
    NOT_BETWEEN = "is not between"
    NULL = "is null"
    NOT_NULL = "is not null"


_BARE: dict[NumberOperator, Condition] = {
    NumberOperator.ANY: Anything(),
    NumberOperator.NULL: IsNull(),
    NumberOperator.NOT_NULL: Not(IsNull()),
}
_LISTS = (NumberOperator.IS, NumberOperator.IS_NOT)
_BELOW = (NumberOperator.MORE, NumberOperator.AT_LEAST)
_ABOVE = (NumberOperator.LESS, NumberOperator.AT_MOST)
_BOTH = (NumberOperator.BETWEEN, NumberOperator.NOT_BETWEEN)


class NumberWidget(msgspec.Struct, frozen=True):
    """`values` for IS and IS_NOT; `low` for greater, `high` for less, both for between.

    The two flags say whether the ends of a range that is between belong to it. Raises QueryError where the
    operator and what is given do not fit.
    """

    operator: NumberOperator = NumberOperator.ANY
    values: tuple[Decimal, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    low_included: bool = True
    high_included: bool = True

    def __post_init__(self) -> None:
        expected = (
            self.operator in _LISTS,
            self.operator in _BELOW + _BOTH,
            self.operator in _ABOVE + _BOTH,
        )
        if (bool(self.values), self.low is not None, self.high is not None) != expected:
            names = [name for name, needed in zip(("values", "low", "high"), expected, strict=True) if needed]
            raise QueryError(f"{self.operator.value!r} takes {' and '.join(names) or 'no numbers'}")
        if self.operator not in _BOTH and not (self.low_included and self.high_included):
            raise QueryError(f"{self.operator.value!r} has no range whose ends could be left out")
        if len(set(self.values)) < len(self.values):
            raise QueryError(f"{self.operator.value!r} takes each number once")

    def condition(self) -> Condition:
        match self.operator:
            case NumberOperator.IS:
                return NumberIs(self.values)
            case NumberOperator.IS_NOT:
                return Not(NumberIs(self.values))
            case NumberOperator.MORE | NumberOperator.AT_LEAST:
                return NumberRange(low=self.low, low_included=self.operator is NumberOperator.AT_LEAST)
            case NumberOperator.LESS | NumberOperator.AT_MOST:
                return NumberRange(high=self.high, high_included=self.operator is NumberOperator.AT_MOST)
            case NumberOperator.BETWEEN | NumberOperator.NOT_BETWEEN:
                between = NumberRange(
                    low=self.low,
                    high=self.high,
                    low_included=self.low_included,
                    high_included=self.high_included,
                )
                return between if self.operator is NumberOperator.BETWEEN else Not(between)
            case _:
                return _BARE[self.operator]

    def to_expression(self) -> str:
        """Raises QueryError for a number too long for any column."""
        expression = expression_of(Grammar.NUMBER, self.condition())
        if expression is None:
            raise QueryError(f"no filter expression {self.operator} numbers of such a size")
        return expression

    @classmethod
    def from_expression(cls, expression: str) -> NumberWidget | None:
        return cls.from_condition(parse_number(expression))

    @classmethod
    def from_condition(cls, condition: Condition) -> NumberWidget | None:
        for operator, bare in _BARE.items():
            if condition == bare:
                return cls(operator)
        match condition:
            case NumberIs(values):
                return cls(NumberOperator.IS, values)
            case Not(NumberIs(values)):
                return cls(NumberOperator.IS_NOT, values)
            case NumberRange():
                return _range(condition)
            case Not(NumberRange(low=Decimal(), high=Decimal()) as inner):
                return _between(NumberOperator.NOT_BETWEEN, inner)
            case _:
                return None


def _range(bounds: NumberRange) -> NumberWidget | None:
    match bounds:
        case NumberRange(low=Decimal(), high=Decimal()):
            return _between(NumberOperator.BETWEEN, bounds)
        case NumberRange(low=Decimal() as low, low_included=included):
            return NumberWidget(NumberOperator.AT_LEAST if included else NumberOperator.MORE, low=low)
        case NumberRange(high=Decimal() as high, high_included=included):
            return NumberWidget(NumberOperator.AT_MOST if included else NumberOperator.LESS, high=high)
        case _:
            return None


def _between(operator: NumberOperator, bounds: NumberRange) -> NumberWidget:
    return NumberWidget(
        operator,
        low=bounds.low,
        high=bounds.high,
        low_included=bounds.low_included,
        high_included=bounds.high_included,
    )
