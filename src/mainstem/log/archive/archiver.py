"""Copying closed segments into an archive, each of them whole, checked, and before it may be deleted.

What is copied are the segment's durable bytes, every frame checked on the way; then what was stored is read
back and compared. Only after that the log is told, by the archived mark. A copy that was interrupted is made
again; one that stands is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from isal.isal_zlib import crc32

from mainstem.errors import LogCorrupted
from mainstem.log.archive.names import segment_name
from mainstem.log.format import FILE_HEADER_BYTES
from mainstem.log.reader import parts_of, unreadable
from mainstem.log.segment import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.log.archive.storage import Storage
    from mainstem.log.contract import Stream
    from mainstem.log.reader import Part, SegmentReader
    from mainstem.log.segment import OpenSegment


class Copied(msgspec.Struct, frozen=True):
    """One segment that the archive now holds, and did not before."""

    partition: str
    name: str
    """In the archive."""
    start: int
    end: int
    """Addresses in the partition."""


def archive_stream(
    reader: SegmentReader,
    stream: Stream,
    storage: Storage,
    told: Callable[[Copied], None] = lambda _: None,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Copy every closed segment of `stream`, which `reader` reads, that the archive lacks; how many those
    were. `told` of each once it is safe; `stopping` is asked before each.

    Raises LogCorrupted where a segment does not check (nothing of it is stored), LogUnavailable and
    EnvironmentFailure when one of the two sides does not answer.
    """
    count = 0
    for partition in reader.partitions():
        for part in _closed(reader, partition):
            if stopping():
                return count
            name = segment_name(stream, partition, part.segment.base)
            try:
                new = _keep(reader, partition, part, storage, name)
            except FileNotFoundError:  # another process has archived it, and retention deleted it
                continue
            reader.mark_archived(partition, part.end)
            if new:
                count += 1
                told(Copied(partition, name, part.segment.base, part.end))
    return count


def _closed(reader: SegmentReader, partition: str) -> list[Part]:
    """Those behind the archived mark that nothing is added to any more."""
    done = reader.archived(partition) or 0
    state = reader.state(partition)
    return [part for part in parts_of(state.segments, state.mark)[:-1] if part.end > done]


def _keep(reader: SegmentReader, partition: str, part: Part, storage: Storage, name: str) -> bool:
    """Whether it had to be copied."""
    with reader.opened(partition, part.segment) as source:
        if storage.size(name) == part.end - part.segment.base:
            expected = _Counted(source, part.end).drained()
            if storage.checksum(name) == expected:
                return False
        counted = _Counted(source, part.end)
        storage.write(name, counted)
    stored = storage.checksum(name)
    if stored != counted.sum:
        storage.delete(name)
        raise LogCorrupted(
            f"{storage}/{name} does not read back as it was written ({stored[1]} bytes); it was deleted again"
        )
    return True


class _Counted:
    """The durable bytes of a segment, checked, and their checksum once they have been gone through."""

    def __init__(self, source: OpenSegment, end: int) -> None:
        self._source = source
        self._end = end
        self.sum = (0, 0)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces():
            self.sum = crc32(piece, self.sum[0]), self.sum[1] + len(piece)
            yield piece

    def drained(self) -> tuple[int, int]:
        for _ in self:
            pass
        return self.sum

    def _pieces(self) -> Iterator[bytes]:
        yield self._source.file.pread(FILE_HEADER_BYTES, 0)
        after = self._source.base + FILE_HEADER_BYTES
        for address, frame in frames(self._source, after, self._end):
            yield frame
            after = address + len(frame)
        if after < self._end:
            raise unreadable(self._source, after, self._end)
