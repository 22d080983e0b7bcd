"""Find the durable end of a partition after a crash, and make it true.

Reads the last segment only. A torn tail is cut off; the frames past the mark, which may have reached the
page cache alone, are written again and synced before anyone is told of them. Anything that had been
durable and does not check stops it: it never cuts off an acknowledged record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import LogCorrupted
from mainstem.log.format import FILE_HEADER_BYTES, file_header_checks
from mainstem.log.mark import read_mark
from mainstem.log.segment import find_frame, frames, opened, segments_in, write_all

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.log.filesystem import FileSystem
    from mainstem.log.segment import OpenSegment, Segment


def recover(fs: FileSystem, folder: Path) -> int:
    """The address after the last frame; all before it is durable when this returns.

    The caller holds the partition's lock. Raises LogCorrupted, or OSError when the disk fails.
    """
    mark = read_mark(fs, folder) or 0
    segments = segments_in(fs, folder)
    while segments and _torn_creation(fs, segments[-1]):
        # Durably, before its place is given to anything else: if it came back it would cut that off.
        fs.remove(segments.pop().path)
        fs.sync_directory(folder)
    if not segments:
        if mark:
            raise LogCorrupted(f"{folder}: the log reached address {mark}, but its segments are gone")
        return 0
    with opened(fs, segments[-1], write=True) as last:
        return _settle_tail(last, mark)


def _torn_creation(fs: FileSystem, segment: Segment) -> bool:
    """Whether the file never became a segment: then it had no frames (invariant 4)."""
    file = fs.open(segment.path)
    try:
        return file.size() <= FILE_HEADER_BYTES and not file_header_checks(file.pread(FILE_HEADER_BYTES, 0))
    finally:
        file.close()


def _settle_tail(segment: OpenSegment, mark: int) -> int:
    after = segment.base + FILE_HEADER_BYTES
    for address, frame in frames(segment, after, segment.end):
        after = address + len(frame)
        if after > mark:
            # After a failed fdatasync Linux calls the pages clean: another one would report success
            # and write nothing. Written again they are dirty, and the sync below speaks the truth.
            write_all(segment.file, frame, address - segment.base)
    if after < segment.end:
        _cut(segment, after, mark)
    segment.file.sync()
    end = after if after > segment.base + FILE_HEADER_BYTES else segment.base
    if end < mark:
        raise LogCorrupted(f"{segment.path}, address {after}: the log reached {mark}, but the file ends here")
    return end


def _cut(segment: OpenSegment, address: int, mark: int) -> None:
    if address < mark:
        raise LogCorrupted(f"{segment.path}, address {address}: a frame below the mark {mark} does not check")
    following = find_frame(segment, address)
    if following is not None:
        raise LogCorrupted(
            f"{segment.path}, address {address}: a frame does not check, but the one at {following} does"
        )
    segment.file.truncate(address - segment.base)
