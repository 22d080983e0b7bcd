"""Erasing single records out of a log, so that everything else stays where it is.

An erased record keeps its place and its length, and its payload is zeros; so no offset that anybody has kept
means anything else than before. A segment is replaced whole, by a file that was durable before it took the
name: killed at any point, there is the old one or the new one. A segment that something may still be added
to is never touched: its writer is asked to begin another first.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import EnvironmentFailure, LogUnavailable
from mainstem.log.format import FILE_HEADER_BYTES, erased_frame, records_of
from mainstem.log.reader import parts_of, state_of, unreadable
from mainstem.log.retention import FILES_LOCK
from mainstem.log.segment import frames, opened, write_all
from mainstem.log.writer import ROLL_NAME, PartitionWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.log.filesystem import FileSystem
    from mainstem.log.reader import Part
    from mainstem.log.segment import OpenSegment

_REPLACEMENT = ".replacement"


class Erased(msgspec.Struct, frozen=True):
    """What was erased, or would be."""

    records: int = 0
    segments: int = 0

    def plus(self, other: Erased) -> Erased:
        return Erased(self.records + other.records, self.segments + other.segments)


def settled_segments(fs: FileSystem, folder: Path, wait: Callable[[], bool]) -> list[Part]:
    """Every segment of the partition in `folder` that holds records now, none of which anything will be added
    to: its writer is asked for a new one, or a new one is made in its place where nobody writes.

    `wait` pauses for a moment and says whether to go on waiting. Raises LogUnavailable when the writer has
    not answered until then, LogCorrupted as recovery does.
    """
    with suppress(EnvironmentFailure):  # a writer is at work, and it has recovered the partition already
        PartitionWriter(fs, folder, 1, lambda: secrets.randbits(32)).close()
    state = state_of(fs, folder)
    parts = parts_of(state.segments, state.mark)
    if parts and parts[-1].segment == state.segments[-1]:
        _ask_to_roll(fs, folder, wait)
        state = state_of(fs, folder)
        parts = [part for part in parts_of(state.segments, state.mark) if part.segment != state.segments[-1]]
    return parts


def erase_records(
    fs: FileSystem,
    folder: Path,
    parts: list[Part],
    is_erased: Callable[[bytes], bool],
    wait: Callable[[], bool],
) -> Erased:
    """Erase the records of `parts`, as `settled_segments` gave them, that `is_erased` says to.

    Bytes of a file that are no part of the log go too. Raises LogCorrupted where a segment does not check,
    LogUnavailable when the disk refuses, or retention does not end its work.
    """
    found = Erased()
    try:
        _remove_replacements(fs, folder)
        for part in parts:
            with suppress(FileNotFoundError):  # retention has deleted it
                found = found.plus(_erase(fs, folder, part, is_erased, wait))
    except OSError as e:
        raise LogUnavailable(f"cannot erase from the log in {folder}: {e}") from e
    return found


def rewritten(
    source: OpenSegment, end: int, is_erased: Callable[[bytes], bool]
) -> Iterator[tuple[bytes, int]]:
    """Every frame of a segment up to `end` without the erased records, and how many those are.

    Raises LogCorrupted where the segment does not check.
    """
    after = source.base + FILE_HEADER_BYTES
    for address, frame in frames(source, after, end):
        after = address + len(frame)
        erased = [at for at, payload in records_of(frame, address) if is_erased(payload)]
        yield (erased_frame(frame, address, erased, source.seed) if erased else frame), len(erased)
    if after < end:
        raise unreadable(source, after, end)


def _ask_to_roll(fs: FileSystem, folder: Path, wait: Callable[[], bool]) -> None:
    request = folder / ROLL_NAME
    try:
        with suppress(FileExistsError):
            fs.create(request).close()
        while ROLL_NAME in fs.files(folder):
            try:
                writer = PartitionWriter(fs, folder, 1, lambda: secrets.randbits(32))
            except EnvironmentFailure as e:  # somebody else writes there
                if not wait():
                    raise LogUnavailable(f"the writer of {folder} has begun no new segment: {e}") from e
                continue
            try:
                writer.roll_if_asked()
            finally:
                writer.close()
            if ROLL_NAME in fs.files(folder) and not wait():
                raise LogUnavailable(f"no new segment can be begun in {folder}")
    except OSError as e:
        raise LogUnavailable(f"no new segment can be asked for in {folder}: {e}") from e


def _erase(
    fs: FileSystem, folder: Path, part: Part, is_erased: Callable[[bytes], bool], wait: Callable[[], bool]
) -> Erased:
    with opened(fs, part.segment) as source:
        count = sum(erased for _, erased in rewritten(source, part.end, is_erased))
        if not count and source.end == part.end:
            return Erased()
        while True:
            try:
                held = fs.lock(folder / FILES_LOCK)
                break
            except BlockingIOError:
                if not wait():
                    raise
        try:
            _replace(fs, folder, source, part.end, is_erased)
        finally:
            held.close()
    return Erased(count, 1)


def _replace(
    fs: FileSystem, folder: Path, source: OpenSegment, end: int, is_erased: Callable[[bytes], bool]
) -> None:
    target = source.path.with_name(source.path.name + _REPLACEMENT)
    with suppress(FileNotFoundError):
        fs.remove(target)
    file = fs.create(target)
    try:
        write_all(file, source.file.pread(FILE_HEADER_BYTES, 0), 0)
        position = FILE_HEADER_BYTES
        for frame, _ in rewritten(source, end, is_erased):
            write_all(file, frame, position)
            position += len(frame)
        file.sync()
    finally:
        file.close()
    fs.replace(target, source.path)
    fs.sync_directory(folder)


def _remove_replacements(fs: FileSystem, folder: Path) -> None:
    """Left by one that was killed: they hold what was to be erased."""
    left = [name for name in fs.files(folder) if name.endswith(_REPLACEMENT)]
    for name in left:
        with suppress(FileNotFoundError):
            fs.remove(folder / name)
    if left:
        fs.sync_directory(folder)
