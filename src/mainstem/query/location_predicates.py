"""What a location filter means → a SQL predicate over a latitude and a longitude, in degrees.

Distances are great circles on a sphere, within 0.6% of those on the ellipsoid. It is their haversines that
are compared: that takes no arc sine, which fails where rounding leads past 1. A place without one of its two
numbers is no place: NULL.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.filters import (
    AllOf,
    AnyOf,
    Anything,
    Condition,
    IsNull,
    LocationInBox,
    LocationIs,
    LocationWithin,
    Not,
)

if TYPE_CHECKING:
    from mainstem.query.dialects import Dialect

_EARTH_METERS = 6371008.8
"""Mean radius of the earth (IUGG R1)."""
_RADIANS = "0.017453292519943295"
"""A degree; BigQuery has no RADIANS."""


def location_predicate(condition: Condition, latitude: str, longitude: str, dialect: Dialect) -> str | None:
    """None when every row fulfils it. The two are operands: columns, calls, or in parentheses."""
    if isinstance(condition, Anything):
        return None
    return _Place(latitude, longitude, dialect).of(condition)


class _Place:
    def __init__(self, latitude: str, longitude: str, dialect: Dialect) -> None:
        self.latitude = latitude
        self.longitude = longitude
        self.dialect = dialect

    def of(self, condition: Condition) -> str:
        match condition:
            case Anything():
                return "1 = 1"
            case IsNull():
                return f"({self.latitude} IS NULL OR {self.longitude} IS NULL)"
            case LocationIs(latitude, longitude):
                number = self.dialect.number
                return f"({self.latitude} = {number(latitude)} AND {self.longitude} = {number(longitude)})"
            case LocationWithin():
                return self._within(condition)
            case LocationInBox():
                return self._box(condition)
            case Not(IsNull()):
                return f"({self.latitude} IS NOT NULL AND {self.longitude} IS NOT NULL)"
            case Not(inner):
                return f"(NOT COALESCE({self.of(inner)}, FALSE))"
            case AllOf(conditions):
                return "(" + " AND ".join(map(self.of, conditions)) + ")"
            case AnyOf(conditions):
                return "(" + " OR ".join(map(self.of, conditions)) + ")"
            case _:
                raise QueryError(f"a location has no {type(condition).__name__} filter")

    def _within(self, circle: LocationWithin) -> str:
        latitude = f"({self.dialect.number(circle.latitude)})"
        longitude = f"({self.dialect.number(circle.longitude)})"
        north = f"POWER(SIN(({self.latitude} - {latitude}) * {_RADIANS} / 2), 2)"
        east = f"POWER(SIN(({self.longitude} - {longitude}) * {_RADIANS} / 2), 2)"
        narrower = f"COS({latitude} * {_RADIANS}) * COS({self.latitude} * {_RADIANS})"
        return f"{north} + {narrower} * {east} <= {_haversine(circle.meters)!r}"

    def _box(self, box: LocationInBox) -> str:
        number = self.dialect.number
        between = f"{self.latitude} BETWEEN {number(box.south)} AND {number(box.north)}"
        west, east = (
            f"{self.longitude} >= {number(box.west)}",
            f"{self.longitude} <= {number(box.east)}",
        )
        across = f"({west} OR {east})" if box.west > box.east else f"{west} AND {east}"
        return f"({between} AND {across})"


def _haversine(meters: float) -> float:
    """Of the angle that an arc of that length spans; more than any angle's for half the globe and beyond."""
    half_angle = meters / _EARTH_METERS / 2
    return math.sin(half_angle) ** 2 if half_angle < math.pi / 2 else 2.0
