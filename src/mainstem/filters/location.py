"""Location filters: a point, a distance from one, a box, `NULL`, `NOT NULL`; nothing means anywhere.

`36.97, -122.03` is that point exactly, `40 miles from 36.97, -122.03` a circle, and `inside box from 72.33,
-173.14 to 14.39, -61.70` lies between its north-west and its south-east corner. Degrees are decimal, north
and east positive. There are no lists: a comma belongs to a point.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from mainstem.errors import FilterError
from mainstem.filters.conditions import (
    Anything,
    Condition,
    DistanceUnit,
    IsNull,
    LocationInBox,
    LocationIs,
    LocationWithin,
    Not,
)
from mainstem.filters.near_misses import suggestion, unknown_word

if TYPE_CHECKING:
    from collections.abc import Callable

VALID = (
    "36.97, -122.03, 40 miles from 36.97, -122.03, inside box from 72.33, -173.14 to 14.39, -61.70, NULL, "
    "NOT NULL; units are meters, feet, kilometers, miles"
)
_NUMBER = r"-?(?:\d{1,9}(?:\.\d{0,20})?|\.\d{1,20})"
_POINT = rf"({_NUMBER})\s*,\s*({_NUMBER})"
_WORDS = ("meters", "feet", "kilometers", "miles", "from", "inside", "box", "to", "not", "null")
_REWRITES = (
    (r"\b(?:km|kms|kilometer|kilometre|kilometres)\b", "kilometers"),
    (r"\b(?:mi|mile)\b", "miles"),
    (r"\b(?:m|meter|metre|metres)\b", "meters"),
    (r"\b(?:ft|foot)\b", "feet"),
    (r"\bof\b", "from"),
    (r"^(?:within|in) ", ""),
    (r"^(?:in |inside )?(?:the )?box (?:from )?", "inside box from "),
    (r"^-?\(?([-\d.]+)\s*[,;\s]\s*([-\d.]+)\)?$", r"\1, \2"),
    (r"^(?:anywhere|any value|any)$", ""),
)


def parse_location(expression: str) -> Condition:
    """Raises FilterError for what is no location filter."""
    text = " ".join(expression.split())
    try:
        return _condition(text)
    except _NotUnderstood as e:
        raise _error(expression, str(e)) from e


class _NotUnderstood(Exception):
    pass


def _condition(text: str) -> Condition:
    if not text:
        return Anything()
    for pattern, form in _FORMS:
        match = pattern.fullmatch(text)
        if match:
            return form(match)
    raise _NotUnderstood


def _point(match: re.Match[str]) -> Condition:
    return LocationIs(*_degrees(match[1], match[2]))


def _circle(match: re.Match[str]) -> Condition:
    latitude, longitude = _degrees(match[3], match[4])
    return LocationWithin(latitude, longitude, Decimal(match[1]), DistanceUnit(match[2].lower()))


def _box(match: re.Match[str]) -> Condition:
    north, west = _degrees(match[1], match[2])
    south, east = _degrees(match[3], match[4])
    if south > north:
        raise _NotUnderstood("its first corner is the north-west one, which lies south of the other here")
    return LocationInBox(north=north, west=west, south=south, east=east)


def _degrees(latitude: str, longitude: str) -> tuple[Decimal, Decimal]:
    north, east = Decimal(latitude), Decimal(longitude)
    if abs(north) > 90:
        raise _NotUnderstood(f"a latitude is from -90 to 90, not {latitude}")
    if abs(east) > 180:
        raise _NotUnderstood(f"a longitude is from -180 to 180, not {longitude}")
    return north, east


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Condition]], ...] = (
    (re.compile("null", re.IGNORECASE), lambda _: IsNull()),
    (re.compile("(?:not |- ?)null", re.IGNORECASE), lambda _: Not(IsNull())),
    (re.compile(_POINT, re.ASCII), _point),
    (
        re.compile(
            rf"(?!-)({_NUMBER})\s*(meters|feet|kilometers|miles) from {_POINT}", re.ASCII | re.IGNORECASE
        ),
        _circle,
    ),
    (re.compile(rf"inside box from {_POINT} to {_POINT}", re.ASCII | re.IGNORECASE), _box),
)


def _error(expression: str, reason: str) -> FilterError:
    unknown = unknown_word(expression, _WORDS)
    at, read = unknown if unknown and not reason else (0, expression)
    problem = reason or (
        f"{read!r} is no word of a location filter" if unknown else "no form is written like that"
    )
    hint = suggestion(expression, _WORDS, _reads, _REWRITES)
    return FilterError("location", expression, at, read, problem, VALID, hint)


def _reads(text: str) -> bool:
    try:
        return bool(text) and _condition(text) != Anything()
    except _NotUnderstood:
        return False
