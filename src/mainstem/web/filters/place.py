"""Rows of a location filter: degrees, a distance, the corners of a box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.filters import DistanceUnit, LocationInBox, LocationIs, LocationWithin
from mainstem.filters.widgets import LocationKind, LocationWidget
from mainstem.web.filters.number import number, written
from mainstem.web.filters.rows import Operator, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHAPES = {LocationKind.AT: "point", LocationKind.WITHIN: "circle", LocationKind.IN_BOX: "box"}
_TEXTS = {
    LocationKind.AT: ("latitude", "longitude"),
    LocationKind.WITHIN: ("latitude", "longitude", "distance"),
    LocationKind.IN_BOX: ("north", "west", "south", "east"),
}
OPERATORS = tuple(Operator(one.name.lower(), one.value, _SHAPES.get(one, "")) for one in LocationKind)
UNITS = tuple(DistanceUnit)


def row_of(widget: LocationWidget) -> Row:
    texts: dict[str, str] = {}
    for name in _TEXTS.get(widget.kind, ()):
        texts[name] = written(getattr(widget.place, name))
    if isinstance(widget.place, LocationWithin):
        texts["unit"] = widget.place.unit.value
    return Row(widget.kind.name.lower(), texts=texts)


def widget_of(row: Row, _: Sequence[str] = ()) -> LocationWidget | None:
    """None for a row without a number. Raises QueryError for half a place."""
    kind = LocationKind[row.operator.upper()]
    names = _TEXTS.get(kind, ())
    if not names:
        return LocationWidget(kind)
    if row.is_blank(*names):
        return None
    missing = [name for name in names if row.is_blank(name)]
    if missing:
        raise QueryError(f"This place lacks its {' and '.join(missing)}.")
    given = {name: number(row.text(name)) for name in names}
    match kind:
        case LocationKind.WITHIN:
            unit = DistanceUnit(row.text("unit") or DistanceUnit.KILOMETERS)
            return LocationWidget(kind, LocationWithin(**given, unit=unit))
        case LocationKind.IN_BOX:
            return LocationWidget(kind, LocationInBox(**given))
        case _:
            return LocationWidget(kind, LocationIs(**given))
