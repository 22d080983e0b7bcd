"""A control for places: a point, a circle around one, or a box."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from mainstem.errors import QueryError
from mainstem.filters.conditions import (
    Anything,
    Condition,
    IsNull,
    LocationInBox,
    LocationIs,
    LocationWithin,
    Not,
)
from mainstem.filters.grammar import Grammar
from mainstem.filters.inverse import expression_of
from mainstem.filters.location import parse_location

Place: TypeAlias = LocationIs | LocationWithin | LocationInBox


class LocationKind(StrEnum):
    ANYWHERE = "is anywhere"
    AT = "is at"
    WITHIN = "is within a distance of"
    IN_BOX = "is inside the box"
    NULL = "is null"
    NOT_NULL = "is not null"


_BARE: dict[LocationKind, Condition] = {
    LocationKind.ANYWHERE: Anything(),
    LocationKind.NULL: IsNull(),
    LocationKind.NOT_NULL: Not(IsNull()),
}
_PLACES: dict[LocationKind, type[Place]] = {
    LocationKind.AT: LocationIs,
    LocationKind.WITHIN: LocationWithin,
    LocationKind.IN_BOX: LocationInBox,
}


class LocationWidget(msgspec.Struct, frozen=True):
    """`place` holds the numbers, in the condition of that kind. Raises QueryError where they do not fit."""

    kind: LocationKind = LocationKind.ANYWHERE
    place: Place | None = None

    def __post_init__(self) -> None:
        expected = _PLACES.get(self.kind)
        if type(self.place) is not (expected or type(None)):
            raise QueryError(f"{self.kind.value!r} takes {expected.__name__ if expected else 'no place'}")

    def condition(self) -> Condition:
        return _BARE[self.kind] if self.place is None else self.place

    def to_expression(self) -> str:
        """Raises QueryError for degrees and distances that are none."""
        expression = expression_of(Grammar.LOCATION, self.condition())
        if expression is None:
            raise QueryError(f"no filter expression {self.kind} such degrees or distances")
        return expression

    @classmethod
    def from_expression(cls, expression: str) -> LocationWidget | None:
        condition = parse_location(expression)
        if isinstance(condition, LocationIs | LocationWithin | LocationInBox):
            return cls(
                next(kind for kind, place in _PLACES.items() if isinstance(condition, place)), condition
            )
        return next((cls(kind) for kind, bare in _BARE.items() if bare == condition), None)
