"""What becomes of a value whose type is not its column's: RudderStack's table of conflicts.

The type of the column that stands wins. What then cannot be stored exactly is told: the row keeps what the
column can hold, or NULL, and a line in `rudder_discards` keeps the value as it came.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from mainstem.load.schema import json_text
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMN_TYPES = {
    "boolean": ColumnType.BOOLEAN,
    "int": ColumnType.INT,
    "float": ColumnType.FLOAT,
    "string": ColumnType.STRING,
    "text": ColumnType.STRING,
    "datetime": ColumnType.DATETIME,
    "json": ColumnType.JSON,
}
"""The warehouse's type for each type of the schema rules."""

DISCARDS = "rudder_discards"
DISCARD_COLUMNS = {
    "table_name": ColumnType.STRING,
    "row_id": ColumnType.STRING,
    "column_name": ColumnType.STRING,
    "column_value": ColumnType.STRING,
    "received_at": ColumnType.DATETIME,
    "uuid_ts": ColumnType.DATETIME,
    "reason": ColumnType.STRING,
}

PLAIN = {ColumnType.STRING: str, ColumnType.BOOLEAN: bool, ColumnType.FLOAT: float}
"""Values of these Python types need no fitting into a column of their own type; most values are such."""

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class Fitted(NamedTuple):
    """A value ready for its column, and why the original goes to the discards, if it does."""

    value: Any
    reason: str | None = None


def fit(value: Any, incoming: ColumnType, existing: ColumnType) -> Fitted:
    """Bring a transformed value of type `incoming` into a column of type `existing`."""
    if value is None:
        return Fitted(None)
    if incoming is existing:
        return _SAME[existing](value)
    conversion = _OTHER.get((existing, incoming)) or _TO_ANY.get(existing)
    return conversion(value) if conversion else Fitted(None, _incompatible(existing, incoming))


def text_of(value: Any) -> str:
    """A value as text: texts as they are, all else as JSON writes it."""
    return value if isinstance(value, str) else json_text(value)


def _incompatible(existing: ColumnType, incoming: ColumnType) -> str:
    return f"incompatible schema conversion from {existing} to {incoming}"


def _as_it_is(value: Any) -> Fitted:
    return Fitted(value)


def _as_text(value: Any) -> Fitted:
    return Fitted(text_of(value))


def _as_int(value: int) -> Fitted:
    if _SMALLEST <= value <= _LARGEST:
        return Fitted(value)
    return Fitted(None, "the integer does not fit in 64 bits")


def _as_moment(value: str | datetime) -> Fitted:
    """A transformed datetime is text in one form, which Python reads itself, ten times as fast."""
    return Fitted(value if isinstance(value, datetime) else datetime.fromisoformat(value))


def _truncated(value: float) -> Fitted:
    reason = _incompatible(ColumnType.INT, ColumnType.FLOAT)
    if not math.isfinite(value):
        return Fitted(None, reason)
    return Fitted(_as_int(math.trunc(value)).value, reason)


def _widened(value: int) -> Fitted:
    """An integer that a float cannot hold exactly is stored rounded, and told."""
    try:
        widened = float(value)
    except OverflowError:
        return Fitted(None, "the integer does not fit in a float")
    return Fitted(widened, None if int(widened) == value else "the integer was rounded to fit in a float")


def _quoted(value: Any) -> Fitted:
    """A scalar in a JSON column is a JSON string; an array is JSON already."""
    return Fitted(json_text(value) if isinstance(value, list) else json_text(text_of(value)))


_SAME: dict[ColumnType, Callable[[Any], Fitted]] = {
    ColumnType.BOOLEAN: _as_it_is,
    ColumnType.INT: _as_int,
    ColumnType.FLOAT: _as_it_is,
    ColumnType.STRING: _as_text,
    ColumnType.DATETIME: _as_moment,
    ColumnType.JSON: _as_it_is,
}
_OTHER: dict[tuple[ColumnType, ColumnType], Callable[[Any], Fitted]] = {
    (ColumnType.FLOAT, ColumnType.INT): _widened,
    (ColumnType.INT, ColumnType.FLOAT): _truncated,
}
_TO_ANY: dict[ColumnType, Callable[[Any], Fitted]] = {
    ColumnType.STRING: _as_text,
    ColumnType.JSON: _quoted,
}
