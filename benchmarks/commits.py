"""Count what the log's writer committed, from the log itself: a frame is a commit is one fdatasync."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.log import log_folder
from mainstem.log.filesystem import LocalFileSystem
from mainstem.log.format import FILE_HEADER_BYTES, FRAME_HEADER_BYTES, frame_bytes
from mainstem.log.segment import segments_in

if TYPE_CHECKING:
    from pathlib import Path


def commits_between(data_dir: Path, partition: str, start: int, end: int) -> int:
    """Commits of accepted events whose addresses lie from `start` up to `end`, both durable ends.

    Only headers of frames are read.
    """
    fs = LocalFileSystem()
    segments = segments_in(fs, log_folder(data_dir) / "events" / partition)
    count = 0
    for number, segment in enumerate(segments):
        until = min(end, segments[number + 1].base if number + 1 < len(segments) else end)
        file = fs.open(segment.path)
        try:
            address = segment.base + FILE_HEADER_BYTES
            while address < until:
                size = frame_bytes(file.pread(FRAME_HEADER_BYTES, address - segment.base))
                if size is None:
                    raise ValueError(f"no frame at {address} in {segment.path}")
                count += address >= start
                address += size
        finally:
            file.close()
    return count
