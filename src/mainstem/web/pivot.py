"""A result with pivoted dimensions, told apart into what goes down and what goes across.

Rows arrive one per combination of all dimensions; nothing is added up or made up here: a combination
that did not arrive stays missing, which is not the same as NULL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from mainstem.query.result import ColumnKind
from mainstem.web.cell_text import format_cell

if TYPE_CHECKING:
    from mainstem.query.result import Cell, OutputColumn, QueryResult

Key: TypeAlias = "tuple[Cell, ...]"


@dataclass(frozen=True)
class Columns:
    """The columns of a result by the part they play, each with its position in a row."""

    down: tuple[tuple[int, OutputColumn], ...]
    """Dimensions that head rows."""
    across: tuple[tuple[int, OutputColumn], ...]
    """Pivoted dimensions."""
    measures: tuple[tuple[int, OutputColumn], ...]

    @classmethod
    def of(cls, result: QueryResult) -> Columns:
        numbered = tuple(enumerate(result.columns))
        dimensions = [(i, c) for i, c in numbered if c.kind is ColumnKind.DIMENSION]
        return cls(
            down=tuple((i, c) for i, c in dimensions if not c.pivoted),
            across=tuple((i, c) for i, c in dimensions if c.pivoted),
            measures=tuple((i, c) for i, c in numbered if c.kind is not ColumnKind.DIMENSION),
        )


@dataclass(frozen=True)
class Crosstab:
    """Rows by their key, pivots by theirs, and the cells that exist."""

    columns: Columns
    rows: tuple[Key, ...]
    pivots: tuple[Key, ...]
    """In the answer's order; where it does not say one, by value, NULL last."""
    cells: dict[tuple[Key, Key], tuple[Cell, ...]]
    """(row, pivot) → one value a measure."""


def crosstab(result: QueryResult) -> Crosstab:
    columns = Columns.of(result)
    rows: dict[Key, None] = {}
    pivots: dict[Key, None] = {}
    cells: dict[tuple[Key, Key], tuple[Cell, ...]] = {}
    for row in result.rows:
        down = tuple(row[i] for i, _ in columns.down)
        pivot = tuple(row[i] for i, _ in columns.across)
        rows.setdefault(down)
        pivots.setdefault(pivot)
        cells[down, pivot] = tuple(row[i] for i, _ in columns.measures)
    across = result.headers or tuple(sorted(pivots, key=_ordered))
    return Crosstab(columns, tuple(rows), across, cells)


def text_of_key(key: Key, columns: tuple[tuple[int, OutputColumn], ...]) -> str:
    """A key as people read it; NULL by its name, since a dash in a legend says nothing."""
    return " · ".join(
        "NULL" if value is None else format_cell(value, column)
        for value, (_, column) in zip(key, columns, strict=True)
    )


def _ordered(key: Key) -> tuple[tuple[bool, object], ...]:
    """Cells of one column are of one type, so they compare among themselves once NULL is set apart."""
    return tuple((value is None, "" if value is None else value) for value in key)
