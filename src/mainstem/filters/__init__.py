"""Looker's filter expressions: a grammar a module, text in, a frozen condition out.

Pure: the present is passed in. An expression that is not understood is a QueryError that says what is
valid; none is guessed at.
"""

from __future__ import annotations

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
from mainstem.filters.location import parse_location
from mainstem.filters.number import parse_number
from mainstem.filters.string import parse_string
from mainstem.filters.tier import parse_tier
from mainstem.filters.yesno import parse_yesno

__all__ = [
    "AllOf",
    "AnyOf",
    "Anything",
    "Condition",
    "DistanceUnit",
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
    "parse_date",
    "parse_location",
    "parse_number",
    "parse_string",
    "parse_tier",
    "parse_yesno",
]
