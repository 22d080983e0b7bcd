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
    IsEmpty,
    IsNull,
    IsTrue,
    Not,
    NumberIs,
    NumberRange,
    TextIs,
    TextLike,
    TimeRange,
)
from mainstem.filters.date import parse_date
from mainstem.filters.number import parse_number
from mainstem.filters.string import parse_string
from mainstem.filters.yesno import parse_yesno

__all__ = [
    "AllOf",
    "AnyOf",
    "Anything",
    "Condition",
    "IsEmpty",
    "IsNull",
    "IsTrue",
    "Not",
    "NumberIs",
    "NumberRange",
    "TextIs",
    "TextLike",
    "TimeRange",
    "parse_date",
    "parse_number",
    "parse_string",
    "parse_yesno",
]
