"""Rows of a Parquet file, from any of them on. Types are the file's own; nanoseconds are cut."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from mainstem.connectors.plain_names import plain_names
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_AT_ONCE = 2000


class ParquetRows:
    """Raises ArrowException, or ValueError, for a file that is none, or whose columns would be one."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = pq.ParquetFile(pa.PythonFile(file, "r"))
        schema = self._file.schema_arrow
        self._names = plain_names(schema.names)

    @property
    def columns(self) -> Mapping[str, ColumnType]:
        return {self._names[one.name]: column_type(one.type) for one in self._file.schema_arrow}

    def rows(self, behind: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Rows behind the first `behind`, each with its number from 1."""
        number, groups = 0, list(range(self._file.num_row_groups))
        while groups and number + self._file.metadata.row_group(groups[0]).num_rows <= behind:
            number += self._file.metadata.row_group(groups.pop(0)).num_rows
        for batch in self._file.iter_batches(_AT_ONCE, row_groups=groups):
            if number + batch.num_rows <= behind:
                number += batch.num_rows
                continue
            for row in _micro(batch).to_pylist():
                number += 1
                if number > behind:
                    yield number, {self._names[name]: _value(value) for name, value in row.items()}


def column_type(kind: pa.DataType) -> ColumnType:
    if pa.types.is_dictionary(kind):
        return column_type(kind.value_type)
    if pa.types.is_boolean(kind):
        return ColumnType.BOOLEAN
    if pa.types.is_integer(kind):
        return ColumnType.INT
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return ColumnType.FLOAT
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return ColumnType.DATETIME
    return ColumnType.JSON if pa.types.is_nested(kind) else ColumnType.STRING


def _micro(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Times in microseconds, which is what a Python moment holds."""
    fields = [one.with_type(_micro_type(one.type)) for one in batch.schema]
    return batch.cast(pa.schema(fields), safe=False)


def _micro_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        return pa.timestamp("us", kind.tz)
    if pa.types.is_time64(kind) and kind.unit == "ns":
        return pa.time64("us")
    return pa.duration("us") if pa.types.is_duration(kind) and kind.unit == "ns" else kind


def _value(value: Any) -> Any:
    match value:
        case bytes():
            return value.hex()
        case time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case list():
            return [_nested(one) for one in value]
        case dict():
            return _nested(value)
        case _:
            return value


def _nested(value: Any) -> Any:
    """As JSON has it: numbers stay numbers."""
    match value:
        case Decimal():
            return float(value)
        case dict():
            return {str(name): _nested(one) for name, one in value.items()}
        case list() | tuple():
            return [_nested(one) for one in value]
        case datetime():
            return value.isoformat()
        case _:
            return _value(value)
