"""A condition → an expression that means it, where the grammar has one.

Every expression given back has been read again and means the condition; what cannot be said is None.
Moments become dates of their own: which words once led to them is not known here.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from mainstem.errors import FilterError
from mainstem.filters.calendar import Interval, beginning, plus
from mainstem.filters.conditions import (
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
from mainstem.filters.date_terms import Absolute, After, Before, Between, Term
from mainstem.filters.date_writing import write_term
from mainstem.filters.grammar import Grammar, parse
from mainstem.filters.string_writing import escaped_pattern, exact_text

if TYPE_CHECKING:
    from decimal import Decimal

_ANY_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 -- naive by contract; no expression written here asks for it


def expression_of(grammar: Grammar, condition: Condition) -> str | None:
    """None when that grammar has no expression for it."""
    try:
        expression = ",".join(_items(grammar, condition))
        return expression if parse(grammar, expression, _ANY_TIME) == condition else None
    except (_Unspeakable, FilterError):
        return None


class _Unspeakable(Exception):
    pass


def _items(grammar: Grammar, condition: Condition) -> list[str]:
    match condition:
        case Anything():
            return []
        case AnyOf(conditions) | AllOf(conditions) if _is_list(condition):
            items = [item for c in conditions for item in _items(grammar, c)]
        case Not(inner):
            items = [_refused(grammar, item) for item in _items(grammar, inner)]
        case TextIs(values):
            items = [exact_text(value) for value in values]
        case NumberIs(values):
            items = [_number(value) for value in values]
        case _:
            items = [_item(grammar, condition)]
    return _with_second_not(items) if grammar is Grammar.NUMBER else items


def _is_list(condition: Condition) -> bool:
    """A list has alternatives, and what it refuses; other conjunctions are one item."""
    if isinstance(condition, AllOf):
        return all(isinstance(c, Not) for c in condition.conditions[1:])
    return True


def _with_second_not(items: list[str]) -> list[str]:
    """A lone NOT would refuse the numbers beside it too, so that it is said twice, as Looker does."""
    refused = [item for item in items if item.startswith("NOT ")]
    lone = len(refused) == 1 and len(items) > 1 and refused != ["NOT NULL"]
    return [*items, *refused] if lone else items


def _refused(grammar: Grammar, item: str) -> str:
    if grammar in (Grammar.STRING, Grammar.TIER):
        return f"-{item}"
    return f"NOT {item}"


def _item(grammar: Grammar, condition: Condition) -> str:
    match condition:
        case IsNull():
            return "NULL"
        case IsEmpty():
            return "EMPTY"
        case IsTrue():
            return "yes"
        case TextLike(pattern) if pattern:
            return escaped_pattern(pattern)
        case NumberRange():
            return _range(condition)
        case TimeRange(start, end):
            return write_term(_term(start, end))
        case AllOf(conditions) if grammar is Grammar.NUMBER:
            return " AND ".join(_item(grammar, c) for c in conditions)
        case NumberIs((value,)):
            return _number(value)
        case LocationIs(latitude, longitude):
            return _point(latitude, longitude)
        case LocationWithin(latitude, longitude, distance, unit):
            return f"{_number(distance)} {unit} from {_point(latitude, longitude)}"
        case LocationInBox(north=north, west=west, south=south, east=east):
            return f"inside box from {_point(north, west)} to {_point(south, east)}"
    raise _Unspeakable


def _range(bounds: NumberRange) -> str:
    if bounds.low is not None and bounds.high is not None:
        ends = "[" if bounds.low_included else "(", "]" if bounds.high_included else ")"
        return f"{ends[0]}{_number(bounds.low)},{_number(bounds.high)}{ends[1]}"
    if bounds.low is not None:
        return f"{'>=' if bounds.low_included else '>'}{_number(bounds.low)}"
    if bounds.high is not None:
        return f"{'<=' if bounds.high_included else '<'}{_number(bounds.high)}"
    return "(-inf,inf)"


def _term(start: datetime | None, end: datetime | None) -> Term:
    if start is None or end is None:
        bound = start or end
        if bound is None:
            raise _Unspeakable
        return Before(moment(bound)) if start is None else After(moment(bound))
    for interval in (*_WHOLE, Interval.DAY, Interval.HOUR, Interval.MINUTE, Interval.SECOND):
        if beginning(start, interval) == start and end == plus(start, 1, interval):
            return Absolute(start, interval)
    return Between(moment(start), moment(end))


_WHOLE = (Interval.YEAR, Interval.QUARTER, Interval.MONTH)


def moment(at: datetime) -> Absolute:
    """A moment as an expression names it: a day where it begins one, else to the second."""
    return Absolute(at, Interval.DAY if beginning(at, Interval.DAY) == at else Interval.SECOND)


def _number(value: Decimal) -> str:
    text = f"{value:f}"
    return text if len(re.sub(r"\D", "", text)) <= 40 else str(value)


def _point(latitude: Decimal, longitude: Decimal) -> str:
    return f"{_number(latitude)}, {_number(longitude)}"
