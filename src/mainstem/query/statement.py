"""Plain SQL on the warehouse, as a result like any other. It knows no model and checks nothing."""

from __future__ import annotations

import time
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from mainstem.query.result import Cell, ColumnKind, OutputColumn, OutputType, QueryResult

if TYPE_CHECKING:
    from mainstem.warehouse import Warehouse


def run_statement(sql: str, warehouse: Warehouse) -> QueryResult:
    """Run one SELECT. Raises what the warehouse raises, QueryError for SQL that is not valid."""
    began = time.perf_counter()
    table = warehouse.query(sql)
    seconds = time.perf_counter() - began
    columns = tuple(_column(field) for field in table.schema)
    cells = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    rows = list(zip(*cells, strict=True))
    return QueryResult(columns=columns, rows=rows, sql=sql, seconds=seconds, bytes=table.nbytes)


def _column(field: pa.Field) -> OutputColumn:
    return OutputColumn(
        name=field.name,
        label=field.name,
        field_label=field.name,
        kind=ColumnKind.DIMENSION,
        type=_type(field.type),
    )


def _type(kind: pa.DataType) -> OutputType:
    if pa.types.is_boolean(kind):
        return OutputType.YESNO
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return OutputType.NUMBER
    if pa.types.is_date(kind):
        return OutputType.DATE
    return OutputType.TIME if pa.types.is_timestamp(kind) else OutputType.STRING


def _cell(value: Any) -> Cell:
    """Lists and structs have no cell of their own: they are shown as JSON text, bytes as base64."""
    if isinstance(value, dict | list | tuple):
        return msgspec.json.encode(value).decode()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    cell: Cell = value
    return cell
