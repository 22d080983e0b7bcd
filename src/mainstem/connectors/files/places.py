"""Where files are: a folder, or a bucket (`bucket`). A file is known by its path, size and version. It reads
alone."""

from __future__ import annotations

import io
import os
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mainstem.errors import ApiUnavailable, CredentialsRefused

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, order=True)
class StoredFile:
    path: str
    """Below the place, with `/`."""
    size: int
    version: str
    """Another whenever the file was written: its etag, or when it was changed to the nanosecond."""
    modified: datetime


class Place(ABC):
    files_grow = False
    """Whether a file may get longer without being written anew."""

    @abstractmethod
    def list(self, prefix: str) -> Iterator[StoredFile]:
        """Files whose path begins with `prefix`, a folder, in any order. Raises ApiUnavailable,
        CredentialsRefused."""

    @abstractmethod
    def open(self, file: StoredFile) -> IO[bytes]:
        """Its bytes; they can be sought in. Raises FileNotFoundError, and as `list`."""


class Folder(Place):
    files_grow = True

    def __init__(self, root: Path) -> None:
        self._root = root

    def list(self, prefix: str) -> Iterator[StoredFile]:
        begin = self._root / prefix
        if not self._root.is_dir():
            raise ApiUnavailable(f"{self._root}: there is no such folder")
        for folder, _, names in os.walk(begin, onerror=_refuse):
            for name in names:
                path = Path(folder, name)
                try:
                    found = path.stat()
                except FileNotFoundError:
                    continue  # moved away since it was listed
                modified = datetime.fromtimestamp(found.st_mtime, UTC)
                relative = path.relative_to(self._root).as_posix()
                yield StoredFile(relative, found.st_size, f"{found.st_mtime_ns}-{found.st_size}", modified)

    def open(self, file: StoredFile) -> IO[bytes]:
        try:
            return (self._root / file.path).open("rb")
        except PermissionError as e:
            raise CredentialsRefused(f"{file.path} may not be read: {e.strerror}") from e


def _refuse(e: OSError) -> None:
    if isinstance(e, PermissionError):
        raise CredentialsRefused(f"{e.filename} may not be listed: {e.strerror}") from e


class Pattern:
    """`logs/**/*.gz`: which files are meant. Names that begin with a dot never are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._matches = re.compile(_regex(text)).fullmatch
        folders = re.split(r"[*?]", text, maxsplit=1)[0].rpartition("/")[0]
        self.prefix = folders
        """The folder that all of them are in."""

    def __contains__(self, path: str) -> bool:
        return not path.rpartition("/")[2].startswith(".") and self._matches(path) is not None


def _regex(text: str) -> str:
    parts = re.split(r"(\*\*/|\*|\?)", text)
    written = {"**/": "(?:[^/]+/)*", "*": "[^/]*", "?": "[^/]"}
    return "".join(written.get(part, re.escape(part)) for part in parts)


class RangeReader(io.RawIOBase):
    """Bytes that are had by ranges."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._at = 0

    def range(self, begin: int, end: int) -> bytes:
        raise NotImplementedError

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type] # a buffer is what it is called with
        end = min(self._at + len(view), self._size)
        if end <= self._at:
            return 0
        found = self.range(self._at, end)
        view[: len(found)] = found
        self._at += len(found)
        return len(found)
