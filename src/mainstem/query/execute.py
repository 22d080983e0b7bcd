"""Compiled query + warehouse → rows. The only module here that touches a warehouse."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mainstem.query.result import Cell, Compiled, OutputType, QueryResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.warehouse import Warehouse


def run(compiled: Compiled, warehouse: Warehouse) -> QueryResult:
    """Raises what the warehouse raises."""
    began = time.perf_counter()
    table = warehouse.query(compiled.sql)
    seconds = time.perf_counter() - began
    cells = [
        [_CELLS.get(column.type, _as_is)(value) for value in values.to_pylist()]
        for column, values in zip(compiled.columns, table.columns, strict=True)
    ]
    rows = list(zip(*cells, strict=True))
    return QueryResult(
        columns=compiled.columns,
        rows=rows,
        sql=compiled.sql,
        seconds=seconds,
        bytes=table.nbytes,
        limit_reached=compiled.limit is not None and _shown_rows(compiled, rows) >= compiled.limit,
    )


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
