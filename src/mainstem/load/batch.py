"""Sort what was read from the log: new events, repeated ones, and records to be quarantined."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from mainstem.errors import LogCorrupted, LogUnavailable
from mainstem.load.columnar import ColumnarResult, head_of
from mainstem.load.dedupe import event_key
from mainstem.load.record import Arrival, Quarantined

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from mainstem.load.columnar import Headed, LaneKey
    from mainstem.load.schema import Row

    Columnar = Callable[[Sequence[Headed]], ColumnarResult]


class LogBatch(Protocol):
    """What a read of the log gives."""

    @property
    def records(self) -> list[tuple[int, bytes]]:
        """(offset, payload) in order."""

    @property
    def next_offset(self) -> int: ...


class Log(Protocol):
    """What the loader asks of a log reader; `mainstem.log.LogReader` answers it."""

    def partitions(self) -> tuple[str, ...]: ...
    def start(self, partition: str) -> int: ...
    def end(self, partition: str) -> int: ...
    def read(self, partition: str, offset: int, max_bytes: int) -> LogBatch: ...


@dataclass(frozen=True)
class LogSlice:
    """Records of every partition that one transaction loads."""

    records: tuple[tuple[str, int, bytes], ...]
    """(partition, offset, payload)."""
    next_offsets: dict[str, int]
    """Where each partition that gave records goes on."""
    is_full: bool
    """Whether the limit was reached, so that more was waiting when it was read."""

    def halves(self) -> tuple[LogSlice, LogSlice]:
        """Two or more records as two slices, to be loaded one after the other."""
        middle = len(self.records) // 2
        first, second = self.records[:middle], self.records[middle:]
        begins = {partition: offset for partition, offset, _ in reversed(second)}
        ends = {partition: begins.get(partition, self.next_offsets[partition]) for partition, *_ in first}
        rest = {partition: self.next_offsets[partition] for partition in begins}
        return LogSlice(first, ends, True), LogSlice(second, rest, self.is_full)


@dataclass(frozen=True)
class Sorted:
    """A slice, read and sorted."""

    rows: tuple[tuple[str, Row], ...]
    """(namespace, row) in the order of the log."""
    quarantined: tuple[tuple[str, int, Quarantined], ...]
    """(partition, offset, record)."""
    keys: frozenset[bytes]
    """Keys of the events that are new, quarantined ones included."""
    duplicates: int
    headed: tuple[Headed, ...] = ()
    """The records that are new, in the order of the log, with the lane each belongs to."""
    columnar: ColumnarResult = field(default_factory=ColumnarResult)
    """What of those became columns at once, and so is not among `rows`."""


def read_slice(log: Log, offsets: dict[str, int], max_bytes: int) -> LogSlice:
    """The next records of all partitions, about `max_bytes` together; `offsets` says where each goes on.

    A partition that cannot be reached now is left out: its records wait where they are.
    """
    records: list[tuple[str, int, bytes]] = []
    next_offsets: dict[str, int] = {}
    partitions = log.partitions()
    share = max(max_bytes // max(len(partitions), 1), 1)
    is_full = False
    for partition in partitions:
        try:
            offset = offsets.get(partition)
            read = _read_on(log, partition, log.start(partition) if offset is None else offset, share)
        except LogUnavailable:
            continue
        if read.records:
            is_full = is_full or read.is_full
            records += ((partition, at, payload) for at, payload in read.records)
            next_offsets[partition] = read.next_offset
    return LogSlice(tuple(records), next_offsets, is_full)


class _Read(NamedTuple):
    records: list[tuple[int, bytes]]
    next_offset: int
    is_full: bool


def _read_on(log: Log, partition: str, offset: int, most: int) -> _Read:
    """What the partition holds at this moment, up to `most` bytes, over as many segments as that takes.

    A read ends with its segment: a commit of its own for what is left of one costs as much as a large one.
    """
    end = log.end(partition)
    batch = log.read(partition, offset, most)
    records, reached = list(batch.records), batch.next_offset
    while batch.records and reached < min(end, offset + most):
        try:
            batch = log.read(partition, reached, offset + most - reached)
        except (LogUnavailable, LogCorrupted):
            break  # what was read until here is worth loading; the next step begins there, and says it
        records += batch.records
        reached = batch.next_offset
    return _Read(records, reached, reached < end)


def ends_of(log: Log) -> dict[str, int]:
    """Where each partition ends that can be reached."""
    ends: dict[str, int] = {}
    for partition in log.partitions():
        with suppress(LogUnavailable):
            ends[partition] = log.end(partition)
    return ends


def sort_slice(
    records: Sequence[tuple[str, int, bytes]],
    read: Callable[[bytes], Arrival | Quarantined],
    seen: Container[bytes],
    columnar: Columnar = lambda _: ColumnarResult(),
) -> Sorted:
    """Read every record; of an event that comes again, in `seen` or in the slice, only the first counts.

    `columnar` is offered what is new and takes what it can; `read` gets the rest.
    """
    return into_rows(unseen(records, read, seen), read, columnar)


class New(NamedTuple):
    """A record that none before it repeats."""

    partition: str
    offset: int
    payload: bytes
    lane: LaneKey | None
    source_id: str | None
    """None where the record names none."""
    record: Arrival | Quarantined | None
    """What it was read as, where it had to be read."""


@dataclass(frozen=True)
class Unseen:
    """The records that are new, in the order of the log."""

    new: tuple[New, ...]
    keys: frozenset[bytes]
    duplicates: int


def unseen(
    records: Sequence[tuple[str, int, bytes]],
    read: Callable[[bytes], Arrival | Quarantined],
    seen: Container[bytes],
) -> Unseen:
    """Leave out what was seen, before or among `records`; `read` only where there is no other way to tell."""
    new: list[New] = []
    keys: set[bytes] = set()
    duplicates = 0
    for partition, offset, payload in records:
        lane, ids = head_of(payload)
        record = None if ids else read(payload)
        key = event_key(*ids) if ids else _key(record)
        if key is not None and (key in keys or key in seen):
            duplicates += 1
            continue
        if key is not None:
            keys.add(key)
        source_id = ids[0] if ids else record.source_id if record else None
        new.append(New(partition, offset, payload, lane, source_id, record))
    return Unseen(tuple(new), frozenset(keys), duplicates)


def into_rows(found: Unseen, read: Callable[[bytes], Arrival | Quarantined], columnar: Columnar) -> Sorted:
    """Make rows of what is new: what `columnar` does not take is read."""
    headed = [(one.lane, one.payload) for one in found.new]
    result = columnar(headed)
    rows: list[tuple[str, Row]] = []
    quarantined: list[tuple[str, int, Quarantined]] = []
    for place, one in enumerate(found.new):
        if place in result.taken:
            continue
        record = one.record or read(one.payload)
        if isinstance(record, Arrival):
            rows += ((record.namespace, row) for row in record.rows)
        else:
            quarantined.append((one.partition, one.offset, record))
    return Sorted(tuple(rows), tuple(quarantined), found.keys, found.duplicates, tuple(headed), result)


def _key(record: Arrival | Quarantined | None) -> bytes | None:
    """None for a record that names no event: nothing can repeat it but its own offset."""
    if record is None or not record.source_id or not record.message_id:
        return None
    return event_key(record.source_id, record.message_id)
