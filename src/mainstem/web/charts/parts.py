"""A result as parts with a size each: rows of a dimension and a measure, or the measures of one row.

Pies, funnels, waterfalls and word clouds start here. Parts keep the order of the answer; NULL stays NULL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.web.cell_text import format_cell
from mainstem.web.charts.drawn import counted, dimensions_of, label_of, mapped, number, numbers_of

if TYPE_CHECKING:
    from mainstem.query.result import Cell, OutputColumn, QueryResult
    from mainstem.web.charts.drawn import Vis


@dataclass(frozen=True)
class Part:
    label: str
    value: float | int | None
    text: str
    id: str = ""
    """What an author's settings call it: a measure's field, else the label."""


@dataclass(frozen=True)
class Parts:
    parts: tuple[Part, ...]
    label: str
    """What the parts are parts of: `Visitors by Page`."""
    place: str
    """What a part's label is: the dimensions' labels."""
    measure: OutputColumn
    """The column of the values; of several, the first."""
    notes: tuple[str, ...]

    @property
    def missing(self) -> int:
        return sum(part.value is None for part in self.parts)

    @property
    def known(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.value is not None)


def read_parts(result: QueryResult, vis: Vis, chart: str) -> Parts:
    """Raises QueryError, in the name of `chart`, when the result is not of that form."""
    dimensions, numbers = dimensions_of(result), numbers_of(result)
    if any(column.pivoted for _, column in dimensions):
        raise QueryError(f"{chart} takes no pivots")
    if not numbers:
        raise QueryError(f"{chart} needs a measure that is a number")
    if not dimensions and len(numbers) == 1:
        raise QueryError(f"{chart} needs a dimension and a measure, or several measures")
    labels = {key: str(name) for key, name in mapped(vis.get("series_labels")).items() if name}
    if not dimensions:
        row = result.rows[0]
        return Parts(
            parts=tuple(
                Part(labels.get(c.name) or c.field_label, number(row[n]), format_cell(row[n], c), c.name)
                for n, c in numbers
            ),
            label=", ".join(column.field_label for _, column in numbers),
            place="Measure",
            measure=numbers[0][1],
            notes=(f"Only the first of {counted(len(result.rows), 'row')} is drawn.",)
            if len(result.rows) > 1
            else (),
        )
    at, measure = numbers[0]
    place = " · ".join(column.field_label for _, column in dimensions)
    others = [column.field_label for _, column in numbers[1:]]
    return Parts(
        parts=tuple(_part(label_of(row, dimensions), row[at], measure, labels) for row in result.rows),
        label=f"{measure.field_label} by {place}",
        place=place,
        measure=measure,
        notes=(f"Only {measure.field_label} is drawn; {', '.join(others)} in the data table.",)
        if others
        else (),
    )


def _part(label: str, cell: Cell, measure: OutputColumn, labels: dict[str, str]) -> Part:
    return Part(labels.get(label) or label, number(cell), format_cell(cell, measure), label)
