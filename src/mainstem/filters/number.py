"""Number filters: `5`, `1, 2`, `>5`, `>=1 AND <10`, `1 to 10`, `[0,10)`, `(5,inf)`, `NOT 5`, `NULL`.

`,` and `OR` join alternatives; `AND` binds tighter. Looker's rule for NOT: where only the first item has
one, it negates the whole list; else each NOT refuses its own item from what the others ask for.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple, TypeGuard

from mainstem.errors import QueryError
from mainstem.filters.conditions import (
    AllOf,
    Anything,
    Condition,
    IsNull,
    NumberIs,
    NumberRange,
    included_and_excluded,
)

VALID = "5, 1,2,3, NOT 5, >5, >=1 AND <10, <1 OR >9, 1 to 10, [0,10), (5,inf), NULL, NOT NULL"
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_SEPARATOR = re.compile(r"\s*(?:,|\bOR\b)\s*", re.IGNORECASE)
_AND = re.compile(r"\s*\bAND\b\s*", re.IGNORECASE)
_NOT = re.compile(r"\s*(?:\bNOT\b|<>|!=)\s*", re.IGNORECASE)
_NULL = re.compile(r"NULL\b", re.IGNORECASE)
_INTERVAL = re.compile(
    rf"([\[(])\s*({_NUMBER}|-\s*inf)?\s*,\s*({_NUMBER}|\+?\s*inf)?\s*([\])])", re.IGNORECASE
)
_TO = re.compile(rf"(?:({_NUMBER})\s+)?to\b(?:\s+({_NUMBER}))?", re.IGNORECASE)
_COMPARISON = re.compile(rf"(>=|<=|>|<|=)\s*({_NUMBER})")
_VALUE = re.compile(_NUMBER)


class _Item(NamedTuple):
    negated: bool
    condition: Condition


def parse_number(expression: str) -> Condition:
    """Raises QueryError for what is no number filter."""
    if not expression.strip():
        return Anything()
    items = _items(expression)
    if items[0].negated and not any(item.negated for item in items[1:]):
        items = [_Item(True, item.condition) for item in items]
    included = _merged([item.condition for item in items if not item.negated])
    excluded = _merged([item.condition for item in items if item.negated])
    return included_and_excluded(included, excluded)


def _items(expression: str) -> list[_Item]:
    found: list[_Item] = []
    text = expression.strip()
    at = 0
    while True:
        negation = _NOT.match(text, at)
        at = negation.end() if negation else at
        condition, at = _conjunction(expression, text, at)
        found.append(_Item(negation is not None, condition))
        if at == len(text):
            return found
        separator = _SEPARATOR.match(text, at)
        if separator is None:
            raise _not_understood(expression, text[at:])
        at = separator.end()


def _conjunction(expression: str, text: str, at: int) -> tuple[Condition, int]:
    terms: list[Condition] = []
    while True:
        term, at = _term(expression, text, at)
        terms.append(term)
        joint = _AND.match(text, at)
        if joint is None:
            return (_joined(terms), at)
        at = joint.end()


def _term(expression: str, text: str, at: int) -> tuple[Condition, int]:
    if match := _NULL.match(text, at):
        return IsNull(), match.end()
    if match := _INTERVAL.match(text, at):
        return _interval(match), match.end()
    if (match := _TO.match(text, at)) and (match[1] or match[2]):
        return NumberRange(low=_bound(match[1]), high=_bound(match[2])), match.end()
    if match := _COMPARISON.match(text, at):
        return _comparison(match[1], Decimal(match[2])), match.end()
    if match := _VALUE.match(text, at):
        return NumberIs((Decimal(match[0]),)), match.end()
    raise _not_understood(expression, text[at:])


def _interval(match: re.Match[str]) -> NumberRange:
    return NumberRange(
        low=_bound(match[2]),
        high=_bound(match[3]),
        low_included=match[1] == "[",
        high_included=match[4] == "]",
    )


def _bound(text: str | None) -> Decimal | None:
    return None if text is None or "inf" in text.lower() else Decimal(text)


def _comparison(operator: str, number: Decimal) -> Condition:
    match operator:
        case "=":
            return NumberIs((number,))
        case ">" | ">=":
            return NumberRange(low=number, low_included=operator == ">=")
        case _:
            return NumberRange(high=number, high_included=operator == "<=")


def _joined(terms: list[Condition]) -> Condition:
    """`>=1 AND <10` as one range."""
    if len(terms) == 2:
        for low, high in (terms, terms[::-1]):
            if _bounds_below(low) and _bounds_above(high):
                return _between(low, high)
    return terms[0] if len(terms) == 1 else AllOf(tuple(terms))


def _bounds_below(term: Condition) -> TypeGuard[NumberRange]:
    return isinstance(term, NumberRange) and term.high is None


def _bounds_above(term: Condition) -> TypeGuard[NumberRange]:
    return isinstance(term, NumberRange) and term.low is None


def _between(low: NumberRange, high: NumberRange) -> NumberRange:
    return NumberRange(
        low=low.low, high=high.high, low_included=low.low_included, high_included=high.high_included
    )


def _merged(conditions: list[Condition]) -> tuple[Condition, ...]:
    numbers = tuple(value for c in conditions if isinstance(c, NumberIs) for value in c.values)
    rest = tuple(c for c in conditions if not isinstance(c, NumberIs))
    return ((NumberIs(tuple(dict.fromkeys(numbers))),) if numbers else ()) + rest


def _not_understood(expression: str, rest: str) -> QueryError:
    where = f" at {rest.strip()!r}" if rest.strip() and rest.strip() != expression.strip() else ""
    return QueryError(f"number filter {expression!r} is not understood{where}; valid are {VALID}")
