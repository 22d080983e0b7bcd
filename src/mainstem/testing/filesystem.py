"""A simulated disk that loses, tears and reorders what was not synced, and fails when it is told to.

Stands in for `mainstem.log.filesystem.LocalFileSystem`. Writes go to a cache that every process sees, as
the kernel's page cache is; only `sync` moves them to the disk. It is no faster than it is honest: a sync
that fails leaves its pages clean in the cache and, some of them, not on the disk, as Linux does.
"""

from __future__ import annotations

import copy
import errno
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

SECTOR = 8
"""Bytes that reach the disk together. Small, so that small tests tear often."""

Operation = Literal["create", "pwrite", "sync", "truncate", "replace", "remove", "sync_directory"]


class Stopped(BaseException):
    """The process stopped in the middle of an operation. `kill` or `crash` says what had happened."""


class _Write(NamedTuple):
    position: int
    data: bytes


@dataclass
class _Inode:
    disk: bytearray = field(default_factory=bytearray)
    cache: bytearray = field(default_factory=bytearray)
    dirty: list[_Write | int] = field(default_factory=list)
    """In order, what `cache` has and `disk` has not: writes of a sector at most, or a size cut down to."""
    modified: float = 0.0

    def write(self, data: bytes, position: int) -> None:
        _put(self.cache, data, position)
        at = 0
        while at < len(data):
            size = SECTOR - (position + at) % SECTOR
            self.dirty.append(_Write(position + at, data[at : at + size]))
            at += size

    def truncate(self, size: int) -> None:
        del self.cache[size:]
        self.dirty.append(size)

    def settle(self, random: Random | None) -> None:
        """Move to the disk what is dirty: all of it, or by chance."""
        for change in self.dirty:
            if random is not None and random.random() < 0.5:
                continue
            if isinstance(change, _Write):
                _put(self.disk, change.data, change.position)
            else:
                del self.disk[change:]
        self.dirty.clear()


def _put(target: bytearray, data: bytes, position: int) -> None:
    target.extend(bytes(max(0, position - len(target))))
    target[position : position + len(data)] = data


class SimulatedFile:
    """An open file; dead once its process was killed."""

    def __init__(self, fs: CrashingFileSystem, inode: _Inode, locked: Path | None = None) -> None:
        self._fs = fs
        self._inode = inode
        self._locked = locked
        self._life = fs.life

    def pread(self, size: int, position: int) -> bytes:
        self._check_alive()
        return bytes(self._inode.cache[position : position + size])

    def pwrite(self, data: bytes | memoryview, position: int) -> int:
        self._check_alive()
        written = bytes(data)
        if len(written) > SECTOR and self._fs.random.random() < 0.2:
            written = written[: self._fs.random.randrange(1, len(written))]
        written = written[: self._fs.room_for(self._inode, position, len(written))]
        try:
            self._fs.step("pwrite")
        except BaseException:
            self._inode.write(written[: len(written) // SECTOR // 2 * SECTOR], position)
            raise
        self._inode.write(written, position)
        self._inode.modified = self._fs.now
        return len(written)

    def sync(self) -> None:
        self._check_alive()
        try:
            self._fs.step("sync")
        except OSError:
            self._inode.settle(self._fs.random)
            if self._fs.random.random() < 0.3:  # pages called clean may be dropped, and read from the disk
                self._inode.cache[:] = self._inode.disk
            raise
        self._inode.settle(None)

    def truncate(self, size: int) -> None:
        self._check_alive()
        self._fs.step("truncate")
        self._inode.truncate(size)

    def size(self) -> int:
        self._check_alive()
        return len(self._inode.cache)

    def close(self) -> None:
        if self._locked is not None and self._life == self._fs.life:
            self._fs.locks.discard(self._locked)

    def _check_alive(self) -> None:
        if self._life != self._fs.life:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))


