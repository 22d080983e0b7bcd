"""Erasing single records out of archived segments: each is replaced whole, under its name.

What a bucket keeps of older versions of a file is the bucket's to delete; nothing here can see them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.log.archive.names import segment_name
from mainstem.log.archive.reader import ArchiveReader
from mainstem.log.format import FILE_HEADER_BYTES
from mainstem.log.rewrite import Erased, rewritten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.log.archive.storage import Storage
    from mainstem.log.contract import Stream
    from mainstem.log.segment import OpenSegment


def erase_archived(storage: Storage, stream: Stream, is_erased: Callable[[bytes], bool]) -> Erased:
    """Erase the records of `stream` that `is_erased` says to. Raises LogCorrupted where a segment does not
    check, EnvironmentFailure when the archive cannot be used."""
    found = Erased()
    reader = ArchiveReader(storage, stream)
    for partition in reader.partitions():
        for segment in reader.state(partition).segments:
            with reader.opened(partition, segment) as source:
                count = sum(erased for _, erased in rewritten(source, source.end, is_erased))
                if count:
                    storage.write(segment_name(stream, partition, segment.base), _pieces(source, is_erased))
                    found = found.plus(Erased(count, 1))
    return found


def _pieces(source: OpenSegment, is_erased: Callable[[bytes], bool]) -> Iterator[bytes]:
    yield source.file.pread(FILE_HEADER_BYTES, 0)
    for frame, _ in rewritten(source, source.end, is_erased):
        yield frame
