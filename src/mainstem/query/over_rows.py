"""Measures that are worked out over the rows of the answer: running totals, shares, changes.

As in Looker they see the rows that are shown, so a limit changes them; totals at the edges stay what the
warehouse said of the measure beneath. Down the rows within each pivoted column, or, with `direction: row`,
across the pivoted columns of each row.
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
    cells = dict(grid.cells)
    for column in wanted:
        worked_out = _WAYS[MeasureType(column.over_rows or "")]
        lines = cells[column.name]
        if column.direction == "row":
            cells[column.name] = _turned(
                [worked_out(line) for line in _turned(lines, len(grid.rows))], len(lines)
            )
        else:
            cells[column.name] = [worked_out(line) for line in lines]
    return msgspec.structs.replace(grid, cells=cells)


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


def _turned(lines: list[list[Cell]], length: int) -> list[list[Cell]]:
    """Rows for columns; `length` is that of each line, which none need be there to show."""
    return [[line[n] for line in lines] for n in range(length)]


def _number(value: Cell) -> Number | None:
    return value if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None


def _added(left: Number, right: Number) -> Number:
    if isinstance(left, float) or isinstance(right, float):
        return float(left) + float(right)
    return left + right
