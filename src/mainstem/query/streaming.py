"""A compiled query's rows piece by piece, where nothing has to be worked out over all of them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from mainstem.errors import QueryError
from mainstem.query.execute import rows_of
from mainstem.warehouse.streaming import Streaming

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mainstem.query.result import Cell, Compiled, OutputColumn
    from mainstem.warehouse import Warehouse


@dataclass(frozen=True)
class RowStream:
    columns: tuple[OutputColumn, ...]
    batches: Iterator[Sequence[tuple[Cell, ...]]]
    """Read by one thread, while the stream is open."""
    sql: str


def why_whole(compiled: Compiled) -> str:
    """Why the answer cannot come in pieces; empty where it can."""
    if any(column.pivoted for column in compiled.columns):
        return "its pivoted columns are known only when all of its rows are"
    if compiled.calculations or any(column.over_rows for column in compiled.columns):
        return "some of its columns are worked out over all of its rows"
    if compiled.fills:
        return "rows are filled in between those of the warehouse"
    if compiled.companions:
        return "it has totals"
    return ""


@contextmanager
def open_stream(compiled: Compiled, warehouse: Warehouse) -> Iterator[RowStream]:
    """Raises QueryError for a query that has to be whole, or a warehouse that cannot stream; else what the
    warehouse raises."""
    if reason := why_whole(compiled):
        raise QueryError(f"this question cannot be answered piece by piece: {reason}")
    if not isinstance(warehouse, Streaming):
        raise QueryError("the connection of this explore does not give its rows piece by piece")
    with warehouse.stream(compiled.sql) as batches:
        yield RowStream(compiled.columns, _rows(compiled, batches), compiled.sql)


def _rows(compiled: Compiled, batches: Iterator[pa.RecordBatch]) -> Iterator[Sequence[tuple[Cell, ...]]]:
    wide = range(len(compiled.columns))
    for batch in batches:
        yield rows_of(pa.Table.from_batches([batch]).select(wide), compiled.columns)
