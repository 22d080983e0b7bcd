"""The log's writer, recovery and reader on a disk that crashes, against a model that keeps two lists."""

from __future__ import annotations

import errno
from itertools import count
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mainstem.errors import EnvironmentFailure, LogUnavailable
from mainstem.log.format import FRAME_MAGIC
from mainstem.log.reader import FileLogReader
from mainstem.log.segment import segments_in
from mainstem.log.writer import PartitionWriter
from mainstem.testing.filesystem import CrashingFileSystem, Operation, Stopped
from mainstem.testing.share import share_of

STREAM = Path("/data/log/events")
PARTITION = "gateway-0"
SEGMENT_BYTES = 160  # two or three frames

FAULTS: list[tuple[Operation, int]] = [
    ("create", errno.ENOSPC),
    ("pwrite", errno.ENOSPC),
    ("sync", errno.EIO),
    ("sync_directory", errno.EIO),
    ("truncate", errno.EIO),
    ("remove", errno.EIO),
]

Record = tuple[int, bytes]


def read_all(fs: CrashingFileSystem, offset: int | None = None, max_bytes: int = 100) -> list[Record]:
    reader = FileLogReader(fs, STREAM)
    at = reader.start(PARTITION) if offset is None else offset
    found: list[Record] = []
    while (batch := reader.read(PARTITION, at, max_bytes)).records:
        found += batch.records
        at = batch.next_offset
    assert batch.next_offset == at
    return found


def number_of(record: Record) -> int:
    return int(record[1].split(b":", 1)[0])


class CrashingLog(RuleBasedStateMachine):
    """Payloads are numbered, so what is read shows the order in which it was written."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.numbers = count(1)
        self.salts = count(1)
        self.acknowledged: list[Record] = []
        self.refused: list[list[bytes]] = []
        """Commits that failed or never answered: each may turn up after a crash, whole, or never."""
        self.seen: list[Record] = []
        self.followed: list[Record] = []
        self.follow_offset = 0
        self.power_fails = False
        self.must_begin_a_segment = True
        """A writer adds to no segment of another's, and to none after a failure."""
        self.fs = CrashingFileSystem(Random(seed))
        self.writer = self.open(self.fs)

    def open(self, fs: CrashingFileSystem) -> PartitionWriter:
        return PartitionWriter(fs, STREAM / PARTITION, SEGMENT_BYTES, lambda: next(self.salts))

    def reopen(self) -> None:
        """As a supervisor does: again until it holds. Faults come to an end, and somebody makes room."""
        while True:
            try:
                self.writer = self.open(self.fs)
                self.must_begin_a_segment = True
                break
            except EnvironmentFailure:
                self.fs.kill()
                self.fs.free()
            except Stopped:
                self.stopped()
        assert FileLogReader(self.fs, STREAM).end(PARTITION) == self.writer.durable_end

    @rule(sizes=st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=3), min_size=1, max_size=3))
    def commit(self, sizes: list[list[int]]) -> None:
        filler, end = FRAME_MAGIC * 10, self.writer.durable_end
        groups = [[b"%d:" % next(self.numbers) + filler[:size] for size in group] for group in sizes]
        try:
            firsts = self.writer.commit(groups)
        except LogUnavailable:
            self.refused.append([payload for group in groups for payload in group])
            self.must_begin_a_segment = True
        except Stopped:
            self.refused.append([payload for group in groups for payload in group])
            self.stopped()
            self.reopen()
        else:
            if self.must_begin_a_segment:
                assert segments_in(self.fs, STREAM / PARTITION)[-1].base == end
                self.must_begin_a_segment = False
            for first, group in zip(firsts, groups, strict=True):
                for payload in group:
                    self.acknowledged.append((first, payload))
                    first += 8 + len(payload)

    @rule()
    def kill(self) -> None:
        self.fs.kill()
        self.reopen()

    @rule()
    def crash(self) -> None:
        self.fs.crash()
        before_recovery = read_all(self.fs)
        self.reopen()
        assert read_all(self.fs)[: len(before_recovery)] == before_recovery

    @rule()
    def close_and_open(self) -> None:
        try:
            self.writer.close()
        except LogUnavailable:
            pass
        except Stopped:
            self.stopped()
        self.reopen()

    @rule(
        faults=st.lists(
            st.tuples(st.sampled_from(FAULTS), st.integers(0, 2), st.integers(1, 3)), min_size=1, max_size=3
        )
    )
    def faults_are_coming(self, faults: list[tuple[tuple[Operation, int], int, int]]) -> None:
        for (operation, error), after, times in faults:
            self.fs.fail(operation, after, error, times)

    @rule(room=st.integers(0, 200))
    def the_disk_is_nearly_full(self, room: int) -> None:
        self.fs.fill(room)

    @rule()
    def there_is_space_again(self) -> None:
        self.fs.free()

    @rule(after=st.integers(0, 12), power_fails=st.booleans())
    def the_process_will_stop(self, after: int, power_fails: bool) -> None:
        self.power_fails = power_fails
        self.fs.stop(after)

    def stopped(self) -> None:
        if self.power_fails:
            self.fs.crash()
        else:
            self.fs.kill()

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def read_from_a_record(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.seen) - 1))
        assert read_all(self.fs, self.seen[index][0]) == self.seen[index:]

    @invariant()
    def readers_see_every_durable_commit_once_in_order_and_for_good(self) -> None:
        visible = read_all(self.fs)
        assert visible[: len(self.seen)] == self.seen
        self.seen = visible
        numbers = [number_of(record) for record in visible]
        assert numbers == sorted(set(numbers))
        self.check_acknowledged(visible)
        self.check_refused(visible)
        self.check_worst_crash()
        self.check_follower()

    def check_acknowledged(self, visible: list[Record]) -> None:
        """All of them are there, except that a mark which could not be moved hides the last for a while."""
        end = FileLogReader(self.fs, STREAM).end(PARTITION)
        known = set(visible)
        assert [record for record in self.acknowledged if record[0] < end and record not in known] == []
        if any(record[0] >= end for record in self.acknowledged):
            assert end < self.writer.durable_end

    def check_refused(self, visible: list[Record]) -> None:
        """What nobody acknowledged is there as a whole commit, or not at all; and nothing else is."""
        rest = {payload for _, payload in visible} - {payload for _, payload in self.acknowledged}
        for commit in self.refused:
            assert rest.issuperset(commit) or rest.isdisjoint(commit)
            rest -= set(commit)
        assert rest == set()

    def check_worst_crash(self) -> None:
        """What readers have seen is there when nothing unsynced survives."""
        twin = self.fs.with_synced_only()
        self.open(twin)
        assert read_all(twin)[: len(self.seen)] == self.seen

    def check_follower(self) -> None:
        """A reader that keeps its offset, and is often behind, gets each record once."""
        batch = FileLogReader(self.fs, STREAM).read(PARTITION, self.follow_offset, 60)
        self.followed += batch.records
        self.follow_offset = batch.next_offset
        assert self.followed == self.seen[: len(self.followed)]


TestCrashingLog = pytest.mark.timeout(120)(CrashingLog.TestCase)
CrashingLog.TestCase.settings = settings(max_examples=share_of(150), stateful_step_count=30, deadline=None)


class LongCrashingLog(CrashingLog):
    """The same for minutes."""


TestLongCrashingLog = pytest.mark.slow(pytest.mark.timeout(1800)(LongCrashingLog.TestCase))
LongCrashingLog.TestCase.settings = settings(
    max_examples=2000, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
