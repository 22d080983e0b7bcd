"""What the files of a log hold, and whether every byte of it checks.

Looks at each segment on its own, so one damaged place hides no other. It repairs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import EnvironmentFailure, LogCorrupted
from mainstem.log.format import FILE_HEADER_BYTES, records_of
from mainstem.log.reader import parts_of, unreadable
from mainstem.log.segment import frames

if TYPE_CHECKING:
    from mainstem.log.reader import Part, SegmentReader


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


def list_segments(reader: SegmentReader, stream: str, partition: str) -> list[SegmentReport]:
    """The segments of a partition of `stream`, which `reader` reads, by their names and the mark alone."""
    state = reader.state(partition)
    return [_report(stream, partition, part) for part in parts_of(state.segments, state.mark)]


def verify_segments(reader: SegmentReader, stream: str, partition: str) -> list[SegmentReport]:
    """The same, with every durable byte read and checked."""
    state = reader.state(partition)
    return [
        _verify(reader, _report(stream, partition, part), part)
        for part in parts_of(state.segments, state.mark)
    ]


def _report(stream: str, partition: str, part: Part) -> SegmentReport:
    return SegmentReport(stream, partition, str(part.segment.path), part.segment.base, part.end)


def _verify(reader: SegmentReader, report: SegmentReport, part: Part) -> SegmentReport:
    count, after = 0, part.segment.base + FILE_HEADER_BYTES
    damage: str | None = None
    try:
        with reader.opened(report.partition, part.segment) as source:
            for address, frame in frames(source, after, part.end):
                count += len(records_of(frame, address))
                after = address + len(frame)
            damage = str(unreadable(source, after, part.end)) if after < part.end else None
    except (LogCorrupted, EnvironmentFailure) as e:
        damage = str(e)
    return msgspec.structs.replace(report, records=count, damage=damage)
