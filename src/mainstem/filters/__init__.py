"""Looker's filter expressions: a grammar a module, text in, a frozen condition out.

Pure: the present is passed in. An expression that is not understood is a FilterError that says where, what is
valid, and what may have been meant; none is guessed at. `describe` says an expression in English,
`expression_of` finds the expression of a condition, and `filters.widgets` is what a control holds.
"""

from __future__ import annotations

from mainstem.filters.advanced import AttributeValue, references, settle
from mainstem.filters.conditions import (
    AllOf,
    AnyOf,
    Anything,
    Condition,
    DistanceUnit,
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
from mainstem.filters.date import date_bounds, parse_date
from mainstem.filters.english import describe, describe_condition
from mainstem.filters.grammar import Grammar, parse
from mainstem.filters.inverse import expression_of
from mainstem.filters.location import parse_location
from mainstem.filters.number import parse_number
from mainstem.filters.string import parse_string
from mainstem.filters.string_writing import exact_text
from mainstem.filters.tier import parse_tier
from mainstem.filters.yesno import parse_yesno

__all__ = [
    "AllOf",
    "AnyOf",
    "Anything",
    "AttributeValue",
    "Condition",
    "DistanceUnit",
    "Grammar",
    "IsEmpty",
    "IsNull",
    "IsTrue",
    "LocationInBox",
    "LocationIs",
    "LocationWithin",
    "Not",
    "NumberIs",
    "NumberRange",
    "TextIs",
    "TextLike",
    "TimeRange",
    "date_bounds",
    "describe",
    "describe_condition",
    "exact_text",
    "expression_of",
    "parse",
    "parse_date",
    "parse_location",
    "parse_number",
    "parse_string",
    "parse_tier",
    "parse_yesno",
    "references",
    "settle",
]
