"""The few file operations the log needs, as a seam: a simulated disk that crashes stands in for them.

Every operation raises OSError as the kernel gives it; what that means is for callers to decide. Nothing
becomes durable but by `File.sync` (contents and size) and `sync_directory` (names).
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path


class File(Protocol):
    """An open file. Positions count bytes from its start."""

    def pread(self, size: int, position: int) -> bytes:
        """Up to `size` bytes; fewer at the end of the file only."""

    def pwrite(self, data: bytes | memoryview, position: int) -> int:
        """Writes some first part of `data`, returns how much."""

    def sync(self) -> None:
        """Everything written before is on the disk when this returns. After it failed nobody knows."""

    def truncate(self, size: int) -> None: ...

    def size(self) -> int: ...

    def close(self) -> None: ...


class FileSystem(Protocol):
    def make_directory(self, path: Path) -> None:
        """Make it and the ones above it, durably, where they are missing."""

    def directories(self, path: Path) -> list[str]:
        """Names of the folders in a folder, in any order; none when it does not exist."""

    def files(self, path: Path) -> list[str]:
        """Names of the files in a folder, in any order."""

    def create(self, path: Path) -> File:
        """A new empty file, for reading and writing. Raises FileExistsError."""

    def open(self, path: Path, *, write: bool = False) -> File:
        """Raises FileNotFoundError."""

    def modified(self, path: Path) -> float:
        """Unix time at which a file was last written to. Raises FileNotFoundError."""

    def replace(self, path: Path, target: Path) -> None:
        """Give the file `path` the name of `target`, at once, and the time at which that was last written to.
        Raises FileNotFoundError where either is missing."""

    def remove(self, path: Path) -> None: ...

    def sync_directory(self, path: Path) -> None: ...

    def lock(self, path: Path) -> File:
        """Hold a file, made where missing, until it is closed. Raises BlockingIOError when it is held."""


class LocalFile:
    """A POSIX file descriptor. One that `is_new` was opened to be filled: when it is closed, what of it is on
    the disk leaves the kernel's cache, so that the next one fills the same memory. Without that a gateway
    that writes 100 MB a second takes every free page of the machine, and what others have cached in the end
    (and where a hypervisor lends memory page by page, each first touch of one costs as much as the event
    that is written to it: 2 µs)."""

    __slots__ = ("_fd", "_is_new")

    def __init__(self, fd: int, *, is_new: bool = False) -> None:
        self._fd = fd
        self._is_new = is_new

    def pread(self, size: int, position: int) -> bytes:
        data = os.pread(self._fd, size, position)
        if len(data) in (size, 0):
            return data
        parts = [data]  # the kernel may give less than asked for, 2 GiB at a time at most
        while data:
            done = sum(map(len, parts))
            data = os.pread(self._fd, size - done, position + done)
            parts.append(data)
        return b"".join(parts)

    def pwrite(self, data: bytes | memoryview, position: int) -> int:
        return os.pwrite(self._fd, data, position)

    def sync(self) -> None:
        os.fdatasync(self._fd)

    def truncate(self, size: int) -> None:
        os.ftruncate(self._fd, size)

    def size(self) -> int:
        return os.fstat(self._fd).st_size

    def close(self) -> None:
        if self._is_new and hasattr(os, "posix_fadvise"):  # macOS has none
            with suppress(OSError):  # advice: not to be able to take it is no failure
                os.posix_fadvise(self._fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(self._fd)


class LocalFileSystem:
    """This machine's disks."""

    def make_directory(self, path: Path) -> None:
        if path.is_dir():
            return
        self.make_directory(path.parent)
        path.mkdir(exist_ok=True)
        self.sync_directory(path.parent)

    def directories(self, path: Path) -> list[str]:
        try:
            return [entry.name for entry in os.scandir(path) if entry.is_dir()]
        except FileNotFoundError:
            return []

    def files(self, path: Path) -> list[str]:
        return [entry.name for entry in os.scandir(path) if entry.is_file()]

    def create(self, path: Path) -> LocalFile:
        return LocalFile(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o640), is_new=True)

    def open(self, path: Path, *, write: bool = False) -> LocalFile:
        return LocalFile(os.open(path, os.O_RDWR if write else os.O_RDONLY))

    def modified(self, path: Path) -> float:
        return path.stat().st_mtime

    def replace(self, path: Path, target: Path) -> None:
        modified = target.stat().st_mtime_ns
        os.utime(path, ns=(modified, modified))
        path.replace(target)

    def remove(self, path: Path) -> None:
        path.unlink()

    def sync_directory(self, path: Path) -> None:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def lock(self, path: Path) -> LocalFile:
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BaseException:
            os.close(fd)
            raise
        return LocalFile(fd)
