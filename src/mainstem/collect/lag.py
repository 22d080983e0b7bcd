"""How far the loader is behind one partition of accepted events: in bytes, and in seconds.

Seconds are the age of the oldest event that is not loaded, read from the log itself: what a person who looks
at a dashboard is missing. Nothing is asked of the loader.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from mainstem.events import decode_received

if TYPE_CHECKING:
    from mainstem.log.reader import SegmentReader


class Lag(NamedTuple):
    start: int
    """Address of the oldest record kept."""
    end: int
    """After the last durable one."""
    consumed: int | None
    """What the loader last told; None before it ever did."""
    bytes: int
    seconds: float


class LagWatch:
    """Looks at one partition. The event it waits for is read once, however long that waits."""

    def __init__(self, log: SegmentReader, partition: str) -> None:
        self._log = log
        self._partition = partition
        self._oldest: tuple[int, datetime | None] = (-1, None)

    def look(self, now: datetime) -> Lag:
        """Raises MainstemError where the log cannot be read."""
        log, partition = self._log, self._partition
        start, end, consumed = log.start(partition), log.end(partition), log.consumed(partition)
        begin = max(start, consumed or 0)
        if begin >= end:
            return Lag(start, end, consumed, 0, 0.0)
        if self._oldest[0] != begin:
            self._oldest = begin, self._received_at(begin)
        received_at = self._oldest[1]
        seconds = 0.0 if received_at is None else max(0.0, (now - received_at).total_seconds())
        return Lag(start, end, consumed, end - begin, seconds)

    def _received_at(self, offset: int) -> datetime | None:
        """None for a record that is no event: its age is nobody's."""
        records = self._log.read(self._partition, offset, 1).records
        try:
            return datetime.fromisoformat(decode_received(records[0][1]).received_at) if records else None
        except (msgspec.MsgspecError, ValueError):
            return None
