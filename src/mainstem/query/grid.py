"""An answer as it is shown: rows of dimensions, a column for each pivoted value, totals at the edges.

The warehouse answers in long form, a row for each cell that exists; here every cell has its place, and one
that does not exist is None. Rows stay in the order of the answer; so do pivoted columns, whose order is put
together from the rows where the answer does not say it: no single row need have them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from mainstem.query.result import Cell, ColumnKind, CompanionKind, CompanionRows, OutputColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mainstem.query.result import QueryResult

Key: TypeAlias = tuple[Cell, ...]

DEFAULT_COLUMN_LIMIT = 50
"""Pivoted columns shown where a question does not say."""


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    dimensions: tuple[OutputColumn, ...]
    """Down the side."""
    pivots: tuple[OutputColumn, ...]
    """Across the top."""
    measures: tuple[OutputColumn, ...]
    """Measures, then calculations."""
    rows: tuple[Key, ...]
    """Of each row, the values of `dimensions`."""
    headers: tuple[Key, ...]
    """Of each pivoted column, the values of `pivots`; one empty header where nothing is pivoted, and none
    where what is pivoted has no rows."""
    cells: dict[str, list[list[Cell]]]
    """Measure → `[header][row]`."""
    totals: dict[str, list[Cell]] = {}
    """Measure → `[header]`; empty where not asked for."""
    row_totals: dict[str, list[Cell]] = {}
    """Measure → `[row]`."""
    grand_totals: dict[str, Cell] = {}
    subtotals: tuple[CompanionRows, ...] = ()
    columns_left_out: int = 0
    """Pivoted columns past the limit."""

    @property
    def is_pivoted(self) -> bool:
        return bool(self.pivots)


def grid_of(result: QueryResult, column_limit: int | None = None) -> Grid:
    """`column_limit`: pivoted columns at most; None means 50, -1 all."""
    places = Places.of(result.columns)
    rows = tuple(dict.fromkeys(places.row(cells) for cells in result.rows))
    every_header = result.headers or _in_order(
        [(places.row(cells), places.header(cells)) for cells in result.rows]
    )
    if not places.pivots:
        every_header = ((),)
    limit = DEFAULT_COLUMN_LIMIT if column_limit is None else column_limit
    headers = every_header if limit < 0 else every_header[:limit]
    at_row = {key: number for number, key in enumerate(rows)}
    at_header = {key: number for number, key in enumerate(headers)}
    cells: dict[str, list[list[Cell]]] = {
        column.name: [[None] * len(rows) for _ in headers] for _, column in places.measures
    }
    for row in result.rows:
        header = at_header.get(places.header(row))
        if header is not None:
            for place, column in places.measures:
                cells[column.name][header][at_row[places.row(row)]] = row[place]
    edges = _Edges(result.companions)
    names = [column.name for _, column in places.measures]
    return Grid(
        dimensions=places.dimensions,
        pivots=places.pivots,
        measures=tuple(column for _, column in places.measures),
        rows=rows,
        headers=headers,
        cells=cells,
        totals=edges.along(CompanionKind.TOTALS, headers, names),
        row_totals=edges.along(CompanionKind.ROW_TOTALS, rows, names),
        grand_totals={
            name: found[0] for name, found in edges.along(CompanionKind.GRAND_TOTAL, [()], names).items()
        },
        subtotals=tuple(one for one in result.companions if one.kind is CompanionKind.SUBTOTALS),
        columns_left_out=len(every_header) - len(headers),
    )


@dataclass(frozen=True)
class Places:
    """Which column of the long form is what, and where it stands in a row."""

    down: tuple[int, ...]
    across: tuple[int, ...]
    measures: tuple[tuple[int, OutputColumn], ...]
    """Measures, then calculations."""
    dimensions: tuple[OutputColumn, ...]
    """Those at `down`."""
    pivots: tuple[OutputColumn, ...]
    """Those at `across`."""

    @classmethod
    def of(cls, columns: Sequence[OutputColumn]) -> Places:
        dimensions = [(n, c) for n, c in enumerate(columns) if c.kind is ColumnKind.DIMENSION]
        return cls(
            down=tuple(n for n, c in dimensions if not c.pivoted),
            across=tuple(n for n, c in dimensions if c.pivoted),
            measures=tuple((n, c) for n, c in enumerate(columns) if c.kind is not ColumnKind.DIMENSION),
            dimensions=tuple(c for _, c in dimensions if not c.pivoted),
            pivots=tuple(c for _, c in dimensions if c.pivoted),
        )

    def row(self, cells: Key) -> Key:
        """The values that head the cells' row."""
        return tuple(cells[n] for n in self.down)

    def header(self, cells: Key) -> Key:
        """The values that head their pivoted column."""
        return tuple(cells[n] for n in self.across)


