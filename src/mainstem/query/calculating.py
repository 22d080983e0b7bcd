"""Table calculations: columns worked out from an answer, in the language of `mainstem.filters.calculations`.

They see what is shown: rows under the limit, pivoted columns, totals where they were asked for.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import ExpressionError
from mainstem.filters.calculations import (
    CalculationTable,
    Column,
    in_order,
    parse,
    pivot_dimension,
    with_calculations,
)
from mainstem.query.request import TableCalculation
from mainstem.query.result import ColumnKind, OutputColumn, OutputType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mainstem.filters.calculations.expression import Expression
    from mainstem.filters.calculations.kinds import Kind
    from mainstem.query.grid import Grid
    from mainstem.query.request import DynamicField
    from mainstem.query.result import Cell

KINDS: dict[OutputType, Kind] = {
    OutputType.STRING: "string",
    OutputType.NUMBER: "number",
    OutputType.YESNO: "yesno",
    OutputType.DATE: "date",
    OutputType.TIME: "date",
}
"""What calculations take a column for."""
_TYPES: dict[Kind, OutputType] = {
    "string": OutputType.STRING,
    "number": OutputType.NUMBER,
    "yesno": OutputType.YESNO,
    "date": OutputType.TIME,
    "any": OutputType.STRING,
}


def calculations_of(fields: Iterable[DynamicField]) -> tuple[TableCalculation, ...]:
    """Those among `fields`, in the order they are worked out. Raises QueryError for one that cannot be read,
    or a circle."""
    found = {one.name: one for one in fields if isinstance(one, TableCalculation)}
    return tuple(found[name] for name in in_order({name: _parsed(one) for name, one in found.items()}))


def _parsed(calculation: TableCalculation) -> Expression:
    try:
        return parse(calculation.expression)
    except ExpressionError as e:
        raise e.of(f"calculation {calculation.name}") from e


def calculated(
    grid: Grid, calculations: Sequence[TableCalculation], now: datetime, random: Callable[[], float]
) -> Grid:
    """The grid with a measure more for each calculation. `now` is naive, in the time zone of the query.

    Raises QueryError that says which calculation, and where in it.
    """
    if not calculations:
        return grid
    table = with_calculations(
        _table(grid),
        {one.name: parse(one.expression) for one in calculations},
        now=now,
        random=random,
        sources={one.name: one.expression for one in calculations},
    )
    found = table.by_name()
    for one in calculations:
        grid = _with_column(grid, one, found[one.name])
    return grid


def _table(grid: Grid) -> CalculationTable:
    down = [
        Column(name=column.name, kind=KINDS[column.type], values=(tuple(row[n] for row in grid.rows),))
        for n, column in enumerate(grid.dimensions)
    ]
    across = [
        pivot_dimension(
            column.name,
            KINDS[column.type],
            tuple(header[n] for header in grid.headers),
            len(grid.rows),
        )
        for n, column in enumerate(grid.pivots)
    ]
    return CalculationTable(
        rows=len(grid.rows),
        columns=(*down, *across, *(_measure(grid, column) for column in grid.measures)),
        pivots=len(grid.headers) if grid.is_pivoted else None,
    )


def _measure(grid: Grid, column: OutputColumn) -> Column:
    name = column.name
    return Column(
        name=name,
        kind=KINDS[column.type],
        values=tuple(tuple(line) for line in grid.cells[name]),
        pivoted=grid.is_pivoted,
        totals=tuple(grid.totals[name]) if name in grid.totals else None,
        row_totals=tuple(grid.row_totals[name]) if name in grid.row_totals else None,
        grand_total=grid.grand_totals.get(name),
    )


def _with_column(grid: Grid, calculation: TableCalculation, found: Column) -> Grid:
    name = calculation.name
    lines: list[list[Cell]] = [[_cell(value) for value in line] for line in found.values]
    label = calculation.label or name
    column = OutputColumn(
        name=name,
        label=label,
        field_label=label,
        kind=ColumnKind.CALCULATION,
        type=_type(found, lines),
        across=found.pivoted,
        value_format=calculation.value_format,
        value_format_name=calculation.value_format_name,
        hidden=calculation.hidden,
    )
    totals = [_cell(value) for value in found.totals] if found.totals is not None else None
    row_totals = [_cell(value) for value in found.row_totals] if found.row_totals is not None else None
    return msgspec.structs.replace(
        grid,
        measures=(*grid.measures, column),
        cells=grid.cells | {name: lines},
        totals=grid.totals if totals is None else grid.totals | {name: totals},
        row_totals=grid.row_totals if row_totals is None else grid.row_totals | {name: row_totals},
        grand_totals=grid.grand_totals
        if found.grand_total is None
        else grid.grand_totals | {name: _cell(found.grand_total)},
    )


def _type(found: Column, lines: list[list[Cell]]) -> OutputType:
    if found.kind == "date" and not any(isinstance(value, datetime) for line in lines for value in line):
        return OutputType.DATE
    return OutputType.STRING if found.listed else _TYPES[found.kind]


def _cell(value: object) -> Cell:
    """Lists have no cell of their own: they are shown as text."""
    if isinstance(value, tuple):
        return ", ".join("∅" if one is None else str(one) for one in value)
    cell: Cell = value  # type: ignore[assignment] # all other values of calculations are cells
    return cell
