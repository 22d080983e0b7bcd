"""Sort what was read from the log: new events, repeated ones, and records to be quarantined."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain, repeat
from typing import TYPE_CHECKING, NamedTuple, Protocol

from mainstem.errors import LogCorrupted, LogUnavailable
from mainstem.load.columnar import ColumnarResult, head_of
from mainstem.load.dedupe import event_key
from mainstem.load.record import Arrival, Quarantined

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from mainstem.load.columnar import Group, Headed, LaneKey
    from mainstem.load.dedupe import SeenEvents
    from mainstem.load.schema import Row


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
    """Records, read and sorted."""

    events: int = 0
    """How many records there were."""
    rows: tuple[tuple[str, Row], ...] = ()
    """(namespace, row) in the order of the log."""
    quarantined: tuple[tuple[str, int, Quarantined], ...] = ()
    """(partition, offset, record)."""
    keys: frozenset[bytes] = frozenset()
    """Keys of the events that are new, quarantined ones included."""
    duplicates: int = 0
    left: tuple[Headed, ...] = ()
    """The new records that were read one by one, in the order of the log, with the lane each belongs to."""
    columnar: ColumnarResult = field(default_factory=ColumnarResult)
    """What became columns at once, and so is not among `rows`."""


def together(parts: Sequence[Sorted]) -> Sorted:
    """What follows one another in the log as one."""
    if len(parts) == 1:
        return parts[0]
    columnar = ColumnarResult()
    for part in parts:
        columnar.take_over(part.columnar)
    return Sorted(
        sum(part.events for part in parts),
        tuple(chain.from_iterable(part.rows for part in parts)),
        tuple(chain.from_iterable(part.quarantined for part in parts)),
        frozenset().union(*(part.keys for part in parts)),
        sum(part.duplicates for part in parts),
        tuple(chain.from_iterable(part.left for part in parts)),
        columnar,
    )


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


class Columns(Protocol):
    """The columnar way, while one slice is sorted."""

    def run(self, records: Sequence[Headed]) -> ColumnarResult:
        """What of them it takes."""

    def run_alike(self, groups: Sequence[Group], repeated: Container[int]) -> ColumnarResult:
        """The same of records that were glimpsed at, without those at places that are `repeated`."""


def sort_slice(
    records: Sequence[tuple[str, int, bytes]],
    read: Callable[[bytes], Arrival | Quarantined],
    seen: SeenEvents,
    columns: Columns,
    groups: Sequence[Group] = (),
) -> Sorted:
    """Read every record; of an event that comes again, in `seen` or in the slice, only the first counts.

    `columns` takes what it can, and `read` gets the rest. `groups` are of records that were glimpsed at: for
    each of those that is new and taken nothing is done here one by one.
    """
    alike = frozenset(chain.from_iterable(group.places for group in groups))
    heads = {place: _head(records[place][2], read) for place in range(len(records)) if place not in alike}
    keys = list(chain.from_iterable(one.keys for group in groups for one in group.lanes))
    keys += (head.key for head in heads.values() if head.key is not None)
    fresh = frozenset(keys)
    before = seen.among(fresh)
    repeated: set[int] = set()
    if before or len(fresh) < len(keys):
        heads |= _heads(groups)
        repeated = _repeated(sorted(heads.items()), before)
    taken = columns.run_alike(groups, repeated)
    if alike - taken.taken - repeated:
        heads |= _heads(groups)
    left = sorted(heads.keys() - taken.taken - repeated)
    new = tuple(_new(records[place], heads[place]) for place in left)
    rest = into_rows(Unseen(new, fresh - before, len(repeated)), read, columns.run)
    taken.take_over(rest.columnar)
    return replace(rest, events=len(records), columnar=taken)


def unseen(
    records: Sequence[tuple[str, int, bytes]],
    read: Callable[[bytes], Arrival | Quarantined],
    seen: SeenEvents,
) -> Unseen:
    """Leave out what was seen, before or among `records`; `read` only where there is no other way to tell."""
    heads = [_head(payload, read) for *_, payload in records]
    keys = frozenset(head.key for head in heads if head.key is not None)
    before = seen.among(keys)
    repeated = _repeated(list(enumerate(heads)), before)
    new = (
        _new(record, head)
        for place, (record, head) in enumerate(zip(records, heads, strict=True))
        if place not in repeated
    )
    return Unseen(tuple(new), keys - before, len(repeated))


class _Head(NamedTuple):
    """What a record says of itself."""

    lane: LaneKey | None
    source_id: str | None
    key: bytes | None
    """None for a record that names no event: nothing can repeat it but its own offset."""
    record: Arrival | Quarantined | None = None


def _head(payload: bytes, read: Callable[[bytes], Arrival | Quarantined]) -> _Head:
    lane, ids = head_of(payload)
    if ids is not None:
        return _Head(lane, ids[0], event_key(*ids))
    record = read(payload)
    source_id, message_id = record.source_id, record.message_id
    key = event_key(source_id, message_id) if source_id and message_id else None
    return _Head(lane, source_id, key, record)


def _heads(groups: Iterable[Group]) -> dict[int, _Head]:
    """Of all records that were glimpsed at."""
    return {
        group.places[row]: _Head(one.lane, one.source_id, key)
        for group in groups
        for one in group.lanes
        for row, key in zip(one.rows, one.keys, strict=True)
    }


def _repeated(heads: Sequence[tuple[int, _Head]], before: Container[bytes]) -> set[int]:
    """Where events stand that are among those `before`, or come again."""
    repeated: set[int] = set()
    met: set[bytes] = set()
    for place, head in heads:
        if head.key is None:
            continue
        if head.key in before or head.key in met:
            repeated.add(place)
        met.add(head.key)
    return repeated


def _new(record: tuple[str, int, bytes], head: _Head) -> New:
    return New(*record, head.lane, head.source_id, head.record)


def into_rows(
    found: Unseen,
    read: Callable[[bytes], Arrival | Quarantined],
    columnar: Callable[[Sequence[Headed]], ColumnarResult],
) -> Sorted:
    """Make rows of what is new: what `columnar` does not take is read."""
    headed = [(one.lane, one.payload) for one in found.new]
    result = columnar(headed)
    rows: list[tuple[str, Row]] = []
    quarantined: list[tuple[str, int, Quarantined]] = []
    left: list[Headed] = []
    for place, one in enumerate(found.new):
        if place in result.taken:
            continue
        left.append(headed[place])
        record = one.record or read(one.payload)
        if isinstance(record, Arrival):
            rows += ((record.namespace, row) for row in record.rows)
        else:
            quarantined.append((one.partition, one.offset, record))
    return Sorted(
        len(found.new) + found.duplicates,
        tuple(rows),
        tuple(quarantined),
        found.keys,
        found.duplicates,
        tuple(left),
        result,
    )
