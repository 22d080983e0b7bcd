"""Values of sources as values of columns: one rule a type; what does not fit is told, never bent.

A column that met a value it cannot hold gets a sibling, `<column>__v_<type>` as dlt names it; the column is
empty in that row. It knows no table.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Callable

MISFIT: Any = object()
"""A value that the column's type does not hold."""

PLAIN: dict[ColumnType, type] = {ColumnType.BOOLEAN: bool, ColumnType.FLOAT: float}
"""Python's types whose every value a column holds as it is."""
_LEAST, _MOST = -(2**63), 2**63 - 1
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|UTC|[+-]\d\d:?\d\d)")
_TRUTHS = {"true": True, "false": False}


def type_of(value: Any) -> ColumnType:
    """The type of a column that a value is the first of."""
    match value:
        case bool():
            return ColumnType.BOOLEAN
        case int() if _LEAST <= value <= _MOST:
            return ColumnType.INT
        case float() | Decimal():
            return ColumnType.FLOAT
        case datetime() | date():
            return ColumnType.DATETIME
        case dict() | list() | tuple():
            return ColumnType.JSON
        case str() if _MOMENT.fullmatch(value):
            return ColumnType.DATETIME
        case _:
            return ColumnType.STRING


def fitted(kind: ColumnType, value: Any) -> Any:
    """`value` as a column of `kind` holds it, None for None; MISFIT where it cannot."""
    return None if value is None else _FITTING[kind](value)


def variant(column: str, value: Any) -> tuple[str, ColumnType]:
    """The sibling of a column that holds what it cannot: its name and type."""
    kind = type_of(value)
    return f"{column}__v_{kind.value}", kind


def _boolean(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _TRUTHS.get(value.lower(), MISFIT)
    return bool(value) if value in (0, 1) else MISFIT


def _int(value: Any) -> Any:
    if isinstance(value, float | Decimal) and math.isfinite(value) and value == int(value):
        value = int(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,19}", value):
        value = int(value)
    return int(value) if isinstance(value, int) and _LEAST <= value <= _MOST else MISFIT


def _float(value: Any) -> Any:
    if isinstance(value, bool):
        return MISFIT
    try:
        return float(value) if isinstance(value, int | float | Decimal | str) else MISFIT
    except (ValueError, OverflowError):
        return MISFIT


def _string(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\0", "")
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case int() | float() | Decimal():
            return str(value)
        case bytes():
            return value.decode("utf-8", "replace")
        case _:
            return _json(value)


def _moment(value: Any) -> Any:
    match value:
        case datetime():
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        case date():
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        case str():
            return _parsed(value)
        case _:
            return MISFIT


def _parsed(text: str) -> Any:
    try:
        found = datetime.fromisoformat(text.strip().replace(" UTC", "+00:00"))
    except ValueError:
        return MISFIT
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _json(value: Any) -> Any:
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError):
        return MISFIT


_FITTING: dict[ColumnType, Callable[[Any], Any]] = {
    ColumnType.BOOLEAN: _boolean,
    ColumnType.INT: _int,
    ColumnType.FLOAT: _float,
    ColumnType.STRING: _string,
    ColumnType.DATETIME: _moment,
    ColumnType.JSON: _json,
}
