"""The newest records of a log, a bounded piece at a time, from a place that the asker remembers.

It uses nothing but `LogReader`, so the log may be on another machine. It never reads far: who comes for the
first time begins near the end, and who has fallen far behind is brought to the end and told what was passed
over.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from mainstem.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.collect.counts_file import GatewayCounts
    from mainstem.log import LogReader

Cursor = dict[str, dict[str, int]]
"""Offsets to go on at, by stream and partition."""

_LONGEST_CURSOR = 8192
_decode_cursor = msgspec.json.Decoder(Cursor).decode


class Found(NamedTuple):
    """A record and where it stands."""

    stream: str
    partition: str
    offset: int
    payload: bytes


@dataclass(frozen=True)
class Piece:
    """What one reading gave."""

    found: tuple[Found, ...] = field(repr=False)
    """In the order of each partition."""
    cursor: Cursor
    skipped: int
    """Bytes of log that were passed over."""
    reaches_back: bool = False
    """Whether it began at the oldest record still kept, of every partition."""


class Tail:
    """Over the streams of one log. `gateways` give marks near the ends of their partitions."""

    def __init__(self, logs: Mapping[str, LogReader], gateways: Sequence[GatewayCounts] = ()) -> None:
        self._logs = logs
        self._marks = {counts.partition: counts.marks for counts in gateways}

    def last(self, max_bytes: int) -> Piece:
        """The newest records: about `max_bytes` of each partition, fewer where nothing marks their
        beginning."""
        cursor: Cursor = {}
        is_whole = True
        for stream, log in self._logs.items():
            cursor[stream] = {}
            for partition in log.partitions():
                start, end = log.start(partition), log.end(partition)
                marks = self._marks.get(partition, {}).get(stream, [])
                near = [at for at in (start, *marks) if end - max_bytes <= at <= end and at >= start]
                cursor[stream][partition] = min(near, default=end)
                is_whole = is_whole and cursor[stream][partition] == start
        piece = self.after(cursor, max_bytes)
        return Piece(piece.found, piece.cursor, piece.skipped, is_whole and piece.skipped == 0)

    def after(self, cursor: Cursor, max_bytes: int) -> Piece:
        """What came after `cursor`, up to `max_bytes` of each partition. Where more than that is left, it
        is passed over. Raises what the log raises, but not for an offset that is none (any longer)."""
        found: list[Found] = []
        reached: Cursor = {}
        skipped = 0
        for stream, log in self._logs.items():
            known, reached[stream] = cursor.get(stream, {}), {}
            for partition in log.partitions():
                end = log.end(partition)
                offset = known.get(partition, log.start(partition))
                try:
                    records, after = _read_on(log, partition, offset, end, max_bytes)
                except UsageError:
                    skipped += max(0, end - offset)
                    reached[stream][partition] = end
                    continue
                found += [Found(stream, partition, at, bytes(payload)) for at, payload in records]
                is_far = end - after > max_bytes
                skipped += end - after if is_far else 0
                reached[stream][partition] = end if is_far else after
        return Piece(tuple(found), reached, skipped)


def _read_on(
    log: LogReader, partition: str, offset: int, end: int, max_bytes: int
) -> tuple[list[tuple[int, bytes]], int]:
    """Records up to `end` or `max_bytes`, and where to go on: one reading of the log ends with a segment, and
    each start of a gateway begins another."""
    records: list[tuple[int, bytes]] = []
    limit = offset + max_bytes
    while True:
        batch = log.read(partition, offset, limit - offset)
        records += batch.records
        is_stuck = batch.next_offset == offset
        offset = batch.next_offset
        if is_stuck or offset >= min(end, limit):
            return records, offset


def pack(cursor: Cursor) -> str:
    """As text for an address."""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def unpack(text: str) -> Cursor | None:
    """None for text that `pack` never made."""
    if len(text) > _LONGEST_CURSOR:
        return None
    try:
        found = _decode_cursor(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return None
    return found if all(at >= 0 for parts in found.values() for at in parts.values()) else None
