"""Reading archived segments as the log they once were, every frame checked.

The archive is looked through once and remembered: it only grows, and `look_again` finds what is new. It
keeps no marks, for nobody deletes from it.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mainstem.errors import UsageError
from mainstem.log.archive.names import parse_name, segment_name
from mainstem.log.archive.storage import PIECE_BYTES
from mainstem.log.format import FILE_HEADER_BYTES, frame_seed
from mainstem.log.reader import PartitionState, SegmentReader
from mainstem.log.segment import OpenSegment, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.log.archive.storage import Storage
    from mainstem.log.contract import Stream


class _Found(NamedTuple):
    """The segments of a partition, in order, and the size of each."""

    segments: list[Segment]
    sizes: dict[int, int]

    @property
    def end(self) -> int:
        last = self.segments[-1].base
        return last + self.sizes[last]


class ArchiveReader(SegmentReader):
    """One stream of an archive."""

    def __init__(self, storage: Storage, stream: Stream) -> None:
        self._storage = storage
        self._stream = stream
        self._found: dict[str, _Found] | None = None

    def __str__(self) -> str:
        return str(self._storage)

    def look_again(self) -> None:
        """Forget what was seen; the next call looks."""
        self._found = None

    def partitions(self) -> tuple[str, ...]:
        return tuple(sorted(self._look()))

    def state(self, partition: str) -> PartitionState:
        found = self._known(partition)
        return PartitionState(found.end, found.segments)

    @contextmanager
    def opened(self, partition: str, segment: Segment) -> Iterator[OpenSegment]:
        file = _StoredFile(self._storage, segment_name(self._stream, partition, segment.base))
        seed = frame_seed(file.pread(FILE_HEADER_BYTES, 0), segment.base, str(segment.path))
        size = self._known(partition).sizes[segment.base]
        yield OpenSegment(segment.base, segment.path, file, seed, size)

    def consumed(self, partition: str) -> int | None:
        self._known(partition)
        return None

    def mark_consumed(self, partition: str, offset: int) -> None:
        raise UsageError(f"the archive {self._storage} keeps no marks, not {offset} of {partition} either")

    def archived(self, partition: str) -> int | None:
        return self._known(partition).end

    def mark_archived(self, partition: str, offset: int) -> None:
        raise UsageError(f"the archive {self._storage} keeps no marks, not {offset} of {partition} either")

    def _known(self, partition: str) -> _Found:
        found = self._look().get(partition)
        if found is None:
            known = ", ".join(self.partitions()) or "none yet"
            raise UsageError(f"there is no log partition {partition} in {self._storage}; there are: {known}")
        return found

    def _look(self) -> dict[str, _Found]:
        if self._found is None:
            found: dict[str, _Found] = {}
            for stored in self._storage.list(self._stream):
                parsed = parse_name(stored.name)
                if parsed is not None:
                    partition, base = parsed
                    one = found.setdefault(partition, _Found([], {}))
                    one.segments.append(Segment(base, Path(f"{self._storage}/{stored.name}")))
                    one.sizes[base] = stored.size
            self._found = found
        return self._found


class _StoredFile:
    """A stored file, a window of it at a time. Nothing is ever written to it."""

    def __init__(self, storage: Storage, name: str) -> None:
        self._storage = storage
        self._name = name
        self._window = b""
        self._window_at = 0

    def pread(self, size: int, position: int) -> bytes:
        at = position - self._window_at
        if at < 0 or at + size > len(self._window):
            self._window = self._storage.read(self._name, position, max(size, PIECE_BYTES))
            self._window_at, at = position, 0
        return self._window[at : at + size]

    def pwrite(self, data: bytes | memoryview, position: int) -> int:
        raise OSError("an archived segment is only read")

    def sync(self) -> None:
        raise OSError("an archived segment is only read")

    def truncate(self, size: int) -> None:
        raise OSError("an archived segment is only read")

    def size(self) -> int:
        raise OSError("how long an archived segment is stands in the archive's list")

    def close(self) -> None:
        pass
