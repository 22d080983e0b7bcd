"""The synchronous core of writing: one commit after another into one partition.

A commit is durable when `commit` returns. After any failure the segment is given up: no byte is added
to it, and no sync of it is tried again, because a sync that failed once proves nothing by succeeding
later. The next commit begins a segment at the durable end, which is also how every writer begins.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mainstem.errors import EnvironmentFailure, LogUnavailable
from mainstem.log.format import FrameBuffer
from mainstem.log.mark import Mark
from mainstem.log.recover import recover
from mainstem.log.segment import create_segment, write_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mainstem.log.filesystem import File, FileSystem
    from mainstem.log.segment import OpenSegment

LOCK_NAME = "lock"
ROLL_NAME = "roll"
_KEPT_BYTES = 5 * 1024 * 1024
"""A frame of as many events as are joined into one is smaller, with the default settings."""


class PartitionWriter:
    """Holds the partition's lock from construction to `close`. For one thread at a time.

    Construction recovers the partition. It raises EnvironmentFailure when another writer holds it or
    the folder cannot be used, LogCorrupted when what was acknowledged does not check.
    """

    def __init__(
        self, fs: FileSystem, folder: Path, segment_bytes: int, make_salt: Callable[[], int]
    ) -> None:
        self._fs = fs
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._make_salt = make_salt
        self._segment: OpenSegment | None = None
        self._frames = FrameBuffer(_KEPT_BYTES)
        self._lock = _lock(fs, folder)
        try:
            self._end = recover(fs, folder)
            self._mark = Mark.open(fs, folder, self._end)
        except OSError as e:
            self._lock.close()
            raise EnvironmentFailure(f"cannot open the log in {folder}: {e}") from e
        except BaseException:
            self._lock.close()
            raise
        self._published = self._end

    @property
    def durable_end(self) -> int:
        return self._end

    def commit(self, groups: Sequence[Sequence[bytes]]) -> list[int]:
        """Make groups of records durable, all or none; returns the address of each group's first record.

        Raises LogUnavailable; then none of them is visible to readers, and the next call starts afresh.
        """
        try:
            self._publish()
            segment = self._writable_segment()
            frame, firsts = self._frames.encode(groups, segment.seed)
            address = max(self._end, segment.base + segment.size)
            write_all(segment.file, frame, address - segment.base)
            segment.file.sync()
        except OSError as e:
            self._give_up_segment()
            raise LogUnavailable(f"cannot write to the log in {self._folder}: {e}") from e
        self._end = address + len(frame)
        # The records are durable, so they are acknowledged whatever becomes of the mark. When it cannot
        # be moved now, the next commit moves it first, or is refused.
        with suppress(OSError):
            self._publish()
        return [address + first for first in firsts]

    def roll_if_asked(self) -> None:
        """Begin a segment where somebody asked for it, so that nothing is added to those before it. When the
        disk refuses, the request stands until the next look."""
        request = self._folder / ROLL_NAME
        try:
            self._fs.open(request).close()
        except OSError:
            return
        with suppress(OSError):
            self._publish()
            if self._segment is not None:
                self._segment.file.close()
                self._segment = None
            self._segment = create_segment(self._fs, self._folder, self._end, self._make_salt())
            self._fs.remove(request)

    def close(self) -> None:
        """Raises LogUnavailable when readers cannot be told of the last records (they are durable)."""
        if self._segment is not None:
            self._segment.file.close()
            self._segment = None
        try:
            self._publish()
        except OSError as e:
            raise LogUnavailable(f"cannot publish the end of the log in {self._folder}: {e}") from e
        finally:
            self._mark.close()
            self._lock.close()

    def _publish(self) -> None:
        if self._published != self._end:
            self._mark.publish(self._end)
            self._published = self._end

    def _writable_segment(self) -> OpenSegment:
        segment = self._segment
        if segment is not None and self._end - segment.base < self._segment_bytes:
            return segment
        if segment is not None:
            segment.file.close()
            self._segment = None
        self._segment = create_segment(self._fs, self._folder, self._end, self._make_salt())
        return self._segment

    def _give_up_segment(self) -> None:
        segment, self._segment = self._segment, None
        if segment is None:
            return
        # A courtesy that frees the disk: the name of the next segment is what cuts this one.
        with suppress(OSError):
            segment.file.truncate(max(self._end - segment.base, segment.size))
        with suppress(OSError):
            segment.file.close()


def _lock(fs: FileSystem, folder: Path) -> File:
    try:
        fs.make_directory(folder)
        return fs.lock(folder / LOCK_NAME)
    except BlockingIOError as e:
        raise EnvironmentFailure(
            f"another process writes to the log partition {folder}; a partition has one writer"
        ) from e
    except OSError as e:
        raise EnvironmentFailure(f"cannot open the log in {folder}: {e}") from e
