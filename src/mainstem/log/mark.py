"""The durable mark: how readers in other processes know how far they may read.

Eight bytes, overwritten in place after each fdatasync of a segment, which one sector and one memory access
hold: they are seen old or new. It is made durable when a writer opens and not again: after a power failure
it may name an older address, and the next writer sets it right. It never runs ahead.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from mainstem.log.segment import write_all

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.log.filesystem import File, FileSystem

MARK_NAME = "durable"

_MARK = struct.Struct("<Q")


class Mark:
    """The writer's side."""

    def __init__(self, file: File) -> None:
        self._file = file

    @classmethod
    def open(cls, fs: FileSystem, folder: Path, address: int) -> Mark:
        """Publish `address` for the first time, durably: so wherever there is a segment, there is a mark."""
        path = folder / MARK_NAME
        try:
            mark = cls(fs.open(path, write=True))
        except FileNotFoundError:
            mark = cls(fs.create(path))
        mark.publish(address)
        mark._file.sync()
        fs.sync_directory(folder)
        return mark

    def publish(self, address: int) -> None:
        """Let readers read up to `address`. Raises OSError; then the old address may still stand."""
        write_all(self._file, _MARK.pack(address), 0)

    def close(self) -> None:
        self._file.close()


def read_mark(fs: FileSystem, folder: Path, name: str = MARK_NAME) -> int | None:
    """The published address; None when there is none (yet). `name` names the file of another such mark."""
    try:
        file = fs.open(folder / name)
    except FileNotFoundError:
        return None
    try:
        written = file.pread(_MARK.size, 0)
    finally:
        file.close()
    return int(_MARK.unpack(written)[0]) if len(written) == _MARK.size else None
