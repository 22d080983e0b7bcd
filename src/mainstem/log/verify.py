"""What the files of a log hold, and whether every byte of it checks.

Looks at each segment on its own, so one damaged place hides no other. It repairs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import EnvironmentFailure, LogCorrupted
from mainstem.log.format import FILE_HEADER_BYTES, records_of
from mainstem.log.reader import parts_of, state_of, unreadable
from mainstem.log.segment import frames, opened

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.log.filesystem import FileSystem
    from mainstem.log.reader import Part


class SegmentReport(msgspec.Struct, frozen=True):
    """One segment file of a partition."""

    stream: str
    partition: str
    file: str
    start: int
    """Its base address."""
    end: int
    """Address after its last durable byte."""
    records: int | None = None
    """How many records check; None when they were not read."""
    damage: str | None = None
    """What does not check, and where."""


def list_segments(fs: FileSystem, folder: Path) -> list[SegmentReport]:
    """The segments of the partition in `folder`, by their names and the mark alone."""
    return [_report(folder, part) for part in _parts(fs, folder)]


def verify_segments(fs: FileSystem, folder: Path) -> list[SegmentReport]:
    """The same, with every durable byte read and checked."""
    return [_verify(fs, folder, part) for part in _parts(fs, folder)]


def _parts(fs: FileSystem, folder: Path) -> list[Part]:
    state = state_of(fs, folder)
    return parts_of(state.segments, state.mark)


def _report(folder: Path, part: Part) -> SegmentReport:
    return SegmentReport(
        stream=folder.parent.name,
        partition=folder.name,
        file=str(part.segment.path),
        start=part.segment.base,
        end=part.end,
    )


def _verify(fs: FileSystem, folder: Path, part: Part) -> SegmentReport:
    report = _report(folder, part)
    count, after = 0, part.segment.base + FILE_HEADER_BYTES
    try:
        with opened(fs, part.segment) as source:
            for address, frame in frames(source, after, part.end):
                count += len(records_of(frame, address))
                after = address + len(frame)
            damage = str(unreadable(source, after, part.end)) if after < part.end else None
    except (LogCorrupted, EnvironmentFailure) as e:
        damage = str(e)
    return msgspec.structs.replace(report, records=count, damage=damage)