def rows_by_place(result: QueryResult) -> dict[tuple[Key, Key], Key]:
    """(row, header) → the row of the answer that stands there. What is not among them did not come, which a
    grid's None does not tell from NULL."""
    places = Places.of(result.columns)
    return {(places.row(cells), places.header(cells)): cells for cells in result.rows}


class _Edges:
    def __init__(self, companions: Iterable[CompanionRows]) -> None:
        self._found: dict[CompanionKind, CompanionRows] = {
            one.kind: one for one in companions if one.kind is not CompanionKind.SUBTOTALS
        }

    def along(self, kind: CompanionKind, keys: Sequence[Key], names: Sequence[str]) -> dict[str, list[Cell]]:
        """Of each measure, its total for each key, whose values are those of the companion's dimensions."""
        companion = self._found.get(kind)
        if companion is None:
            return {}
        measures = [
            (n, c.name) for n, c in enumerate(companion.columns) if c.kind is not ColumnKind.DIMENSION
        ]
        wide = len(companion.columns) - len(measures)
        by_key = {row[:wide]: row for row in companion.rows}
        return {
            name: [row[place] if (row := by_key.get(key)) else None for key in keys]
            for place, name in measures
            if name in names
        }


def _in_order(placed: Iterable[tuple[Key, Key]]) -> tuple[Key, ...]:
    """Headers in one order that agrees with that of every row."""
    before: dict[Key, set[Key]] = {}
    last: dict[Key, Key] = {}
    for row, header in placed:
        known = before.setdefault(header, set())
        if row in last and last[row] != header:
            known.add(last[row])
        last[row] = header
    sorter = TopologicalSorter(before)
    return tuple(sorter.static_order())


def flattened(grid: Grid, result: QueryResult) -> QueryResult:
    """The answer in long form again, with the grid's calculations as columns more. A pivoted answer has a
    row for every cell then, since a calculation may have a value where the warehouse had none."""
    kept = [column.name for column in result.columns]
    added = tuple(column for column in grid.measures if column.name not in kept)
    columns = (*result.columns, *added)
    cells = [_cell_of(grid, column) for column in columns]
    return msgspec.structs.replace(
        result,
        columns=columns,
        rows=[
            tuple(cell(row, header) for cell in cells)
            for row in range(len(grid.rows))
            for header in range(len(grid.headers))
        ],
        companions=tuple(_with_added(one, grid, added) for one in result.companions),
    )


def _cell_of(grid: Grid, column: OutputColumn) -> Callable[[int, int], Cell]:
    """What gives the column's cell in a row and under a header, its place looked up once."""
    names = [one.name for one in grid.dimensions]
    if column.name in names:
        down = names.index(column.name)
        return lambda row, header: grid.rows[row][down]
    names = [one.name for one in grid.pivots]
    if column.name in names:
        across = names.index(column.name)
        return lambda row, header: grid.headers[header][across]
    lines = grid.cells[column.name]
    if len(lines) == 1:
        return lambda row, header: lines[0][row]
    return lambda row, header: lines[header][row]


def _with_added(companion: CompanionRows, grid: Grid, added: tuple[OutputColumn, ...]) -> CompanionRows:
    """With the grid's calculations, and the grid's values of measures over rows; subtotals have none of
    those but what runs up to them."""
    keys: Sequence[Key]
    match companion.kind:
        case CompanionKind.TOTALS:
            keys, found = grid.headers, grid.totals
        case CompanionKind.ROW_TOTALS:
            keys, found = grid.rows, grid.row_totals
        case CompanionKind.GRAND_TOTAL:
            keys, found = [()], {name: [cell] for name, cell in grid.grand_totals.items()}
        case _:
            shares = {
                n for n, c in enumerate(companion.columns) if c.over_rows not in (None, "running_total")
            }
            rows = [
                tuple(None if n in shares else cell for n, cell in enumerate(row)) for row in companion.rows
            ]
            return msgspec.structs.replace(companion, rows=rows)
    wide = sum(column.kind is ColumnKind.DIMENSION for column in companion.columns)
    at = {key: number for number, key in enumerate(keys)}

    def value(row: Key, column: OutputColumn) -> Cell:
        place, line = at.get(row[:wide]), found.get(column.name)
        return None if line is None or place is None else line[min(place, len(line) - 1)]

    return msgspec.structs.replace(
        companion,
        columns=(*companion.columns, *added),
        rows=[
            (
                *(
                    value(row, column) if column.over_rows else cell
                    for cell, column in zip(row, companion.columns, strict=True)
                ),
                *(value(row, column) for column in added),
            )
            for row in companion.rows
        ],
    )
