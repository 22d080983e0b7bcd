"""Measures that are worked out over the rows of the answer: running totals, shares, changes.

As in Looker they see the rows that are shown, so a limit changes them. Down the rows within each pivoted
column, or, with `direction: row`, across the pivoted columns of each row; totals beside the rows are one
column more, and totals below them one row more. At the end of what they run along stands all of it: the
measure beneath for a running total, 1 for a share, and nothing for a change.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from mainstem.semantics.model import MeasureType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.query.grid import Grid
    from mainstem.query.result import Cell

Number: TypeAlias = int | float | Decimal


def over_rows(grid: Grid) -> Grid:
    """The same with those measures worked out from the values beneath them."""
    wanted = [column for column in grid.measures if column.over_rows is not None]
    if not wanted:
        return grid
    cells, totals = dict(grid.cells), dict(grid.totals)
    row_totals, grand_totals = dict(grid.row_totals), dict(grid.grand_totals)
    for column in wanted:
        name, across = column.name, column.direction == "row"
        worked_out = _WAYS[MeasureType(column.over_rows or "")]
        at_end = _ENDS[MeasureType(column.over_rows or "")]
        lines = cells[name]
        if across:
            cells[name] = _turned([worked_out(line) for line in _turned(lines, len(grid.rows))], len(lines))
        else:
            cells[name] = [worked_out(line) for line in lines]
        if name in totals:
            totals[name] = worked_out(totals[name]) if across else list(map(at_end, totals[name]))
        if name in row_totals:
            row_totals[name] = list(map(at_end, row_totals[name])) if across else worked_out(row_totals[name])
        if name in grand_totals:
            grand_totals[name] = at_end(grand_totals[name])
    return msgspec.structs.replace(
        grid, cells=cells, totals=totals, row_totals=row_totals, grand_totals=grand_totals
    )


def running_total(line: Sequence[Cell]) -> list[Cell]:
    """Each value with all before it; one that is missing adds nothing."""
    found: list[Cell] = []
    total: Number | None = None
    for value in line:
        number = _number(value)
        if number is not None:
            total = number if total is None else _added(total, number)
        found.append(total)
    return found


def percent_of_total(line: Sequence[Cell]) -> list[Cell]:
    """Each value's share of all, 0 to 1; missing where all come to nothing."""
    numbers = [_number(value) for value in line]
    total = running_total(line)[-1] if line else None
    whole = _number(total)
    return [None if n is None or not whole else float(n) / float(whole) for n in numbers]


def percent_of_previous(line: Sequence[Cell]) -> list[Cell]:
    """How much each value is above the one before, as a share of that: 0.5 is half as much again."""
    found: list[Cell] = []
    before: Number | None = None
    for value in line:
        number = _number(value)
        found.append(
            None if number is None or not before else (float(number) - float(before)) / float(before)
        )
        before = number
    return found


_WAYS: dict[MeasureType, Callable[[Sequence[Cell]], list[Cell]]] = {
    MeasureType.RUNNING_TOTAL: running_total,
    MeasureType.PERCENT_OF_TOTAL: percent_of_total,
    MeasureType.PERCENT_OF_PREVIOUS: percent_of_previous,
}


def _whole(value: Cell) -> Cell:
    return 1.0 if _number(value) else None


def _nothing(_: Cell) -> Cell:
    return None


_ENDS: dict[MeasureType, Callable[[Cell], Cell]] = {
    MeasureType.RUNNING_TOTAL: lambda value: value,
    MeasureType.PERCENT_OF_TOTAL: _whole,
    MeasureType.PERCENT_OF_PREVIOUS: _nothing,
}


def _turned(lines: list[list[Cell]], length: int) -> list[list[Cell]]:
    """Rows for columns; `length` is that of each line, which none need be there to show."""
    return [[line[n] for line in lines] for n in range(length)]


def _number(value: Cell) -> Number | None:
    return value if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None


def _added(left: Number, right: Number) -> Number:
    if isinstance(left, float) or isinstance(right, float):
        return float(left) + float(right)
    return left + right
