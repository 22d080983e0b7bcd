"""Reading a stream's files from any process, while their writers go on.

It promises that what it hands out was durable before it was handed out, and that it hands out every
record. It never looks past the mark, and never skips bytes that do not check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mainstem.errors import LogCorrupted, UsageError
from mainstem.log.contract import Batch, LogReader
from mainstem.log.format import FILE_HEADER_BYTES, RECORD_HEADER_BYTES, frame_distance, records_of
from mainstem.log.mark import read_mark
from mainstem.log.segment import Segment, frames, opened, read_frame, segments_in

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.log.filesystem import FileSystem
    from mainstem.log.segment import OpenSegment


class Part(NamedTuple):
    """A segment and where its part of the log ends."""

    segment: Segment
    end: int


class FileLogReader(LogReader):
    """Reads `<data_dir>/log/<stream>`, given as `folder`."""

    def __init__(self, fs: FileSystem, folder: Path) -> None:
        self._fs = fs
        self._folder = folder

    def partitions(self) -> tuple[str, ...]:
        return tuple(sorted(self._fs.directories(self._folder)))

    def start(self, partition: str) -> int:
        _, parts = self._parts(partition)
        return parts[0].segment.base if parts else 0

    def end(self, partition: str) -> int:
        mark, _ = self._parts(partition)
        return mark

    def read(self, partition: str, offset: int, max_bytes: int) -> Batch:
        mark, parts = self._parts(partition)
        if offset >= mark:
            self._check_ahead(partition, offset, mark)
            return Batch([], offset)
        if offset < parts[0].segment.base:
            raise UsageError(
                f"offset {offset} of log partition {partition} is no longer kept;"
                f" it begins at {parts[0].segment.base}"
            )
        segment, end = next(part for part in reversed(parts) if part.segment.base <= offset)
        with opened(self._fs, segment) as source:
            return _read_segment(source, offset, end, max_bytes)

    def _parts(self, partition: str) -> tuple[int, list[Part]]:
        """The mark, and the segments below it in order. Read in this order: a segment that cuts off the
        one before it exists before the mark passes its base, so no mark is used with too old a list."""
        folder = self._folder / partition
        if partition not in self._fs.directories(self._folder):
            known = ", ".join(self.partitions()) or "none yet"
            raise UsageError(f"there is no log partition {partition} in {self._folder}; there are: {known}")
        mark = read_mark(self._fs, folder)
        segments = segments_in(self._fs, folder)
        if mark is None and segments:
            raise LogCorrupted(f"{folder}: there are segments but no durable mark; its writer restores it")
        parts = parts_of(segments, mark or 0)
        if mark and not parts:
            raise LogCorrupted(f"{folder}: the log reached address {mark}, but its segments are gone")
        return mark or 0, parts

    def _check_ahead(self, partition: str, offset: int, mark: int) -> None:
        """After a power failure the mark is older than the truth until the partition's writer is back,
        and a reader may have been further; further than the files it cannot have been."""
        segments = segments_in(self._fs, self._folder / partition)
        if offset == mark or not segments:
            reached = mark
        else:
            with opened(self._fs, segments[-1]) as last:
                reached = max(mark, last.end)
        if offset > reached:
            raise UsageError(
                f"offset {offset} of log partition {partition} is past its end, {reached};"
                " was the data folder replaced?"
            )


def parts_of(segments: list[Segment], mark: int) -> list[Part]:
    """Every segment that holds a part of the log, and where that part ends (invariant 2)."""
    ends = [segment.base for segment in segments[1:]] + [mark]
    return [
        Part(segment, min(end, mark))
        for segment, end in zip(segments, ends, strict=False)
        if segment.base < mark
    ]


def _read_segment(source: OpenSegment, offset: int, end: int, max_bytes: int) -> Batch:
    records: list[tuple[int, bytes]] = []
    begin = after = _frame_of(source, offset, end)
    for address, frame in frames(source, begin, end):
        if records and address + len(frame) - begin > max_bytes:
            break
        found = records_of(frame, address)
        records += [record for record in found if record[0] >= offset] if address < offset else found
        after = address + len(frame)
    if not records:
        raise unreadable(source, after, end)
    return Batch(records, after)


def _frame_of(source: OpenSegment, offset: int, end: int) -> int:
    """Address of the frame to begin with, for an offset that names a segment, a frame or a record."""
    first = source.base + FILE_HEADER_BYTES
    if offset in (source.base, first):
        return first
    distance = frame_distance(source.file.pread(RECORD_HEADER_BYTES, offset - source.base))
    if distance is None:
        return offset
    address = offset - distance
    frame = read_frame(source, address, end) if address >= first else None
    if frame is None or all(offset != at for at, _ in records_of(frame, address)):
        raise unreadable(source, offset, end)
    return address


def unreadable(source: OpenSegment, address: int, end: int) -> LogCorrupted | UsageError:
    """Why no record can be read at an address: found out by walking there from the segment's start."""
    after = source.base + FILE_HEADER_BYTES
    for begin, frame in frames(source, after, end):
        after = begin + len(frame)
        if after > address:
            return UsageError(
                f"{source.path.name}: no record begins at offset {address}; one does at {after}"
            )
    return LogCorrupted(
        f"{source.path}, address {after} (byte {after - source.base} of the file):"
        f" no whole frame stands here, but the log is durable up to {end}"
    )
