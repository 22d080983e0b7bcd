"""What a filter expression means: a frozen tree, without fields, SQL or time zones.

Every grammar of this package yields these, and whoever renders them needs to know nothing of grammars.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

import msgspec


class Anything(msgspec.Struct, frozen=True, tag=True):
    """Every row."""


class IsNull(msgspec.Struct, frozen=True, tag=True):
    pass


class IsEmpty(msgspec.Struct, frozen=True, tag=True):
    """NULL, or a text without characters."""


class IsTrue(msgspec.Struct, frozen=True, tag=True):
    """A yesno that is yes. Its `Not` holds for no and for NULL."""


class TextIs(msgspec.Struct, frozen=True, tag=True):
    """One of these texts, exactly."""

    values: tuple[str, ...]


class TextLike(msgspec.Struct, frozen=True, tag=True):
    """A SQL LIKE pattern: `%` any characters, `_` one; `^` before a character takes it literally."""

    pattern: str


class NumberIs(msgspec.Struct, frozen=True, tag=True):
    """One of these numbers."""

    values: tuple[Decimal, ...]


class NumberRange(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Between two numbers; None is no bound, and counts as included."""

    low: Decimal | None = None
    high: Decimal | None = None
    low_included: bool = True
    high_included: bool = True


class TimeRange(msgspec.Struct, frozen=True, tag=True):
    """From `start` until just before `end`, naive, in the time zone of the query; None is no bound."""

    start: datetime | None
    end: datetime | None


class DistanceUnit(StrEnum):
    METERS = "meters"
    FEET = "feet"
    KILOMETERS = "kilometers"
    MILES = "miles"


_METERS = {
    DistanceUnit.METERS: 1.0,
    DistanceUnit.FEET: 0.3048,
    DistanceUnit.KILOMETERS: 1000.0,
    DistanceUnit.MILES: 1609.344,
}


class LocationIs(msgspec.Struct, frozen=True, tag=True):
    """At that point exactly; degrees, north and east positive."""

    latitude: Decimal
    longitude: Decimal


class LocationWithin(msgspec.Struct, frozen=True, tag=True):
    """At most that far from a point, along the surface of the earth."""

    latitude: Decimal
    longitude: Decimal
    distance: Decimal
    unit: DistanceUnit

    @property
    def meters(self) -> float:
        return float(self.distance) * _METERS[self.unit]


class LocationInBox(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Between two parallels and two meridians, edges included.

    A box whose west is greater than its east crosses the 180th meridian.
    """

    north: Decimal
    west: Decimal
    south: Decimal
    east: Decimal


class Not(msgspec.Struct, frozen=True, tag=True):
    """Of a value: NULL fulfils it too, as in Looker, where `-FOO` is any value but FOO."""

    condition: Condition


class AllOf(msgspec.Struct, frozen=True, tag=True):
    conditions: tuple[Condition, ...]


class AnyOf(msgspec.Struct, frozen=True, tag=True):
    conditions: tuple[Condition, ...]


Condition: TypeAlias = (
    Anything
    | IsNull
    | IsEmpty
    | IsTrue
    | TextIs
    | TextLike
    | NumberIs
    | NumberRange
    | TimeRange
    | LocationIs
    | LocationWithin
    | LocationInBox
    | Not
    | AllOf
    | AnyOf
)


def any_of(conditions: tuple[Condition, ...]) -> Condition:
    return conditions[0] if len(conditions) == 1 else AnyOf(conditions)


def all_of(conditions: tuple[Condition, ...]) -> Condition:
    return conditions[0] if len(conditions) == 1 else AllOf(conditions)


def included_and_excluded(included: tuple[Condition, ...], excluded: tuple[Condition, ...]) -> Condition:
    """Looker's rule for a list: any of what is asked for, and none of what is refused."""
    asked = (any_of(included),) if included else ()
    refused = tuple(Not(condition) for condition in excluded)
    return all_of(asked + refused) if asked or refused else Anything()
