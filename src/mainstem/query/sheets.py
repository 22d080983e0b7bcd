"""An answer as the lines of a sheet, for files: each pivoted value a column, rows piece by piece where they
can come so.

A question that can only be answered whole is answered up to `MOST_WHOLE` rows, and says so.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from mainstem.query.display import display
from mainstem.query.grid import grid_of
from mainstem.query.streaming import why_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mainstem.query.explorer import Explorer
    from mainstem.query.grid import Grid
    from mainstem.query.request import Request
    from mainstem.query.result import Cell, OutputColumn, QueryResult

MOST_WHOLE = 100_000
"""Rows of a question that is answered whole, where all are asked for."""

Line = tuple["Cell", ...]


@dataclass(frozen=True)
class SheetColumn:
    name: str
    """`view.field`, with the pivoted values after it: `orders.total|2026-01`."""
    label: str
    """For people: `Orders Total – 2026-01`."""
    column: OutputColumn
    """What its cells are."""


@dataclass(frozen=True)
class Sheet:
    columns: tuple[SheetColumn, ...]
    batches: Iterable[Sequence[Line]]
    """Lines, read once."""
    totals: Line | None = None
    """Beneath the lines, None in the columns of dimensions; where the question asks for totals."""
    sql: str = ""
    notes: tuple[str, ...] = field(default=())
    """What a reader has to know: rows left out, warnings. Known before the first line."""


@contextmanager
def open_sheet(explorer: Explorer, request: Request) -> Iterator[Sheet]:
    """The answer to `request`, hidden columns left out. Raises as `Explorer.run`."""
    compiled = explorer.compile(request)
    if request.merge is not None:
        yield sheet_of(explorer.run(request), request.column_limit)
        return
    if not why_whole(compiled):
        with explorer.stream(request) as stream:
            shown = [number for number, column in enumerate(stream.columns) if not column.hidden]
            columns = tuple(_plain(stream.columns[number]) for number in shown)
            batches: Iterable[Sequence[Line]] = stream.batches
            if len(shown) < len(stream.columns):
                batches = (
                    [tuple(row[number] for number in shown) for row in batch] for batch in stream.batches
                )
            yield Sheet(columns, batches, sql=stream.sql, notes=compiled.warnings)
        return
    if request.limit == -1:
        request = msgspec.structs.replace(request, limit=MOST_WHOLE)
    yield sheet_of(explorer.run(request), request.column_limit)


def sheet_of(result: QueryResult, column_limit: int | None = None) -> Sheet:
    """An answer that is whole already, as it is shown."""
    grid = grid_of(result, column_limit)
    notes = list(result.warnings)
    if result.limit_reached:
        notes.append(f"Only the first {len(grid.rows):,} rows: there are more.")
    if grid.columns_left_out:
        notes.append(f"{grid.columns_left_out:,} more pivoted columns were left out.")
    measures = [measure for measure in grid.measures if not measure.hidden]
    cells = [(measure, number) for number in range(len(grid.headers)) for measure in measures]
    pivoted = [_pivoted(measure, grid, number) for measure, number in cells]
    edge = [measure for measure in measures if measure.name in grid.row_totals]
    lines = [
        (
            *key,
            *(grid.cells[measure.name][number][row] for measure, number in cells),
            *(grid.row_totals[measure.name][row] for measure in edge),
        )
        for row, key in enumerate(grid.rows)
    ]
    columns = (
        *map(_plain, grid.dimensions),
        *pivoted,
        *(SheetColumn(f"{one.name}|total", f"{one.label} – total", one) for one in edge),
    )
    totals: Line | None = None
    if grid.totals:
        totals = (
            *(None for _ in grid.dimensions),
            *(_at(grid.totals.get(measure.name), number) for measure, number in cells),
            *(grid.grand_totals.get(measure.name) for measure in edge),
        )
    return Sheet(columns, [lines], totals, result.sql, tuple(notes))


def _only(shown: Sequence[int], batch: Sequence[Line]) -> list[Line]:
    return [tuple(row[number] for number in shown) for row in batch]


def _plain(column: OutputColumn) -> SheetColumn:
    return SheetColumn(column.name, column.label, column)


def _pivoted(measure: OutputColumn, grid: Grid, number: int) -> SheetColumn:
    if not grid.is_pivoted:
        return _plain(measure)
    values = [display(cell, column) for cell, column in zip(grid.headers[number], grid.pivots, strict=True)]
    return SheetColumn("|".join((measure.name, *values)), f"{measure.label} – {', '.join(values)}", measure)


def _at(line: Sequence[Cell] | None, number: int) -> Cell:
    return None if line is None else line[number]
