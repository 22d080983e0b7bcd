"""The gateway on disks that fail, fill up and crash: `ok` is said of what is found again and nothing else."""

from __future__ import annotations

import asyncio
import errno
import json
from itertools import count
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mainstem.collect import CollectSettings, SourceTable
from mainstem.collect.clock import Clock
from mainstem.collect.connections import Connections
from mainstem.collect.intake import Intake
from mainstem.collect.replies import make_reply
from mainstem.collect.server import open_handler
from mainstem.errors import EnvironmentFailure
from mainstem.events import Source, decode_quarantined, decode_received
from mainstem.log import LogSettings
from mainstem.log.group import GroupCommitWriter
from mainstem.log.reader import FileLogReader
from mainstem.log.writer import PartitionWriter
from mainstem.testing.filesystem import CrashingFileSystem, Operation
from mainstem.testing.gateway import Wire
from mainstem.testing.senders import read_partition
from mainstem.testing.share import share_of

if TYPE_CHECKING:
    from mainstem.log import Stream

FOLDER = Path("/data/log")
PARTITION = "gateway-0"
LOG_SETTINGS = LogSettings(segment_bytes=2000, max_commit_bytes=1000, max_pending_bytes=2_000_000)
TABLE = SourceTable([Source("s", "S", ("WK",))])
FAULTS: list[tuple[Operation, int]] = [
    ("create", errno.ENOSPC),
    ("create", errno.EMFILE),
    ("pwrite", errno.ENOSPC),
    ("pwrite", errno.EIO),
    ("sync", errno.EIO),
    ("sync", errno.ENOSPC),
    ("sync_directory", errno.EIO),
    ("truncate", errno.EIO),
    ("remove", errno.EIO),
]
STREAMS: tuple[Stream, ...] = ("events", "quarantine")


