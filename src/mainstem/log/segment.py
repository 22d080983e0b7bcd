"""Segment files: their names, how one is begun, and reading single frames out of one.

Below the group commit and the readers, above raw files. It decides nothing about damage: `read_frame`
says only whether a whole frame stands at a position, since the same bytes are a torn tail to the writer
and corruption to a reader.
"""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from mainstem.log.format import (
    FILE_HEADER_BYTES,
    FRAME_HEADER_BYTES,
    FRAME_MAGIC,
    encode_file_header,
    frame_bytes,
    frame_checks,
    frame_seed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.log.filesystem import File, FileSystem

_NAME = re.compile(r"(\d{20})\.segment")


class Segment(NamedTuple):
    """A segment file by name; nothing is known of its contents."""

    base: int
    path: Path


class OpenSegment(NamedTuple):
    """A segment whose header was read and checks."""

    base: int
    path: Path
    file: File
    seed: int
    size: int
    """Of the file; the part of the log in it may be shorter."""

    @property
    def end(self) -> int:
        """Address after the last byte of the file."""
        return self.base + self.size


def segment_path(folder: Path, base: int) -> Path:
    return folder / f"{base:020d}.segment"


def segments_in(fs: FileSystem, folder: Path) -> list[Segment]:
    """The segments of a partition, in order of address. Other files are left alone."""
    found = (match for name in fs.files(folder) if (match := _NAME.fullmatch(name)))
    return sorted(Segment(int(match[1]), folder / match[0]) for match in found)


def create_segment(fs: FileSystem, folder: Path, base: int, salt: int) -> OpenSegment:
    """Begin a segment: header and directory entry are durable when this returns.

    A file of this name can only be one that holds no durable frame (its end is its base), left by a
    failure: it is replaced by a new file, never written again. Raises OSError.
    """
    path = segment_path(folder, base)
    with suppress(FileNotFoundError):
        fs.remove(path)
    file = fs.create(path)
    header = encode_file_header(base, salt)
    try:
        write_all(file, header, 0)
        file.sync()
        fs.sync_directory(folder)
    except OSError:
        file.close()
        raise
    return OpenSegment(base, path, file, frame_seed(header, base, path.name), FILE_HEADER_BYTES)


@contextmanager
def opened(fs: FileSystem, segment: Segment, *, write: bool = False) -> Iterator[OpenSegment]:
    """Open an existing segment. Raises LogCorrupted or EnvironmentFailure as `frame_seed` does."""
    file = fs.open(segment.path, write=write)
    try:
        seed = frame_seed(file.pread(FILE_HEADER_BYTES, 0), segment.base, segment.path.name)
        yield OpenSegment(segment.base, segment.path, file, seed, file.size())
    finally:
        file.close()


def read_frame(segment: OpenSegment, address: int, limit: int) -> bytes | None:
    """The frame at `address`, if a whole one stands there and ends at or before `limit`."""
    position = address - segment.base
    size = frame_bytes(segment.file.pread(FRAME_HEADER_BYTES, position))
    if size is None or address + size > limit:
        return None
    frame = segment.file.pread(size, position)
    return frame if len(frame) == size and frame_checks(frame, segment.seed) else None


def frames(segment: OpenSegment, address: int, limit: int) -> Iterator[tuple[int, bytes]]:
    """Address and bytes of every frame from `address` on, until `limit` or the first that is not whole."""
    while address < limit and (frame := read_frame(segment, address, limit)) is not None:
        yield address, frame
        address += len(frame)


def find_frame(segment: OpenSegment, address: int) -> int | None:
    """The first address after `address` where a whole frame stands."""
    tail = segment.file.pread(segment.end - address, address - segment.base)
    at = tail.find(FRAME_MAGIC, 1)
    while at >= 0:
        if read_frame(segment, address + at, segment.end) is not None:
            return address + at
        at = tail.find(FRAME_MAGIC, at + 1)
    return None


def write_all(file: File, data: bytes | memoryview, position: int) -> None:
    """Write everything, however little each call takes. Raises OSError."""
    view = memoryview(data)
    while view:
        written = file.pwrite(view, position)
        if written == 0:
            raise OSError("the disk takes no more bytes and gives no reason")
        view, position = view[written:], position + written
