"""Events whose clocks cannot be right, found among the rows that are about to be loaded.

Their rows stay exactly as RudderStack would store them; a row of `mainstem.odd_clocks` says of a message
which clock is off and how, for models and people to leave it out or not. Nothing here moves a watermark:
those go by `received_at`, which is the gateway's own clock.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from mainstem.load.plan import AppendRows
from mainstem.load.stage import staged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from mainstem.load.plan import Step

LATE_AFTER = timedelta(days=1)
"""An event that happened longer ago than this when it was received is late: a phone that was offline."""
AHEAD_BY = timedelta(hours=1)
"""What a clock may be ahead of ours before an event is one of the future."""
ABSURD_BY = timedelta(days=366)
"""Off by more, either way, is no clock at all."""

_ID, _RECEIVED = "id", "received_at"
_HAPPENED = "timestamp"
_CLOCKS = (_HAPPENED, "sent_at", "original_timestamp")
_MICROSECOND = timedelta(microseconds=1)


def odd_clocks(steps: Iterable[Step], loaded_at: datetime) -> list[dict[str, Any]]:
    """A row for each message whose worst clock is late, in the future or absurd; one that goes into several
    tables is named once."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for step in steps:
        if isinstance(step, AppendRows):
            for rows in _clocks_of(step):
                for odd in _odd(rows):
                    key = (step.name.namespace, odd["message_id"])
                    names = {"namespace": step.name.namespace, "table_name": step.name.table}
                    found.setdefault(key, {**names, **odd, "uuid_ts": loaded_at})
    return list(found.values())


def _clocks_of(step: AppendRows) -> Iterator[pa.Table]:
    """The columns that matter of each part of a step that has them, in lower case."""
    if step.rows:
        columns = {
            name: kind for name, kind in step.columns.items() if name.lower() in (_ID, _RECEIVED, *_CLOCKS)
        }
        yield from _ready(staged(step.rows, columns))
    for part in step.columnar:
        yield from _ready(part)


def _ready(rows: pa.Table) -> Iterator[pa.Table]:
    kept = {name.lower(): rows.column(name) for name in rows.column_names if name.lower() in _CLOCKS}
    kept = {name: column for name, column in kept.items() if pa.types.is_timestamp(column.type)}
    others = {
        name.lower(): rows.column(name) for name in rows.column_names if name.lower() in (_ID, _RECEIVED)
    }
    if kept and len(others) == 2 and pa.types.is_timestamp(others[_RECEIVED].type):
        yield pa.table({**others, **kept})


def _odd(rows: pa.Table) -> Iterator[dict[str, Any]]:
    received = _microseconds(rows.column(_RECEIVED))
    ahead = {
        clock: pc.subtract(_microseconds(rows.column(clock)), received) for clock in rows.column_names[2:]
    }
    if all(_is_within(clock, by) for clock, by in ahead.items()):
        return
    is_odd = None
    for clock, by in ahead.items():
        off = pc.or_(pc.greater(by, _of(AHEAD_BY)), pc.less(by, -_of(_behind(clock))))
        off = pc.fill_null(off, False)
        is_odd = off if is_odd is None else pc.or_(is_odd, off)
    places = pc.indices_nonzero(is_odd)
    for number, row in zip(
        places.to_pylist(), rows.take(places).to_pylist() if len(places) else [], strict=True
    ):
        reason, clock = max(_judged(clock, by[number].as_py()) for clock, by in ahead.items())
        yield {
            "message_id": str(row[_ID]),
            "reason": _REASONS[reason],
            "clock": clock,
            "told": row[clock],
            "received_at": row[_RECEIVED],
        }


def _is_within(clock: str, by: pa.ChunkedArray) -> bool:
    """Whether none is odd, which is usual, and told by one look at all."""
    bounds = pc.min_max(by).as_py()
    return bounds["min"] is None or (bounds["min"] >= -_of(_behind(clock)) and bounds["max"] <= _of(AHEAD_BY))


def _behind(clock: str) -> timedelta:
    return LATE_AFTER if clock == _HAPPENED else ABSURD_BY


_REASONS = ("", "late", "future", "absurd")


def _judged(clock: str, by: int | None) -> tuple[int, str]:
    """How odd a clock is that is `by` microseconds ahead: the place of its reason, and its name."""
    if by is None:
        return 0, clock
    if abs(by) > _of(ABSURD_BY):
        return 3, clock
    if by > _of(AHEAD_BY):
        return 2, clock
    return (1 if clock == _HAPPENED and by < -_of(LATE_AFTER) else 0), clock


def _of(span: timedelta) -> int:
    return span // _MICROSECOND


def _microseconds(moments: pa.ChunkedArray) -> pa.ChunkedArray:
    """As numbers: as Python's own, moments of the year 1 could not be read in a session west of UTC."""
    return moments.cast(pa.timestamp("us", moments.type.tz)).cast(pa.int64())
