"""A filter expression in English, for people: exactly what it lets through, without its grammar.

`contains 'abc' and does not start with 'x'`, `is 5 or more and less than 10`, `is in the last 7 days`. It
begins with a verb, so that it can follow a field's label.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

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
from mainstem.filters.date_english import describe_date
from mainstem.filters.date_reading import read_date
from mainstem.filters.grammar import Grammar
from mainstem.filters.location import parse_location
from mainstem.filters.number import parse_number
from mainstem.filters.string import parse_string
from mainstem.filters.tier import parse_tier
from mainstem.filters.yesno import parse_yesno

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIKE_TOKEN = re.compile(r"\^(.)|([%_])|(.)", re.DOTALL)
_SEVERAL = re.compile(r" (?:and|or) ")


def describe(grammar: Grammar, expression: str, *, labels: Sequence[str] = ()) -> str:
    """What an expression lets through. `labels` are a tier's own. Raises FilterError."""
    match grammar:
        case Grammar.DATE:
            return describe_date(read_date(expression))
        case Grammar.NUMBER:
            return describe_condition(parse_number(expression))
        case Grammar.YESNO:
            return describe_condition(parse_yesno(expression))
        case Grammar.LOCATION:
            found = parse_location(expression)
            return "is anywhere" if isinstance(found, Anything) else describe_condition(found)
        case Grammar.STRING:
            return describe_condition(parse_string(expression))
        case Grammar.TIER:
            return describe_condition(parse_tier(expression, labels))


def describe_condition(condition: Condition) -> str:
    match condition:
        case AnyOf(conditions):
            return _listed([describe_condition(c) for c in conditions], "or")
        case AllOf(conditions):
            return _listed([describe_condition(c) for c in conditions], "and")
        case Not(inner):
            return _negative(inner)
        case _:
            return _positive(condition)


def _listed(clauses: list[str], word: str) -> str:
    """With a comma before the word where a clause has such a word of its own, quoted texts aside."""
    several = any(_SEVERAL.search(re.sub(r"'[^']*'|\"[^\"]*\"", "", clause)) for clause in clauses)
    return (f", {word} " if several else f" {word} ").join(clauses)


def _positive(condition: Condition) -> str:
    match condition:
        case Anything():
            return "is any value"
        case IsTrue():
            return "is yes"
        case IsEmpty():
            return "is empty or null"
        case TextLike(pattern):
            verb, text = _likeness(pattern)
            return f"{verb} {text}"
        case _:
            return f"is {_complement(condition)}"


_NEGATIVE_VERBS = {
    "contains": "does not contain",
    "starts with": "does not start with",
    "ends with": "does not end with",
    "matches the pattern": "does not match the pattern",
    "is any": "is no",
}


def _negative(condition: Condition) -> str:
    match condition:
        case Anything():
            return "is no value"
        case IsTrue():
            return "is no"
        case IsEmpty():
            return "is neither empty nor null"
        case TextLike(pattern):
            verb, text = _likeness(pattern)
            return f"{_NEGATIVE_VERBS[verb]} {text}"
        case NumberRange(low=Decimal(), high=Decimal()):
            return f"is not both {_complement(condition)}"
        case AllOf() | AnyOf():
            return f"is not such that it {describe_condition(condition)}"
        case Not(inner):
            return _positive(inner)
        case _:
            return f"is not {_complement(condition)}"


def _complement(condition: Condition) -> str:
    """What follows `is` and `is not`."""
    match condition:
        case IsNull():
            return "null"
        case TextIs(values):
            return _alternatives([_quoted(value) for value in values])
        case NumberIs(values):
            return _alternatives([_number(value) for value in values])
        case NumberRange():
            return _range(condition)
        case TimeRange(start, end):
            bounds = [f"on or after {start}"] if start else []
            bounds += [f"before {end}"] if end else []
            return " and ".join(bounds) or "any time"
        case LocationIs(latitude, longitude):
            return f"at {_point(latitude, longitude)}"
        case LocationWithin(latitude, longitude, distance, unit):
            return f"within {_number(distance)} {unit} of {_point(latitude, longitude)}"
        case LocationInBox():
            corners = (_point(condition.north, condition.west), _point(condition.south, condition.east))
            return f"inside the box from {corners[0]} to {corners[1]}"
    return "any value"


def _likeness(pattern: str) -> tuple[str, str]:
    """The verb of a LIKE pattern, and its text in quotes."""
    tokens = [(m[1] or m[3], m[2]) for m in _LIKE_TOKEN.finditer(pattern)]
    starts = len(tokens) > 1 and tokens[0][1] == "%"
    ends = len(tokens) > 1 and tokens[-1][1] == "%"
    inner = tokens[int(starts) : len(tokens) - int(ends)]
    if pattern == "%":
        return "is any", "text"
    if not inner or any(wild for _, wild in inner) or not (starts or ends):
        return "matches the pattern", _quoted(pattern)
    text = _quoted("".join(plain for plain, _ in inner))
    return ("contains" if starts and ends else "ends with" if starts else "starts with"), text


def _range(bounds: NumberRange) -> str:
    terms: list[str] = []
    if bounds.low is not None:
        low = _number(bounds.low)
        terms.append(f"{low} or more" if bounds.low_included else f"more than {low}")
    if bounds.high is not None:
        high = _number(bounds.high)
        terms.append(f"{high} or less" if bounds.high_included else f"less than {high}")
    return " and ".join(terms) or "any number"


def _alternatives(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"


def _number(value: Decimal) -> str:
    return f"{value:f}"


def _point(latitude: Decimal, longitude: Decimal) -> str:
    return f"{_number(latitude)}, {_number(longitude)}"


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"
