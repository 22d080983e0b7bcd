"""`type: location` and `type: distance`: points on the earth, and how far two are apart as the crow flies."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from mainstem.errors import QueryError

if TYPE_CHECKING:
    from mainstem.query.dialects import Dialect

Place: TypeAlias = "tuple[str, str]"
"""Latitude and longitude, operands, in degrees."""

_EARTH_METERS = 6371008.8
"""Mean radius of the earth (IUGG R1)."""
_RADIANS = "0.017453292519943295"
_METERS = {
    "feet": 0.3048,
    "kilometers": 1000.0,
    "meters": 1.0,
    "miles": 1609.344,
    "nautical_miles": 1852.0,
    "yards": 0.9144,
}


def shown(place: Place, dialect: Dialect) -> str:
    """`latitude,longitude` as text, NULL where either is."""
    latitude, longitude = place
    return f"{dialect.as_text(latitude)} || ',' || {dialect.as_text(longitude)}"


def distance(start: Place, end: Place, units: str) -> str:
    """By haversines; rounding may lead past 1, where there is no arc sine."""
    if units not in _METERS:
        raise QueryError(f"units {units!r} of a distance are unknown; valid are {', '.join(_METERS)}")
    north = f"POWER(SIN(({end[0]} - {start[0]}) * {_RADIANS} / 2), 2)"
    east = f"POWER(SIN(({end[1]} - {start[1]}) * {_RADIANS} / 2), 2)"
    narrower = f"COS({start[0]} * {_RADIANS}) * COS({end[0]} * {_RADIANS})"
    diameter = round(2 * _EARTH_METERS / _METERS[units], 6)
    return f"{diameter} * ASIN(SQRT(LEAST(1.0, {north} + {narrower} * {east})))"
