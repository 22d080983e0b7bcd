"""Values of incremental cursors: read from rows, kept as numbers or text, written into requests. Pure.

A moment is kept as seconds since 1970, so that the offset it was written with does not matter.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from mainstem.errors import ApiRefused

if TYPE_CHECKING:
    from mainstem.connectors.rest.declaration import Incremental

Cursor: TypeAlias = float | str
"""Of one list always the same of the two."""
_MOMENTS = {"datetime", "epoch", "epoch_ms"}
_STEP = 1.0


def is_moment(incremental: Incremental) -> bool:
    """Whether it is a time: only that has a lag, and ranges."""
    return incremental.type in _MOMENTS


def read_cursor(incremental: Incremental, value: Any) -> Cursor:
    """Of a row. Raises ApiRefused for one that is not what was declared."""
    try:
        match incremental.type:
            case "datetime":
                return _seconds(str(value))
            case "epoch":
                return float(value)
            case "epoch_ms":
                return float(value) / 1000
            case "number":
                return float(value)
            case _:
                return str(value)
    except (TypeError, ValueError):
        raise ApiRefused(
            f"{incremental.cursor_path} is {value!r}, which is no {incremental.type}", 200
        ) from None


def write_cursor(incremental: Incremental, cursor: Cursor) -> Any:
    """As a request has it."""
    if isinstance(cursor, str):
        return cursor
    match incremental.type:
        case "datetime":
            return datetime.fromtimestamp(int(cursor), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case "epoch_ms":
            return int(cursor * 1000)
        case _:
            return int(cursor) if cursor == int(cursor) else cursor


def before(incremental: Incremental, cursor: Cursor) -> Cursor:
    """What a run begins with whose last one ended at `cursor`."""
    if isinstance(cursor, str) or not is_moment(incremental):
        return cursor
    return cursor - incremental.lag


def anchor(incremental: Incremental, cursor: Cursor) -> Cursor | None:
    """What the next page is asked from, that rows of the newest moment are all in; None for cursors that
    stay as they are when a row changes, whose pages do not move."""
    return cursor - _STEP if is_moment(incremental) and not isinstance(cursor, str) else None


def first_cursor(incremental: Incremental, start: datetime) -> Cursor | None:
    """What the first run begins with; None for no bound."""
    if incremental.initial_value is not None:
        return read_cursor(incremental, incremental.initial_value)
    return start.timestamp() if is_moment(incremental) else None


def _seconds(written: str) -> float:
    found = datetime.fromisoformat(written)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
