"""The consumed and the archived mark: how far the loader has taken a partition, and how far it has been
copied into the archive, each in a file beside its segments.

Eight bytes, overwritten in place: they are seen old or new. They are never synced, because an older mark
after a power failure only keeps segments longer. Nothing but retention and what is told of lag looks at it.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from mainstem.errors import LogUnavailable
from mainstem.log.mark import read_mark
from mainstem.log.segment import write_all

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.log.filesystem import File, FileSystem

CONSUMED_NAME = "consumed"
ARCHIVED_NAME = "archived"

_MARK = struct.Struct("<Q")


def read_consumed(fs: FileSystem, folder: Path, name: str = CONSUMED_NAME) -> int | None:
    """The mark of the partition in `folder`; None when nobody has told one."""
    return read_mark(fs, folder, name)


def write_consumed(fs: FileSystem, folder: Path, offset: int, name: str = CONSUMED_NAME) -> None:
    """Raises LogUnavailable when the file cannot be written; then the old mark stands."""
    try:
        file = _opened(fs, folder / name)
        try:
            write_all(file, _MARK.pack(offset), 0)
        finally:
            file.close()
    except OSError as e:
        raise LogUnavailable(f"cannot keep in {folder} how far it was {name}: {e}") from e


def _opened(fs: FileSystem, path: Path) -> File:
    try:
        return fs.open(path, write=True)
    except FileNotFoundError:
        return fs.create(path)
