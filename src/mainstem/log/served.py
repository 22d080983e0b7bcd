"""A log's files as other machines are shown them: what there is, bytes of segments, and the marks.

Bytes are handed out as they stand in the files, as far as they are durable and no further; whoever reads
them checks every frame, as if the file were his own. It speaks no protocol: a port in front of it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import UsageError
from mainstem.log.contract import STREAMS
from mainstem.log.format import FILE_HEADER_BYTES
from mainstem.log.reader import FileLogReader, parts_of, state_of

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.log.filesystem import FileSystem

MOST_BYTES = 1024 * 1024
"""Of one answer: a worker serves nobody else while it reads them."""


class ServedPartition(msgspec.Struct, frozen=True):
    """What a reader elsewhere needs to know of a partition."""

    mark: int
    bases: tuple[int, ...]
    """Of its segments, in order."""
    file_end: int
    """Address after the last byte of the last file, which may be past the mark."""
    consumed: int | None = None
    archived: int | None = None


class ServedLog:
    """The log in `folder`, the one that holds every stream."""

    def __init__(self, fs: FileSystem, folder: Path) -> None:
        self._fs = fs
        self._folder = folder

    def partitions(self, stream: str) -> tuple[str, ...]:
        """Raises UsageError for a stream that there is not."""
        return self._reader(stream).partitions()

    def partition(self, stream: str, partition: str) -> ServedPartition:
        """Raises UsageError for one that is not there, LogCorrupted where its segments are gone."""
        reader = self._reader(stream)
        consumed = reader.consumed(partition)  # the name is known from here on: no path climbs out of the log
        mark, segments = state_of(self._fs, self._folder / stream / partition)
        end = mark
        if segments:
            file = self._fs.open(segments[-1].path)
            try:
                end = segments[-1].base + file.size()
            finally:
                file.close()
        bases = tuple(segment.base for segment in segments)
        return ServedPartition(mark, bases, end, consumed, reader.archived(partition))

    def read(self, stream: str, partition: str, base: int, position: int, size: int) -> bytes | None:
        """Up to `size` bytes of a segment's file from `position` on, MOST_BYTES at most; none behind what
        is durable. None where the segment is no longer there. Raises as `partition`."""
        self._reader(stream).consumed(partition)
        state = state_of(self._fs, self._folder / stream / partition)
        part = next((p for p in parts_of(state.segments, state.mark) if p.segment.base == base), None)
        if part is None:
            return None
        durable = max(part.end - base, FILE_HEADER_BYTES)
        try:
            file = self._fs.open(part.segment.path)
        except FileNotFoundError:
            return None
        try:
            return file.pread(max(0, min(size, MOST_BYTES, durable - position)), position)
        finally:
            file.close()

    def mark_consumed(self, stream: str, partition: str, offset: int) -> None:
        """As `ConsumerMarks.mark_consumed`."""
        self._reader(stream).mark_consumed(partition, offset)

    def mark_archived(self, stream: str, partition: str, offset: int) -> None:
        """As `ArchiveMarks.mark_archived`."""
        self._reader(stream).mark_archived(partition, offset)

    def _reader(self, stream: str) -> FileLogReader:
        if stream not in STREAMS:
            raise UsageError(f"there is no stream {stream} of the log; there are: {', '.join(STREAMS)}")
        return FileLogReader(self._fs, self._folder / stream)
