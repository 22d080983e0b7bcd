from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import LogUnavailable, UsageError
from mainstem.log import LogSettings, open_reader, open_writer
from mainstem.log.joined import RETRY_SECONDS, JoinedLogReader
from mainstem.log.reader import FileLogReader

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.log.reader import PartitionState


class Elsewhere(FileLogReader):
    """A log that may be out of reach."""

    def __init__(self, data_dir: Path) -> None:
        there = open_reader(data_dir, "events")
        super().__init__(there._fs, there._folder)
        self.is_down = False
        self.asked = 0

    def partitions(self) -> tuple[str, ...]:
        self._reach()
        return super().partitions()

    def state(self, partition: str) -> PartitionState:
        self._reach()
        return super().state(partition)

    def _reach(self) -> None:
        self.asked += 1
        if self.is_down:
            raise LogUnavailable("connection refused")


def write(data_dir: Path, partition: str, payload: bytes) -> None:
    async def append() -> None:
        writer = open_writer(data_dir, "events", partition, LogSettings())
        await writer.append([payload])
        await writer.close()

    asyncio.run(append())


class Two:
    def __init__(self, folder: Path) -> None:
        write(folder / "a", "gw-a", b"of a")
        write(folder / "b", "gw-b", b"of b")
        self.a, self.b = Elsewhere(folder / "a"), Elsewhere(folder / "b")
        self.time = 0.0
        self.log = JoinedLogReader({"A": self.a, "B": self.b}, lambda: self.time)

    def payload(self, partition: str) -> bytes:
        return self.log.read(partition, 0, 100).records[0][1]


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(tmp_path)


def test_partitions_of_all_logs_are_read_as_one(two: Two) -> None:
    assert two.log.partitions() == ("gw-a", "gw-b")
    assert (two.payload("gw-a"), two.payload("gw-b")) == (b"of a", b"of b")
    assert two.log.unreached == ()


def test_a_log_that_is_out_of_reach_keeps_nobody_from_the_others(two: Two) -> None:
    two.log.partitions()
    two.a.is_down = True
    with pytest.raises(LogUnavailable, match="refused"):
        two.payload("gw-a")
    assert two.log.partitions() == ("gw-a", "gw-b")
    assert two.payload("gw-b") == b"of b"
    assert two.log.unreached == ("connection refused",)


def test_one_that_was_never_reached_is_told_though_nobody_knows_its_partitions(two: Two) -> None:
    two.a.is_down = True
    assert two.log.partitions() == ("gw-b",)
    assert two.log.unreached == ("connection refused",)


def test_a_log_that_is_down_is_asked_again_only_after_a_while(two: Two) -> None:
    two.log.partitions()
    two.a.is_down = True
    two.log.partitions()
    asked = two.a.asked
    two.a.is_down = False
    two.time = RETRY_SECONDS - 0.1
    with pytest.raises(LogUnavailable):
        two.payload("gw-a")
    assert two.a.asked == asked
    two.time = RETRY_SECONDS + 0.1
    assert two.payload("gw-a") == b"of a"
    assert two.log.unreached == ()


def test_a_partition_that_two_logs_have_is_a_mistake_that_names_both(two: Two, tmp_path: Path) -> None:
    write(tmp_path / "b", "gw-a", b"another")
    with pytest.raises(UsageError, match="A and B both have a log partition gw-a"):
        two.log.partitions()
