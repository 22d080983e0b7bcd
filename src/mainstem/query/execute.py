"""Compiled query + warehouse → rows. The only module here that touches a warehouse."""

from __future__ import annotations

import random
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mainstem.query.calculating import calculated
from mainstem.query.filling import filled
from mainstem.query.grid import flattened, grid_of
from mainstem.query.over_rows import over_rows
from mainstem.query.result import Cell, CompanionRows, Compiled, OutputColumn, OutputType, QueryResult

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from mainstem.warehouse import Warehouse


def run(compiled: Compiled, warehouse: Warehouse, random: Callable[[], float] = random.random) -> QueryResult:
    """Raises what the warehouse raises, and QueryError for calculations that its answer does not fit."""
    began = time.perf_counter()
    table = warehouse.query(compiled.sql)
    beside = [warehouse.query(companion.sql) for companion in compiled.companions]
    seconds = time.perf_counter() - began
    rows = rows_of(table.select(range(len(compiled.columns))), compiled.columns)
    result = QueryResult(
        columns=compiled.columns,
        rows=rows,
        headers=_headers(compiled, table, rows),
        sql=compiled.sql,
        seconds=seconds,
        bytes=table.nbytes + sum(other.nbytes for other in beside),
        limit_reached=compiled.limit is not None and _shown_rows(compiled, rows) >= compiled.limit,
        companions=tuple(
            CompanionRows(
                kind=companion.kind, columns=companion.columns, rows=rows_of(other, companion.columns)
            )
            for companion, other in zip(compiled.companions, beside, strict=True)
        ),
        warnings=compiled.warnings,
    )
    return worked_out(compiled, result, random)


def worked_out(compiled: Compiled, result: QueryResult, random: Callable[[], float]) -> QueryResult:
    """With what no warehouse answers: filled rows, measures over rows, table calculations."""
    result = filled(result, compiled.fills)
    if not compiled.calculations and not any(column.over_rows for column in compiled.columns):
        return result
    grid = over_rows(grid_of(result, column_limit=-1))
    return flattened(calculated(grid, compiled.calculations, compiled.now, random), result)


def rows_of(table: pa.Table, columns: tuple[OutputColumn, ...]) -> list[tuple[Cell, ...]]:
    """Rows of a warehouse as cells, each of its column's type."""
    cells = [
        [_CELLS.get(column.type, _as_is)(value) for value in values.to_pylist()]
        for column, values in zip(columns, table.columns, strict=True)
    ]
    return list(zip(*cells, strict=True))


def _headers(
    compiled: Compiled, table: pa.Table, rows: list[tuple[Cell, ...]]
) -> tuple[tuple[Cell, ...], ...]:
    """By the column that ranks them, or in the order they come."""
    across = [n for n, column in enumerate(compiled.columns) if column.pivoted]
    if not across:
        return ()
    found = dict.fromkeys(tuple(row[n] for n in across) for row in rows)
    if not compiled.is_ranked:
        return tuple(found)
    places = {
        tuple(row[n] for n in across): place
        for row, place in zip(rows, table.column(len(compiled.columns)).to_pylist(), strict=True)
    }
    return tuple(sorted(found, key=places.__getitem__))


def _shown_rows(compiled: Compiled, rows: list[tuple[Cell, ...]]) -> int:
    """With pivots, the rows of SQL that differ only in pivoted columns and measures are one row shown."""
    if not any(column.pivoted for column in compiled.columns):
        return len(rows)
    kept = [n for n, c in enumerate(compiled.columns) if c.kind == "dimension" and not c.pivoted]
    return len({tuple(row[n] for n in kept) for row in rows})


def _as_is(value: Any) -> Cell:
    cell: Cell = value
    return cell


def _number(value: Any) -> Cell:
    """Whole numbers as int: a SUM of integers comes as a decimal without places."""
    if isinstance(value, Decimal) and value.as_tuple().exponent == 0:
        return int(value)
    return _as_is(value)


def _text(value: Any) -> Cell:
    return value if value is None or isinstance(value, str) else str(value)


_CELLS: dict[OutputType, Callable[[Any], Cell]] = {
    OutputType.NUMBER: _number,
    OutputType.STRING: _text,
}
