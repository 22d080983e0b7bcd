"""From a mark to the row it was drawn from: by its label (dimensions down) and series (pivots, measure).

A mark that gathers several rows (`5 others`) is none of theirs, and leads nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.grid import Places, grid_of
from mainstem.web.cell_text import text_of_key
from mainstem.web.charts.series import read_series
from mainstem.web.charts.settings import shown
from mainstem.web.explore.drill import filter_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from mainstem.query.grid import Key
    from mainstem.query.result import Cell, OutputColumn, QueryResult


@dataclass(frozen=True)
class Mark:
    label: str
    series: str
    row: tuple[Cell, ...]
    """The row of the answer."""
    values: Mapping[str, Cell]
    """`view.field` of each dimension that tells it apart → its value."""
    measure: int | None
    """The position of the measure that is drawn."""


class Marks:
    """Of one answer, drawn with the settings `vis`."""

    def __init__(self, result: QueryResult, vis: Mapping[str, Any]) -> None:
        self._result = result
        grid = grid_of(result, column_limit=-1)
        self._places = Places.of(result.columns)
        self._rows = {text_of_key(key, grid.dimensions): key for key in grid.rows}
        several = len(grid.measures) > 1
        self._series: dict[str, tuple[Key | None, int | None]] = {}
        for pivot in grid.headers:
            text = text_of_key(pivot, grid.pivots)
            for at, measure in self._places.measures:
                label = measure.field_label
                name = (f"{text} · {label}" if several else text) if text else label
                self._series[name] = pivot, at
            if text:
                self._series.setdefault(text, (pivot, None))
        self._rename(vis)

    def find(self, label: str, series: str) -> Mark | None:
        """None where no row of the answer is called that."""
        pivot, measure = self._series.get(series, (None, None))
        key = self._rows.get(label)
        if key is None and not self._places.down:
            measure = self._measure_called(label) if measure is None else measure
            key = () if measure is not None else None
        if key is None:  # a longer label, such as `name · where`
            key = next((one for text, one in self._rows.items() if text and label.startswith(text)), None)
        if key is None:
            return None
        values = {c.name: value for value, c in zip(key, self._places.dimensions, strict=True)}
        if pivot is not None:
            values |= {c.name: value for value, c in zip(pivot, self._places.pivots, strict=True)}
        names = {column.name: n for n, column in enumerate(self._result.columns)}
        row = next(
            (row for row in self._result.rows if all(row[names[name]] == v for name, v in values.items())),
            None,
        )
        return None if row is None else Mark(label, series, row, values, measure)

    def filters(self, mark: Mark) -> dict[str, str] | None:
        """`view.field` → the expression that lets through this mark alone; None where there is none."""
        found = {}
        for column in self._result.columns:
            if column.name not in mark.values:
                continue
            expression = filter_for(column, mark.values[column.name])
            if expression is None:
                return None
            found[column.name] = expression
        return found

    def to_pick(self) -> dict[str, dict[str, dict[str, str]]]:
        """What a page needs to filter by a click: label, and series, → `view.field` → expression."""
        labels = {
            text: found
            for text, key in self._rows.items()
            if text and (found := _expressions(self._places.dimensions, key)) is not None
        }
        series = {
            name: found
            for name, (pivot, _) in self._series.items()
            if pivot and (found := _expressions(self._places.pivots, pivot)) is not None
        }
        return {"labels": labels, "series": series}

    def _rename(self, vis: Mapping[str, Any]) -> None:
        """By the names that the author gave the series."""
        try:
            series, _ = shown(read_series(self._result), vis)
        except QueryError:
            return  # a chart of another kind, which names its own
        for called in series.names:
            own = next((key for key in series.keys[called] if key in self._series), None)
            if called not in self._series and own is not None:
                self._series[called] = self._series[own]

    def _measure_called(self, label: str) -> int | None:
        return next((at for at, c in self._places.measures if c.field_label == label), None)


def is_picked(found: Mapping[str, str], picked: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether what a mark stands for is among what was picked; of fields that it does not have, all are."""
    return all(found[field] in values for field, values in picked.items() if field in found)


def _expressions(columns: Sequence[OutputColumn], key: Key) -> dict[str, str] | None:
    found = {}
    for value, column in zip(key, columns, strict=True):
        expression = filter_for(column, value)
        if expression is None:
            return None
        found[column.name] = expression
    return found
