"""What every chart along an axis starts from: points with a place on the axis, a series and a value.

Series come from the pivoted dimensions, from the measures, or from both. The first unpivoted dimension is
the axis; further ones become part of its labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.display import format_of
from mainstem.query.grid import grid_of, rows_by_place
from mainstem.query.result import OutputType
from mainstem.web.cell_text import format_cell, text_of_key
from mainstem.web.charts.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.query.grid import Grid, Key
    from mainstem.query.result import Cell, OutputColumn, QueryResult


@dataclass(frozen=True)
class Point:
    place: str
    """Position on the axis: an ISO time of a timeline, else the label."""
    label: str
    """Position as people read it."""
    series: str
    value: float | int | None
    """None where the value is NULL."""
    text: str
    """Value as people read it."""


@dataclass(frozen=True)
class Series:
    axis_label: str
    value_label: str
    """The measure's label; with several measures, all of them."""
    names: tuple[str, ...]
    """The series, in legend order; one for a plain chart."""
    points: tuple[Point, ...]
    places: tuple[str, ...]
    """Every position, in axis order; on a timeline also those between, where nothing came."""
    timeline: Timeline | None
    value_format: str | None
    whole: bool
    """All values are whole numbers, so an axis needs no ticks between."""
    is_pivoted: bool
    fields: Mapping[str, str]
    """Series → the measure it shows, `view.field`."""
    keys: Mapping[str, tuple[str, ...]]
    """Series → the names that settings of LookML know it by."""
    formats: Mapping[str, str | None]
    """Series → the spreadsheet format of its values."""

    @property
    def is_named(self) -> bool:
        """Whether a reader must be told which series is which; also when a pivot has but one value."""
        return self.is_multiple or self.is_pivoted

    @property
    def is_multiple(self) -> bool:
        return len(self.names) > 1


def read_series(result: QueryResult) -> Series:
    """Raises QueryError when there is no dimension for the axis, or no measure that is a number."""
    grid = grid_of(result, column_limit=-1)
    if not grid.dimensions:
        raise QueryError("a chart along an axis needs a dimension that is not pivoted")
    numeric = [column for column in grid.measures if column.type is OutputType.NUMBER]
    if not numeric:
        raise QueryError("a chart along an axis needs a measure that is a number")
    timeline = Timeline.of(grid.dimensions[0]) if len(grid.dimensions) == 1 else None
    points = tuple(_points(grid, set(rows_by_place(result)), numeric, timeline))
    known = _named(grid, numeric)
    seen = tuple(dict.fromkeys(point.place for point in points))
    return Series(
        axis_label=" · ".join(column.field_label for column in grid.dimensions),
        value_label=", ".join(column.field_label for column in numeric),
        names=tuple(dict.fromkeys(point.series for point in points)),
        points=points,
        places=timeline.between(seen) if timeline else seen,
        timeline=timeline,
        value_format=format_of(numeric[0]),
        is_pivoted=grid.is_pivoted,
        whole=all(point.value is None or point.value == int(point.value) for point in points),
        fields={name: measure.name for name, (measure, _) in known.items()},
        keys={name: keys for name, (_, keys) in known.items()},
        formats={name: format_of(measure) for name, (measure, _) in known.items()},
    )


def _named(grid: Grid, measures: list[OutputColumn]) -> dict[str, tuple[OutputColumn, tuple[str, ...]]]:
    """Series → its measure, and its names in LookML: the field, or `pivoted value - field`, with the place of
    the pivot between where it was sorted by."""
    found: dict[str, tuple[OutputColumn, tuple[str, ...]]] = {}
    for place, pivot in enumerate(grid.headers):
        text = text_of_key(pivot, grid.pivots)
        parts = "|FIELD|".join("null" if value is None else str(value) for value in pivot)
        for measure in measures:
            field = measure.name
            keys = (f"{text} - {field}", f"{text} - {place} - {field}", f"{parts} - {field}", text, parts)
            name = _series_name(text, measure, len(measures) > 1)
            found[name] = (measure, keys if text else (field, measure.field_label))
    return found


def _points(
    grid: Grid, came: set[tuple[Key, Key]], measures: list[OutputColumn], timeline: Timeline | None
) -> list[Point]:
    """Series by series, so that the legend follows the pivots' order and then the measures'."""
    rows = list(enumerate(grid.rows))
    if timeline:
        rows.sort(key=lambda numbered: _time_key(numbered[1][0]))
    points = []
    for place, pivot in enumerate(grid.headers):
        for measure in measures:
            series = _series_name(text_of_key(pivot, grid.pivots), measure, len(measures) > 1)
            values = grid.cells[measure.name][place]
            for number, row in rows:
                if (row, pivot) not in came:
                    continue
                if timeline and row[0] is None:
                    continue  # no place on a timeline; the data table still shows the row
                label = text_of_key(row, grid.dimensions)
                value = values[number]
                points.append(
                    Point(
                        place=timeline.place(row[0]) if timeline else label,
                        label=label,
                        series=series,
                        value=_number(value),
                        text=format_cell(value, measure),
                    )
                )
    return points


def _series_name(pivot: str, measure: OutputColumn, several: bool) -> str:
    if not pivot:
        return measure.field_label
    return f"{pivot} · {measure.field_label}" if several else pivot


def _time_key(value: Cell) -> tuple[bool, str]:
    return (value is None, str(value))


def _number(value: Cell) -> float | int | None:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, int | float):
        return value
    return None
