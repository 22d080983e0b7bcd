"""Places on the earth as points, by longitude and latitude on plain axes.

There is no map beneath them: its images and borders would have to be fetched from elsewhere. What has no
coordinates (names of countries, codes of areas) is not guessed at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mainstem.errors import QueryError
from mainstem.query.result import ColumnKind, OutputType
from mainstem.web.cell_text import format_cell
from mainstem.web.charts.drawn import (
    FIT,
    Drawn,
    counted,
    dimensions_of,
    label_of,
    number,
    numbers_of,
    told,
    tooltip,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.query.result import Cell, OutputColumn, QueryResult
    from mainstem.web.charts.drawn import Vis

MOST = 2000
NO_AREAS = "A map of areas needs their borders, which are not here: the numbers stand in a table."
_PAIR = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*")
_LATITUDE, _LONGITUDE = ("latitude", "lat"), ("longitude", "long", "lon", "lng")
_TOLD = 5
_Place = tuple[float, float]


def has_coordinates(result: QueryResult) -> bool:
    """Whether a dimension is a location, or two are a latitude and a longitude."""
    return _reader(result) is not None


def points(result: QueryResult, vis: Vis) -> Drawn:
    """Raises QueryError when nothing says where anything is."""
    found = _reader(result)
    if found is None:
        raise QueryError("a map needs a dimension of type location, or a latitude and a longitude")
    read, used = found
    names = [one for one in dimensions_of(result) if one[0] not in used]
    sized = next(iter(numbers_of(result)), None)
    rows, without = [], 0
    for row in result.rows:
        place = read(row)
        if place is None:
            without += 1
            continue
        where = f"{place[0]:.4f}, {place[1]:.4f}"
        label = f"{label_of(row, names)} ({where})" if names else where
        size = number(row[sized[0]]) if sized else None
        text = format_cell(row[sized[0]], sized[1]) if sized else where
        series = sized[1].field_label if sized else "Place"
        rows.append(told(label, series, text, latitude=place[0], longitude=place[1], size=size))
    notes = ["Points by longitude and latitude, without a map beneath."]
    if without:
        notes.append(f"{counted(without, 'row')} left out: without coordinates on the earth.")
    if len(rows) > MOST:
        notes.append(f"The first {MOST:,} of {len(rows):,} points are drawn.")
        rows = rows[:MOST]
    missing = sum(row["size"] is None for row in rows) if sized else 0
    rows = [row for row in rows if row["size"] is not None] if sized else rows
    return Drawn(_spec(rows, sized), _described(rows, sized), missing, tuple(notes))


def _reader(
    result: QueryResult,
) -> tuple[Callable[[tuple[Cell, ...]], _Place | None], frozenset[int]] | None:
    """How a row says where it is, and the columns that do."""
    texts = [
        n
        for n, column in enumerate(result.columns)
        if column.kind is ColumnKind.DIMENSION and column.type is OutputType.STRING
    ]
    for n in texts:
        cells = [row[n] for row in result.rows if row[n] is not None]
        if cells and all(_PAIR.fullmatch(str(cell)) for cell in cells):
            return (lambda row, n=n: _of_pair(row[n])), frozenset((n,))
    north, east = _named(result, _LATITUDE), _named(result, _LONGITUDE)
    if north is None or east is None:
        return None
    return (lambda row: _of_numbers(row[north], row[east])), frozenset((north, east))


def _named(result: QueryResult, names: tuple[str, ...]) -> int | None:
    for n, column in enumerate(result.columns):
        field = column.name.rpartition(".")[2].lower()
        is_so = any(field == name or field.endswith(f"_{name}") for name in names)
        if is_so and column.type is OutputType.NUMBER and column.kind is ColumnKind.DIMENSION:
            return n
    return None


def _of_pair(cell: Cell) -> _Place | None:
    match = _PAIR.fullmatch(str(cell)) if cell is not None else None
    return _on_earth(float(match[1]), float(match[2])) if match else None


def _of_numbers(north: Cell, east: Cell) -> _Place | None:
    latitude, longitude = number(north), number(east)
    return None if latitude is None or longitude is None else _on_earth(float(latitude), float(longitude))


def _on_earth(latitude: float, longitude: float) -> _Place | None:
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _spec(rows: list[dict[str, Any]], sized: tuple[int, OutputColumn] | None) -> dict[str, Any]:
    size = {"field": "size", "type": "quantitative", "scale": {"range": [15, 400]}, "legend": None}
    return {
        **FIT,
        "data": {"values": rows},
        "mark": {"type": "point", "filled": True, "opacity": 0.65, "size": 40},
        "encoding": {
            "x": _degrees("longitude", "E", "W"),
            "y": _degrees("latitude", "N", "S"),
            **({"size": size} if sized else {}),
            **tooltip("Place"),
        },
    }


def _degrees(field: str, up: str, down: str) -> dict[str, Any]:
    sides = f"(datum.value > 0 ? '° {up}' : datum.value < 0 ? '° {down}' : '°')"
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"zero": False, "nice": True},
        "axis": {"title": None, "tickCount": 6, "labelExpr": f"format(abs(datum.value), '~g') + {sides}"},
    }


def _described(rows: list[dict[str, Any]], sized: tuple[int, OutputColumn] | None) -> str:
    what = f", sized by {sized[1].field_label}" if sized else ""
    opening = f"Map of {counted(len(rows), 'point')}{what}"
    if not rows:
        return f"{opening}. Nothing to draw."
    north, east = [row["latitude"] for row in rows], [row["longitude"] for row in rows]
    span = f"Latitude {min(north):.2f} to {max(north):.2f}, longitude {min(east):.2f} to {max(east):.2f}."
    largest = sorted(rows, key=lambda row: -(row["size"] or 0))[:_TOLD] if sized else []
    named = f" Largest: {'; '.join(row['label'] + ' ' + row['text'] for row in largest)}." if largest else ""
    return f"{opening}. {span}{named}"
