"""Reading a stream while its writers go on: one way for files on this disk and for those of other machines.

It promises that what it hands out was durable before it was handed out, and that it hands out every
record. It never looks past the mark, and never skips bytes that do not check.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, NamedTuple

from mainstem.errors import LogCorrupted, UsageError
from mainstem.log.consumed import ARCHIVED_NAME, CONSUMED_NAME, read_consumed, write_consumed
from mainstem.log.contract import ArchiveMarks, Batch, ConsumerMarks, LogReader
from mainstem.log.format import (
    FILE_HEADER_BYTES,
    RECORD_HEADER_BYTES,
    frame_distance,
    record_addresses,
    records_of,
)
from mainstem.log.mark import read_mark
from mainstem.log.segment import Segment, frames, opened, read_frame, segments_in

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from mainstem.log.filesystem import FileSystem
    from mainstem.log.segment import OpenSegment

_LOOKS = 3
"""How often a read begins again because retention deleted the file it was about to open."""


class Part(NamedTuple):
    """A segment and where its part of the log ends."""

    segment: Segment
    end: int


class PartitionState(NamedTuple):
    """What there is of a partition."""

    mark: int
    """The address up to which it is durable and may be read."""
    segments: list[Segment]
    """In order of address."""

    @property
    def start(self) -> int:
        return self.segments[0].base if self.segments else 0


class SegmentReader(LogReader, ConsumerMarks, ArchiveMarks):
    """Finds records in segments. Where those are is for a subclass to know."""

    @abstractmethod
    def state(self, partition: str) -> PartitionState:
        """What there is of a partition now.

        Raises UsageError for one that is not there, LogCorrupted where its segments are gone.
        """

    @abstractmethod
    def opened(self, partition: str, segment: Segment) -> AbstractContextManager[OpenSegment]:
        """One of its segments, to read frames from. Raises FileNotFoundError when it is no longer there."""

    def close(self) -> None:
        """Give up what is kept open between two calls; a later call opens it again. Nothing, for files."""

    def start(self, partition: str) -> int:
        return self.state(partition).start

    def end(self, partition: str) -> int:
        return self.state(partition).mark

    def read(self, partition: str, offset: int, max_bytes: int) -> Batch:
        while True:
            batch = self._read(partition, offset, max_bytes)
            if batch.records or batch.next_offset == offset:
                return batch
            offset = batch.next_offset  # all of it was erased

    def _read(self, partition: str, offset: int, max_bytes: int) -> Batch:
        for _ in range(_LOOKS):
            state = self.state(partition)
            if offset >= state.mark:
                self._check_ahead(partition, offset, state)
                return Batch([], offset)
            if offset < state.start:
                break
            parts = parts_of(state.segments, state.mark)
            segment, end = next(part for part in reversed(parts) if part.segment.base <= offset)
            try:
                with self.opened(partition, segment) as source:
                    return _read_segment(source, offset, end, max_bytes)
            except FileNotFoundError:
                continue
        raise UsageError(
            f"offset {offset} of log partition {partition} is no longer kept; it begins at {state.start}"
        )

    def _check_ahead(self, partition: str, offset: int, state: PartitionState) -> None:
        """After a power failure the mark is older than the truth until the partition's writer is back,
        and a reader may have been further; further than the files it cannot have been."""
        if offset == state.mark or not state.segments:
            reached = state.mark
        else:
            with self.opened(partition, state.segments[-1]) as last:
                reached = max(state.mark, last.end)
        if offset > reached:
            raise UsageError(
                f"offset {offset} of log partition {partition} is past its end, {reached};"
                " was the data folder replaced?"
            )


class FileLogReader(SegmentReader):
    """Reads `<data_dir>/log/<stream>`, given as `folder`."""

    def __init__(self, fs: FileSystem, folder: Path) -> None:
        self._fs = fs
        self._folder = folder

    def partitions(self) -> tuple[str, ...]:
        return tuple(sorted(self._fs.directories(self._folder)))

    def consumed(self, partition: str) -> int | None:
        return read_consumed(self._fs, self._known(partition))

    def mark_consumed(self, partition: str, offset: int) -> None:
        self._mark(partition, offset, CONSUMED_NAME)

    def archived(self, partition: str) -> int | None:
        return read_consumed(self._fs, self._known(partition), ARCHIVED_NAME)

    def mark_archived(self, partition: str, offset: int) -> None:
        self._mark(partition, offset, ARCHIVED_NAME)

    def _mark(self, partition: str, offset: int, name: str) -> None:
        state = self.state(partition)
        if offset < 0:
            raise UsageError(f"offset {offset} of log partition {partition}: an offset is not negative")
        if offset > state.mark:
            self._check_ahead(partition, offset, state)
        write_consumed(self._fs, self._folder / partition, offset, name)

    def state(self, partition: str) -> PartitionState:
        return state_of(self._fs, self._known(partition))

    def opened(self, partition: str, segment: Segment) -> AbstractContextManager[OpenSegment]:
        return opened(self._fs, segment)

    def _known(self, partition: str) -> Path:
        if partition not in self._fs.directories(self._folder):
            known = ", ".join(self.partitions()) or "none yet"
            raise UsageError(f"there is no log partition {partition} in {self._folder}; there are: {known}")
        return self._folder / partition


def state_of(fs: FileSystem, folder: Path) -> PartitionState:
    """What there is of the partition in `folder`. Raises LogCorrupted where its mark or segments are gone.

    The mark is read first: a segment that cuts off the one before it exists before the mark passes its
    base, so no mark is used with too old a list. And no segment begins past what is durable, so a mark
    below all of them, as it may be after a power failure, is moved up to the first.
    """
    mark = read_mark(fs, folder)
    segments = segments_in(fs, folder)
    if mark is None and segments:
        raise LogCorrupted(f"{folder}: there are segments but no durable mark; its writer restores it")
    if mark and not segments:
        raise LogCorrupted(f"{folder}: the log reached address {mark}, but its segments are gone")
    return PartitionState(max(mark or 0, segments[0].base if segments else 0), segments)


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
    if after == begin:
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
    if frame is None or offset not in record_addresses(frame, address):
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
