"""A control for texts: an operator and what it is about."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from mainstem.errors import QueryError
from mainstem.filters.conditions import (
    AllOf,
    AnyOf,
    Anything,
    Condition,
    IsEmpty,
    IsNull,
    Not,
    TextIs,
    TextLike,
    all_of,
    any_of,
)
from mainstem.filters.grammar import Grammar
from mainstem.filters.inverse import expression_of
from mainstem.filters.like import like_literal, unlike_literal
from mainstem.filters.string import parse_string


class StringOperator(StrEnum):
    ANY = "is any value"
    IS = "is"
    IS_NOT = "is not"
    CONTAINS = "contains"
    NOT_CONTAINS = "does not contain"
    STARTS_WITH = "starts with"
    NOT_STARTS_WITH = "does not start with"
    ENDS_WITH = "ends with"
    NOT_ENDS_WITH = "does not end with"
    EMPTY = "is empty"
    NOT_EMPTY = "is not empty"
    NULL = "is null"
    NOT_NULL = "is not null"


_Wild: TypeAlias = tuple[str, str]
_LIKE: dict[StringOperator, _Wild] = {
    StringOperator.CONTAINS: ("%", "%"),
    StringOperator.STARTS_WITH: ("", "%"),
    StringOperator.ENDS_WITH: ("%", ""),
}
_NEGATIVES = {
    StringOperator.IS_NOT: StringOperator.IS,
    StringOperator.NOT_CONTAINS: StringOperator.CONTAINS,
    StringOperator.NOT_STARTS_WITH: StringOperator.STARTS_WITH,
    StringOperator.NOT_ENDS_WITH: StringOperator.ENDS_WITH,
}
_POSITIVES = {positive: negative for negative, positive in _NEGATIVES.items()}
_BARE: dict[StringOperator, Condition] = {
    StringOperator.ANY: Anything(),
    StringOperator.EMPTY: IsEmpty(),
    StringOperator.NOT_EMPTY: Not(IsEmpty()),
    StringOperator.NULL: IsNull(),
    StringOperator.NOT_NULL: Not(IsNull()),
}


class StringWidget(msgspec.Struct, frozen=True):
    """Any of the values, or none of them where the operator negates.

    Raises QueryError for values that the operator does not take, and for none where it needs some.
    """

    operator: StringOperator = StringOperator.ANY
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        bare = self.operator in _BARE
        if bare is bool(self.values):
            raise QueryError(f"{self.operator.value!r} takes {'no values' if bare else 'values'}")
        if "" in self.values and self.operator not in (StringOperator.IS, StringOperator.IS_NOT):
            raise QueryError(f"{self.operator.value!r} takes values of one character at least")
        if len(set(self.values)) < len(self.values):
            raise QueryError(f"{self.operator.value!r} takes each value once")

    def condition(self) -> Condition:
        if self.operator in _BARE:
            return _BARE[self.operator]
        if self.operator is StringOperator.IS:
            return TextIs(self.values)
        if self.operator is StringOperator.IS_NOT:
            return Not(TextIs(self.values))
        before, after = _LIKE[_NEGATIVES.get(self.operator, self.operator)]
        likes = tuple(TextLike(before + like_literal(value) + after) for value in self.values)
        return all_of(tuple(map(Not, likes))) if self.operator in _NEGATIVES else any_of(likes)

    def to_expression(self) -> str:
        """Raises QueryError for a value no expression can hold: one that looks like a user attribute."""
        expression = expression_of(Grammar.STRING, self.condition())
        if expression is None:
            raise QueryError(f"no filter expression {self.operator} {', '.join(map(repr, self.values))}")
        return expression

    @classmethod
    def from_expression(cls, expression: str) -> StringWidget | None:
        return cls.from_condition(parse_string(expression))

    @classmethod
    def from_condition(cls, condition: Condition) -> StringWidget | None:
        for operator, bare in _BARE.items():
            if condition == bare:
                return cls(operator)
        return _negative(condition) or _positive(condition)


def _positive(condition: Condition) -> StringWidget | None:
    if isinstance(condition, TextIs):
        return StringWidget(StringOperator.IS, condition.values)
    alternatives = condition.conditions if isinstance(condition, AnyOf) else (condition,)
    parts = [_part(c) for c in alternatives]
    found = [part for part in parts if part is not None]
    operators = {operator for operator, _ in found}
    values = tuple(dict.fromkeys(value for _, value in found))
    if len(found) < len(parts) or len(operators) > 1:
        return None
    return StringWidget(operators.pop(), values)


def _negative(condition: Condition) -> StringWidget | None:
    refused = condition.conditions if isinstance(condition, AllOf) else (condition,)
    inner = tuple(c.condition for c in refused if isinstance(c, Not))
    positive = _positive(any_of(inner)) if inner and len(inner) == len(refused) else None
    return StringWidget(_POSITIVES[positive.operator], positive.values) if positive else None


def _part(condition: Condition) -> tuple[StringOperator, str] | None:
    if not isinstance(condition, TextLike):
        return None
    for operator, (before, after) in _LIKE.items():
        text = unlike_literal(condition.pattern, before, after)
        if text:
            return operator, text
    return None
