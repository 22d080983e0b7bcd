"""Sort what was read from the log: new events, repeated ones, and records to be quarantined."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from itertools import repeat, zip_longest
from typing import TYPE_CHECKING, NamedTuple, Protocol

from mainstem.errors import LogCorrupted, LogUnavailable
from mainstem.load.columnar import ColumnarResult, Head, head_of
from mainstem.load.dedupe import SeenEvents, event_key
from mainstem.load.record import Arrival, Quarantined

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Sequence

    from mainstem.load.columnar import Headed, LaneKey
    from mainstem.load.schema import Row

    Columnar = Callable[[Sequence[Headed], Sequence[int]], ColumnarResult]
    """Takes new records, and which of the given ones each is."""


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
            records += zip(repeat(partition), *zip(*read.records, strict=True), strict=False)
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
    columnar: Columnar = lambda _records, _places: ColumnarResult(),
    heads: Sequence[Head | None] = (),
) -> Sorted:
    """Read every record; of an event that comes again, in `seen` or in the slice, only the first counts.

    `columnar` is offered what is new and takes what it can; `read` gets the rest. `heads` are those of the
    records where they are known.
    """
    return into_rows(unseen(records, read, seen, heads), read, columnar)


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
    place: int
    """Which of the records that were given."""


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
    heads: Sequence[Head | None] = (),
) -> Unseen:
    """Leave out what was seen, before or among `records`; `read` only where there is no other way to tell."""
    odd: dict[int, Arrival | Quarantined] = {}
    known: list[Head] = []
    for place, ((*_, payload), head) in enumerate(zip_longest(records, heads)):
        if head is None:
            head, record = _decoded(payload, read)
            if record is not None:
                odd[place] = record
        known.append(head)
    keys = [head.key for head in known if head.key is not None]
    fresh = frozenset(keys)
    before = seen.among(fresh) if isinstance(seen, SeenEvents) else {key for key in fresh if key in seen}
    places: Sequence[int] = range(len(records))
    if before or len(fresh) < len(keys):
        places = list(_first_places(known, before))
    new = (
        New(*records[place], known[place].lane, known[place].source_id, odd.get(place), place)
        for place in places
    )
    return Unseen(tuple(new), fresh - before, len(records) - len(places))


def _decoded(
    payload: bytes, read: Callable[[bytes], Arrival | Quarantined]
) -> tuple[Head, Arrival | Quarantined | None]:
    """What a record says of itself, and what it was read as where it had to be."""
    lane, ids = head_of(payload)
    if ids is not None:
        return Head(lane, ids[0], event_key(*ids)), None
    record = read(payload)
    return Head(lane, record.source_id, _key(record)), record


def _first_places(known: Sequence[Head], before: Container[bytes]) -> Iterator[int]:
    """Where events stand that are not among those `before` and come for the first time."""
    met: set[bytes] = set()
    for place, head in enumerate(known):
        if head.key is None:
            yield place
        elif head.key not in before and head.key not in met:
            met.add(head.key)
            yield place


def into_rows(found: Unseen, read: Callable[[bytes], Arrival | Quarantined], columnar: Columnar) -> Sorted:
    """Make rows of what is new: what `columnar` does not take is read."""
    headed = [(one.lane, one.payload) for one in found.new]
    result = columnar(headed, [one.place for one in found.new])
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
