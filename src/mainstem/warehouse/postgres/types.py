"""Postgres's types: as columns of Arrow, and in RudderStack's names.

What has no type of its own among them (UUIDs, JSON, arrays, ranges) is the text that Postgres writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from psycopg.types.string import TextLoader

from mainstem.warehouse.contract import ColumnType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    import psycopg

_NUMERIC = 1700
_ARROW: dict[int, pa.DataType] = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int64(),
    23: pa.int64(),
    26: pa.int64(),
    700: pa.float64(),
    701: pa.float64(),
    1082: pa.date32(),
    1083: pa.time64("us"),
    1114: pa.timestamp("us"),
    1184: pa.timestamp("us", tz="UTC"),
}
"""By the OID of the type: boolean, bigint, smallint, integer, oid, real, double precision, date, time,
timestamp, timestamptz."""
_AS_TEXT = ("json", "jsonb", "uuid", "interval", "inet", "cidr", "bytea", "timetz")
_LARGEST = 76
"""Digits of the largest decimal of Arrow."""

_NAMED = {
    "boolean": ColumnType.BOOLEAN,
    "smallint": ColumnType.INT,
    "integer": ColumnType.INT,
    "bigint": ColumnType.INT,
    "numeric": ColumnType.FLOAT,
    "real": ColumnType.FLOAT,
    "double precision": ColumnType.FLOAT,
    "date": ColumnType.DATETIME,
    "timestamp without time zone": ColumnType.DATETIME,
    "timestamp with time zone": ColumnType.DATETIME,
    "json": ColumnType.JSON,
    "jsonb": ColumnType.JSON,
}


def read_as_text(connection: psycopg.Connection) -> None:
    """So that JSON keeps its text, and a UUID is no object."""
    for name in _AS_TEXT:
        connection.adapters.register_loader(name, TextLoader)


def arrow_column(oid: int, values: Sequence[Any]) -> pa.Array:
    """Values as psycopg reads them."""
    if oid == _NUMERIC:
        return _decimals(values)
    kind = _ARROW.get(oid)
    if kind is not None:
        return pa.array(values, type=kind)
    return pa.array([None if value is None else _text(value) for value in values], type=pa.string())


def column_type(type_name: str) -> ColumnType:
    """Of a type by the name that `information_schema` gives it."""
    return _NAMED.get(type_name, ColumnType.STRING)


def _decimals(values: Sequence[Decimal | None]) -> pa.Array:
    """Exact as far as Arrow has digits; else, and of what is no number or infinite, as floats."""
    numbers = [value for value in values if value is not None]
    if not all(number.is_finite() for number in numbers):
        return pa.array([None if value is None else float(value) for value in values], type=pa.float64())
    places = max((max(-_exponent(number), 0) for number in numbers), default=0)
    whole = max((max(number.adjusted() + 1, 1) for number in numbers), default=1)
    digits = whole + places
    if digits > _LARGEST:
        return pa.array([None if value is None else float(value) for value in values], type=pa.float64())
    kind = pa.decimal128(38, places) if digits <= 38 else pa.decimal256(_LARGEST, places)
    return pa.array(values, type=kind)


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _text(value: object) -> str:
    if isinstance(value, list):
        return "{" + ",".join("NULL" if one is None else _text(one) for one in value) + "}"
    return str(value)