class FailingGateway(RuleBasedStateMachine):
    """Each event has a number. Requests of one step are posted together, so that they share commits."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.runner = asyncio.Runner()
        self.numbers, self.salts = count(1), count(1)
        self.disks = {stream: CrashingFileSystem(Random(seed + at)) for at, stream in enumerate(STREAMS)}
        self.acknowledged: set[int] = set()
        self.refused: set[int] = set()
        """Since the last crash: a torn commit may have become whole by then, but not before."""
        self.sent: set[int] = set()
        self.run_gateway()

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.stop()
            self.runner.close()

    def run_gateway(self) -> None:
        async def start() -> None:
            self.writers = {stream: self.opened(stream) for stream in STREAMS}
            self.intake = Intake(self.writers["events"], self.writers["quarantine"], 1_000_000)
            self.now = 0.0
            handler = open_handler(CollectSettings(), TABLE, "", lambda: make_reply(200, b""))
            self.connections = Connections(
                CollectSettings(), handler.handle, self.intake, Clock(lambda: 0), lambda: self.now
            )

        self.runner.run(start())

    def opened(self, stream: Stream) -> GroupCommitWriter:
        """As a supervisor does: again until it holds."""
        disk = self.disks[stream]
        while True:
            try:
                core = PartitionWriter(disk, FOLDER / stream / PARTITION, 2000, lambda: next(self.salts))
                return GroupCommitWriter(core, LOG_SETTINGS)
            except EnvironmentFailure:
                disk.kill()
                disk.free()

    def stop(self) -> None:
        """End the threads that commit, as a kill would; whatever that says."""

        async def close() -> None:
            for writer in self.writers.values():
                await asyncio.gather(writer.close(), return_exceptions=True)

        self.runner.run(close())

    @rule(
        requests=st.lists(
            st.lists(st.tuples(st.booleans(), st.integers(0, 300)), min_size=1, max_size=4),
            min_size=1,
            max_size=4,
        )
    )
    def post(self, requests: list[list[tuple[bool, int]]]) -> None:
        """Batches, each event good or one that is held back, of any size."""
        numbers = [[next(self.numbers) for _ in request] for request in requests]
        self.sent.update(number for request in numbers for number in request)

        async def send() -> list[int]:
            wires = [
                Wire(self.connections).send(_batch(ids, events))
                for ids, events in zip(numbers, requests, strict=True)
            ]
            await self.intake.drained()
            answers = [wire.answers() for wire in wires]
            for wire in wires:
                wire.close()
            assert all(len(found) == 1 for found in answers)
            assert all(found[0].headers.get("retry-after") for found in answers if found[0].status == 503)
            return [found[0].status for found in answers]

        for status, ids, events in zip(self.runner.run(send()), numbers, requests, strict=True):
            assert status in (200, 503)
            if status == 200:
                self.acknowledged.update(ids)
            else:
                # The accepted part of a mixed batch is durable before the held one is tried.
                mixed = len({good for good, _ in events}) == 2
                self.refused.update(
                    n for n, (good, _) in zip(ids, events, strict=True) if not (mixed and good)
                )
        assert not self.intake.broken.done()

    @rule(
        stream=st.sampled_from(STREAMS),
        faults=st.lists(
            st.tuples(st.sampled_from(FAULTS), st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=3
        ),
    )
    def faults_are_coming(self, stream: Stream, faults: list[tuple[tuple[Operation, int], int, int]]) -> None:
        for (operation, error), after, times in faults:
            self.disks[stream].fail(operation, after, error, times)

    @rule(stream=st.sampled_from(STREAMS), room=st.integers(0, 2000))
    def a_disk_is_nearly_full(self, stream: Stream, room: int) -> None:
        self.disks[stream].fill(room)

    @rule()
    def there_is_space_again(self) -> None:
        for disk in self.disks.values():
            disk.free()

    @rule(power_fails=st.booleans())
    def kill(self, power_fails: bool) -> None:
        for disk in self.disks.values():
            disk.crash() if power_fails else disk.kill()
        self.refused.clear()
        self.stop()
        self.run_gateway()

    @rule()
    def stop_and_start(self) -> None:
        self.stop()
        for disk in self.disks.values():
            disk.kill()
        self.refused.clear()
        self.run_gateway()

    def kept(self, disks: dict[Stream, CrashingFileSystem]) -> set[int]:
        events, _ = read_partition(FileLogReader(disks["events"], FOLDER / "events"), PARTITION)
        held, _ = read_partition(FileLogReader(disks["quarantine"], FOLDER / "quarantine"), PARTITION)
        found = [bytes(decode_received(payload).event) for payload in events]
        found += [bytes(decode_quarantined(payload).event) for payload in held]
        return {int(json.loads(event)["messageId"]) for event in found}

    @invariant()
    def what_was_acknowledged_survives_and_what_was_refused_is_nowhere(self) -> None:
        visible = self.kept(self.disks)
        assert visible <= self.sent
        assert not self.refused & visible
        twins = {stream: disk.with_synced_only() for stream, disk in self.disks.items()}
        for stream, twin in twins.items():
            PartitionWriter(twin, FOLDER / stream / PARTITION, 2000, lambda: next(self.salts)).close()
        assert self.acknowledged <= self.kept(twins)


def _batch(ids: list[int], events: list[tuple[bool, int]]) -> bytes:
    items = [
        {"messageId": str(number), "userId": "u", "text": "x" * size} | ({"type": "track"} if good else {})
        for number, (good, size) in zip(ids, events, strict=True)
    ]
    body = json.dumps({"batch": items}).encode()
    return b"POST /v1/batch?writeKey=WK HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body


class LongFailingGateway(FailingGateway):
    """The same for minutes."""


TestFailingGateway = pytest.mark.timeout(120)(FailingGateway.TestCase)
FailingGateway.TestCase.settings = settings(
    max_examples=share_of(40), stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLongFailingGateway = pytest.mark.slow(pytest.mark.timeout(1800)(LongFailingGateway.TestCase))
LongFailingGateway.TestCase.settings = settings(
    max_examples=2000, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
