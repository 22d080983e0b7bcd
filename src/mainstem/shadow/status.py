"""How far shadow mode is behind, source by source: counted from the log and the kept position."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.events import decode_forwarded, parse_time
from mainstem.shadow.position import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from mainstem.log import LogReader
    from mainstem.shadow.position import PositionFile

_READ_BYTES = 4 * 1024 * 1024


class SourceStatus(msgspec.Struct, frozen=True):
    """One shadowed source. Counts are of requests."""

    source_id: str
    url: str
    forwarded: int
    waiting: int
    refused: dict[str, int]
    """By the status the other data plane gave."""
    skipped: int
    lag_seconds: float | None
    """Age of the request that has waited longest; None when none waits."""
    last_forwarded_at: str | None
    """When that request arrived: RFC 3339, UTC."""


def status_of(
    reader: LogReader, positions: PositionFile, urls: Mapping[str, str], now: datetime
) -> list[SourceStatus]:
    """`urls` are of the shadowed sources, by id. Reads all that waits."""
    return [_status(reader, positions, source_id, url, now) for source_id, url in urls.items()]


def _status(
    reader: LogReader, positions: PositionFile, source_id: str, url: str, now: datetime
) -> SourceStatus:
    forwarded = skipped = waiting = 0
    refused: dict[str, int] = {}
    oldest: datetime | None = None
    last: str | None = None
    for partition in reader.partitions():
        progress = positions.progress(Place(source_id, partition))
        offset = reader.start(partition)
        if progress is not None:
            offset = max(offset, progress.offset)
            forwarded += progress.forwarded
            skipped += progress.skipped
            last = max(filter(None, (last, progress.last_at)), default=None)
            for status, count in progress.refused.items():
                refused[status] = refused.get(status, 0) + count
        for arrived in _arrivals(reader, partition, offset, source_id):
            waiting += 1
            oldest = arrived if oldest is None or (arrived and arrived < oldest) else oldest
    lag = None if oldest is None else max(0.0, (now - oldest).total_seconds())
    return SourceStatus(source_id, url, forwarded, waiting, refused, skipped, lag, last)


def _arrivals(reader: LogReader, partition: str, offset: int, source_id: str) -> Iterator[datetime | None]:
    """When each request of the source that waits arrived."""
    end = reader.end(partition)
    while offset < end:
        batch = reader.read(partition, offset, _READ_BYTES)
        for _, payload in batch.records:
            try:
                request = decode_forwarded(payload)
            except msgspec.MsgspecError:  # the lane leaves it out too, and says so
                continue
            if request.source_id == source_id:
                yield parse_time(request.received_at)
        offset = batch.next_offset