class CrashingFileSystem:
    """Folders are durable at once; names of files are when their folder was synced."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.life = 0
        self.now = 0.0
        """Unix time that files are written at."""
        self.locks: set[Path] = set()
        self._folders: set[Path] = set()
        self._names: dict[Path, _Inode] = {}
        self._on_disk: dict[Path, _Inode] = {}
        self._changed: dict[Path, list[_Inode | None]] = {}
        self._faults: dict[Operation, list[int]] = {}
        self._capacity: int | None = None
        self._until_stop: int | None = None

    # What happens to the machine

    def fail(self, operation: Operation, after: int, error: int, times: int = 1) -> None:
        """The operation of this kind after `after` more fails with an errno, and so do those that follow
        it, so many `times` in all."""
        self._faults[operation] = [after, error, times]

    def fill(self, room: int) -> None:
        """From now on files grow by so many bytes together, and then there is no space left."""
        self._capacity = self._used() + room

    def free(self) -> None:
        """There is space again."""
        self._capacity = None

    def stop(self, after: int) -> None:
        """After this many more operations that change the disk, the next one raises Stopped."""
        self._until_stop = after

    def kill(self) -> None:
        """Every process is killed; what they wrote stays in the cache."""
        self.life += 1
        self.locks.clear()
        self._until_stop = None

    def crash(self) -> None:
        """Power fails and comes back: each unsynced sector and name is there or not, by chance."""
        self.kill()
        for path, states in self._changed.items():
            _set(self._on_disk, path, self.random.choice([self._on_disk.get(path), *states]))
        self._lose_cache(self.random)

    def with_synced_only(self) -> CrashingFileSystem:
        """A copy after a crash in which nothing unsynced survived."""
        twin = copy.deepcopy(self)
        twin.kill()
        twin._faults.clear()
        twin.free()
        twin._lose_cache(None)
        return twin

    def _lose_cache(self, random: Random | None) -> None:
        self._changed.clear()
        self._names = dict(self._on_disk)
        for inode in self._names.values():
            if random is None:
                inode.dirty.clear()
            else:
                inode.settle(random)
            inode.cache[:] = inode.disk

    def step(self, operation: Operation) -> None:
        if self._until_stop is not None:
            if self._until_stop == 0:
                raise Stopped
            self._until_stop -= 1
        fault = self._faults.get(operation)
        if fault is not None:
            if fault[0] == 0:
                fault[2] -= 1
                if fault[2] == 0:
                    del self._faults[operation]
                raise OSError(fault[1], os.strerror(fault[1]))
            fault[0] -= 1

    def room_for(self, inode: _Inode, position: int, size: int) -> int:
        """How many of `size` bytes can be written. Raises OSError where there is room for none."""
        if self._capacity is None or size == 0:
            return size
        there = max(0, len(inode.cache) - position)
        fits = min(size, there + max(0, self._capacity - self._used()))
        if fits == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return fits

    def _used(self) -> int:
        return sum(len(inode.cache) for inode in self._names.values())

    # What processes ask of it

    def make_directory(self, path: Path) -> None:
        self._folders |= {path, *path.parents}

    def directories(self, path: Path) -> list[str]:
        return [folder.name for folder in self._folders if folder.parent == path and folder != path]

    def files(self, path: Path) -> list[str]:
        return [name.name for name in self._names if name.parent == path]

    def create(self, path: Path) -> SimulatedFile:
        if path in self._names:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        self.step("create")
        self._name(path, _Inode(modified=self.now))
        return self.open(path)

    def open(self, path: Path, *, write: bool = False) -> SimulatedFile:
        if path not in self._names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        return SimulatedFile(self, self._names[path])

    def modified(self, path: Path) -> float:
        if path not in self._names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        return self._names[path].modified

    def replace(self, path: Path, target: Path) -> None:
        for name in (path, target):
            if name not in self._names:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(name))
        self.step("replace")
        inode = self._names[path]
        inode.modified = self._names[target].modified
        self._name(target, inode)
        self._name(path, None)

    def remove(self, path: Path) -> None:
        if path not in self._names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        self.step("remove")
        self._name(path, None)

    def sync_directory(self, path: Path) -> None:
        self.step("sync_directory")
        for name in [name for name in self._changed if name.parent == path]:
            _set(self._on_disk, name, self._changed.pop(name)[-1])

    def lock(self, path: Path) -> SimulatedFile:
        if path in self.locks:
            raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK), str(path))
        self.locks.add(path)
        return SimulatedFile(self, _Inode(), locked=path)

    def _name(self, path: Path, inode: _Inode | None) -> None:
        _set(self._names, path, inode)
        self._changed.setdefault(path, []).append(inode)


def _set(names: dict[Path, _Inode], path: Path, inode: _Inode | None) -> None:
    if inode is None:
        names.pop(path, None)
    else:
        names[path] = inode
