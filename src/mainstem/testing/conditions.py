"""Whether a value fulfils a filter's condition, by plain Python: what SQL made of it has to agree.

Texts, numbers, naive moments, booleans and (latitude, longitude) pairs; None is NULL. SQL's three-valued
logic is kept: None as a result is unknown, and keeps a row out as False does.
"""

from __future__ import annotations

import math
import operator
import re
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from collections.abc import Callable

_EARTH_METERS = 6371008.8


def holds(condition: Condition, value: Any) -> bool | None:
    match condition:
        case Anything():
            return True
        case IsNull():
            return value is None
        case IsEmpty():
            return value in (None, "")
        case Not(inner):
            return (
                value is None or not holds(inner, value)
                if _unknown_for_null(inner)
                else not holds(inner, value)
            )
        case AllOf(conditions):
            return _three(all, [holds(inner, value) for inner in conditions])
        case AnyOf(conditions):
            return _three(any, [holds(inner, value) for inner in conditions])
    return None if value is None else _holds(condition, value)


def like(text: str, pattern: str) -> bool:
    """SQL's LIKE with `^` as its escape."""
    wild = {"%": ".*", "_": "."}
    tokens = re.findall(r"\^?.", pattern, re.DOTALL)
    regex = "".join(wild.get(token) or re.escape(token[-1]) for token in tokens)
    return re.fullmatch(regex, text, re.DOTALL) is not None


def _unknown_for_null(condition: Condition) -> bool:
    return not isinstance(condition, IsNull | IsEmpty | IsTrue | Anything)


def _holds(condition: Condition, value: Any) -> bool:
    match condition:
        case IsTrue():
            return bool(value)
        case TextIs(values) | NumberIs(values):
            return value in values
        case TextLike(pattern):
            return like(value, pattern)
        case NumberRange():
            return _within(value, condition)
        case TimeRange(start, end):
            return bool((start is None or value >= start) and (end is None or value < end))
        case LocationIs(latitude, longitude):
            return bool(value == (float(latitude), float(longitude)))
        case LocationWithin():
            return _meters(value, condition) <= condition.meters
        case LocationInBox():
            return _in_box(value, condition)
    raise AssertionError(condition)


def _within(value: Any, bounds: NumberRange) -> bool:
    above = operator.ge if bounds.low_included else operator.gt
    below = operator.le if bounds.high_included else operator.lt
    over = bounds.low is None or above(value, bounds.low)
    return bool(over and (bounds.high is None or below(value, bounds.high)))


def _meters(place: tuple[float, float], circle: LocationWithin) -> float:
    """Along the great circle, by the chord through the sphere."""
    chord = math.dist(_on_sphere(*place), _on_sphere(float(circle.latitude), float(circle.longitude)))
    return _EARTH_METERS * 2 * math.asin(min(1.0, chord / 2))


def _on_sphere(latitude: float, longitude: float) -> tuple[float, float, float]:
    north, east = math.radians(latitude), math.radians(longitude)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def _in_box(place: tuple[float, float], box: LocationInBox) -> bool:
    sides = (place[1] >= float(box.west), place[1] <= float(box.east))
    across = any(sides) if box.west > box.east else all(sides)
    return float(box.south) <= place[0] <= float(box.north) and across


def _three(combine: Callable[[list[bool]], bool], results: list[bool | None]) -> bool | None:
    decided = combine([result is True for result in results])
    if combine is any:
        return True if decided else None if None in results else False
    return False if False in results else None if None in results else True
