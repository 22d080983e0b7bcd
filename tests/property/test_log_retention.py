"""Retention on a disk that crashes: what is not consumed is never lost, and what is left has no gap."""

from __future__ import annotations

import errno
from itertools import count
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mainstem.errors import EnvironmentFailure, LogUnavailable
from mainstem.log import LogSettings
from mainstem.log.reader import FileLogReader
from mainstem.log.retention import clean
from mainstem.log.writer import PartitionWriter
from mainstem.testing.filesystem import CrashingFileSystem, Operation, Stopped
from mainstem.testing.share import share_of

LOG = Path("/data/log")
PARTITION = "gateway-0"
SEGMENT_BYTES = 60  # one frame or two
KEEP_NOTHING = LogSettings(keep_days=1e-9, keep_hours=0)

FAULTS: list[tuple[Operation, int]] = [
    ("create", errno.ENOSPC),
    ("pwrite", errno.ENOSPC),
    ("sync", errno.EIO),
    ("sync_directory", errno.EIO),
    ("remove", errno.EIO),
]


class CleanedLog(RuleBasedStateMachine):
    """A consumer that takes records for good, and a log that keeps as little behind it as it may."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.numbers = count(1)
        self.acknowledged: list[bytes] = []
        self.taken: list[bytes] = []
        self.offset = 0
        self.power_fails = False
        self.fs = CrashingFileSystem(Random(seed))
        self.reader = FileLogReader(self.fs, LOG / "events")
        self.open()

    def open(self) -> None:
        while True:
            try:
                self.writer = PartitionWriter(
                    self.fs, LOG / "events" / PARTITION, SEGMENT_BYTES, lambda: next(self.numbers)
                )
                return
            except EnvironmentFailure:
                self.fs.kill()
            except Stopped:
                self.stopped()

    def stopped(self) -> None:
        if self.power_fails:
            self.fs.crash()
        else:
            self.fs.kill()

    @rule(sizes=st.lists(st.integers(1, 3), min_size=1, max_size=4))
    def commit(self, sizes: list[int]) -> None:
        for size in sizes:
            self.fs.now += 1
            payloads = [b"%d" % next(self.numbers) for _ in range(size)]
            try:
                self.writer.commit([payloads])
            except LogUnavailable:
                continue
            except Stopped:
                self.stopped()
                self.open()
            else:
                self.acknowledged += payloads

    @rule(max_bytes=st.integers(1, 100), reads=st.integers(1, 6))
    def consume(self, max_bytes: int, reads: int) -> None:
        """Take records for good; whether the mark is told or not, and however old it is after a crash."""
        for _ in range(reads):
            batch = self.reader.read(PARTITION, self.offset, max_bytes)
            self.taken += [payload for _, payload in batch.records]
            self.offset = batch.next_offset
        try:
            self.reader.mark_consumed(PARTITION, self.offset)
        except LogUnavailable:
            pass
        except Stopped:
            self.stopped()
            self.open()

    @rule()
    def clean(self) -> None:
        try:
            clean(self.fs, LOG, KEEP_NOTHING, self.fs.now + 1)
        except OSError:
            pass
        except Stopped:
            self.stopped()
            self.open()

    @rule(after=st.integers(1, 6))
    def power_fails_while_it_is_cleaned(self, after: int) -> None:
        self.the_process_will_stop(after, power_fails=True)
        self.clean()

    @rule()
    def crash(self) -> None:
        self.fs.crash()
        self.check_order()  # readers go on before the writer is back
        self.open()

    @rule(faults=st.lists(st.tuples(st.sampled_from(FAULTS), st.integers(0, 3)), min_size=1, max_size=2))
    def faults_are_coming(self, faults: list[tuple[tuple[Operation, int], int]]) -> None:
        for (operation, error), after in faults:
            self.fs.fail(operation, after, error)

    @rule(after=st.integers(0, 8), power_fails=st.booleans())
    def the_process_will_stop(self, after: int, power_fails: bool) -> None:
        self.power_fails = power_fails
        self.fs.stop(after)

    @invariant()
    def a_clean_log_holds_all_that_is_not_consumed(self) -> None:
        if not hasattr(self, "fs"):
            return
        assert self.reader.start(PARTITION) <= self.offset
        rest = self.read_from(self.offset)
        # A mark that could not be moved hides the last commit for a while.
        visible = [*self.taken, *rest]
        missing = [payload for payload in self.acknowledged if payload not in set(visible)]
        if missing:
            assert self.reader.end(PARTITION) < self.writer.durable_end
            assert missing == self.acknowledged[-len(missing) :]
        self.check_order()

    def check_order(self) -> None:
        numbers = [int(payload) for payload in self.read_from(self.reader.start(PARTITION))]
        assert numbers == sorted(set(numbers))

    def read_from(self, offset: int) -> list[bytes]:
        found: list[bytes] = []
        while (batch := self.reader.read(PARTITION, offset, 60)).records:
            found += [payload for _, payload in batch.records]
            offset = batch.next_offset
        return found


TestCleanedLog = pytest.mark.timeout(120)(CleanedLog.TestCase)
CleanedLog.TestCase.settings = settings(max_examples=share_of(100), stateful_step_count=30, deadline=None)
