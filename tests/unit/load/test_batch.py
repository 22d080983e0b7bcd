from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from mainstem.errors import LogCorrupted, LogUnavailable, MainstemError
from mainstem.load.batch import LogSlice, read_slice

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDS = (("0", 0, b"a"), ("0", 7, b"b"), ("0", 9, b"c"), ("1", 3, b"d"))


def test_halves_go_on_where_each_other_ends() -> None:
    whole = LogSlice(RECORDS, {"0": 12, "1": 5}, is_full=False)
    first, second = whole.halves()
    assert first == LogSlice(RECORDS[:2], {"0": 9}, is_full=True)
    assert second == LogSlice(RECORDS[2:], {"0": 12, "1": 5}, is_full=False)
    assert second.halves() == (
        LogSlice(RECORDS[2:3], {"0": 12}, is_full=True),
        LogSlice(RECORDS[3:], {"1": 5}, is_full=False),
    )


class Batch(NamedTuple):
    records: list[tuple[int, bytes]]
    next_offset: int


def goes_well(_offset: int) -> None: ...


@dataclass
class SegmentedLog:
    """Partitions of records of ten bytes; a read ends where a segment does, as that of a real log."""

    ends: dict[str, int]
    segment: int = 30
    look: Callable[[int], None] = goes_well
    reads: list[int] = field(default_factory=list)
    """Offsets that were read at."""

    def partitions(self) -> tuple[str, ...]:
        return tuple(self.ends)

    def start(self, partition: str) -> int:
        return 0

    def end(self, partition: str) -> int:
        return self.ends[partition]

    def read(self, partition: str, offset: int, max_bytes: int) -> Batch:
        self.look(offset)
        self.reads.append(offset)
        last = min(self.ends[partition], offset - offset % self.segment + self.segment)
        records = [(at, b"ten bytes.") for at in range(offset, last, 10)][: max(1, max_bytes // 10)]
        return Batch(records, offset + 10 * len(records))

    def grow(self, _offset: int) -> None:
        """What comes in while it is read."""
        self.ends = {partition: end + 20 for partition, end in self.ends.items()}


def test_one_slice_goes_over_as_many_segments_as_its_bytes_allow() -> None:
    log = SegmentedLog({"0": 100})
    piece = read_slice(log, {"0": 20}, 60)
    assert [offset for _, offset, _ in piece.records] == [20, 30, 40, 50, 60, 70]
    assert (piece.next_offsets, piece.is_full) == ({"0": 80}, True)
    assert log.reads == [20, 30, 60]


def test_a_slice_that_holds_all_there_was_is_not_full_though_more_comes_meanwhile() -> None:
    log = SegmentedLog({"0": 50})
    log.look = log.grow
    piece = read_slice(log, {}, 1000)
    assert piece.next_offsets["0"] >= 50
    assert not piece.is_full


def test_what_stands_before_a_fault_is_read_and_the_fault_is_told_by_the_next_slice() -> None:
    for fault in (LogUnavailable("away"), LogCorrupted("damaged")):
        log = SegmentedLog({"0": 100}, look=raises(fault, 30))
        piece = read_slice(log, {}, 1000)
        assert (piece.next_offsets, piece.is_full) == ({"0": 30}, True)


def raises(fault: MainstemError, at: int) -> Callable[[int], None]:
    def look(offset: int) -> None:
        if offset == at:
            raise fault

    return look
