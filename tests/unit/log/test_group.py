"""Group commit: what waits together is committed together, and what cannot wait is refused."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import LogUnavailable
from mainstem.log import LogSettings
from mainstem.log.group import GroupCommitWriter
from mainstem.log.segment import segments_in
from mainstem.log.writer import ROLL_NAME, PartitionWriter
from mainstem.testing.filesystem import CrashingFileSystem

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

FOLDER = Path("/data/log/events/p")


class SlowPartition(PartitionWriter):
    """Commits one at a time, each when the test lets it, and remembers their groups."""

    def __init__(self) -> None:
        super().__init__(CrashingFileSystem(Random(1)), FOLDER, 1 << 20, lambda: 7)
        self.begun = threading.Semaphore(0)
        self.let_go = threading.Semaphore(0)
        self.commits: list[list[Sequence[bytes]]] = []
        self.failures: list[Exception] = []

    def commit(self, groups: Sequence[Sequence[bytes]]) -> list[int]:
        self.commits.append(list(groups))
        self.begun.release()
        self.let_go.acquire()
        if self.failures:
            raise self.failures.pop()
        return super().commit(groups)

    async def until_begun(self) -> None:
        await asyncio.to_thread(self.begun.acquire)


def run(
    scenario: Callable[[SlowPartition, GroupCommitWriter], Coroutine[None, None, None]],
    settings: LogSettings | None = None,
) -> SlowPartition:
    partition = SlowPartition()

    async def main() -> None:
        writer = GroupCommitWriter(partition, settings or LogSettings())
        try:
            await scenario(partition, writer)
        finally:
            partition.let_go.release(1000)
            await writer.close()

    asyncio.run(main())
    return partition


def test_what_arrives_during_a_commit_is_the_next_commit() -> None:
    async def scenario(partition: SlowPartition, writer: GroupCommitWriter) -> None:
        first = writer.append([b"first"])
        await partition.until_begun()
        rest = [writer.append([b"%d" % number]) for number in range(10)]
        partition.let_go.release(2)
        await asyncio.gather(first, *rest)

    partition = run(scenario)
    assert partition.commits == [[[b"first"]], [[b"%d" % number] for number in range(10)]]


def test_nothing_is_acknowledged_before_its_commit_returned() -> None:
    async def scenario(partition: SlowPartition, writer: GroupCommitWriter) -> None:
        future = writer.append([b"a"])
        await partition.until_begun()
        assert not future.done()
        assert writer.durable_end == 0
        partition.let_go.release()
        assert await future < writer.durable_end

    run(scenario)


def test_a_commit_takes_no_more_than_its_setting_and_one_large_append_is_a_commit_alone() -> None:
    async def scenario(partition: SlowPartition, writer: GroupCommitWriter) -> None:
        appends = [writer.append([b"first"])]
        await partition.until_begun()
        appends += [
            writer.append([payload]) for payload in (b"a" * 12, b"b" * 12, b"c" * 12, b"d" * 90, b"e")
        ]
        partition.let_go.release(10)
        addresses = await asyncio.gather(*appends)
        assert addresses == sorted(addresses)

    partition = run(scenario, LogSettings(max_commit_bytes=40))
    assert [len(groups) for groups in partition.commits] == [1, 2, 1, 1, 1]


def test_what_the_disk_cannot_keep_up_with_is_refused_and_room_comes_back() -> None:
    async def scenario(partition: SlowPartition, writer: GroupCommitWriter) -> None:
        waiting = [writer.append([b"x" * 92]), writer.append([b"y" * 92])]
        with pytest.raises(LogUnavailable, match="the disk is behind: 200 bytes wait"):
            await writer.append([b"z" * 92])
        partition.let_go.release(10)
        await asyncio.gather(*waiting)
        await writer.append([b"z" * 92])

    run(scenario, LogSettings(max_pending_bytes=250))


def test_an_append_that_could_never_wait_is_a_mistake() -> None:
    async def scenario(_: SlowPartition, writer: GroupCommitWriter) -> None:
        with pytest.raises(ValueError, match="250 bytes at most, got 308 bytes"):
            await writer.append([b"x" * 300])

    run(scenario, LogSettings(max_pending_bytes=250))


@pytest.mark.parametrize("failure", [LogUnavailable("disk full"), RuntimeError("a mistake of ours")])
def test_a_failed_commit_fails_everything_in_it_and_the_next_goes_on(failure: Exception) -> None:
    async def scenario(partition: SlowPartition, writer: GroupCommitWriter) -> None:
        partition.failures.append(failure)
        appends = [writer.append([b"a"])]
        await partition.until_begun()
        partition.let_go.release(10)
        assert await asyncio.gather(*appends, return_exceptions=True) == [failure]
        assert await writer.append([b"b"]) == 48

    run(scenario)


def test_a_writer_at_work_looks_once_a_second_whether_a_new_segment_is_asked_for() -> None:
    fs, clock = CrashingFileSystem(Random(1)), [0.0]

    async def check() -> None:
        partition = PartitionWriter(fs, FOLDER, 1 << 20, lambda: 7)
        writer = GroupCommitWriter(partition, LogSettings(), now=lambda: clock[0])
        await writer.append([b"a"])
        fs.create(FOLDER / ROLL_NAME).close()
        clock[0] = 0.9
        await writer.append([b"b"])
        assert len(segments_in(fs, FOLDER)) == 1
        clock[0] = 1.1
        await writer.append([b"c"])  # the thread may have looked at the clock before
        end = writer.durable_end
        await writer.append([b"d"])
        first, second = segments_in(fs, FOLDER)
        assert (first.base, second.base <= end, ROLL_NAME in fs.files(FOLDER)) == (0, True, False)
        await writer.close()

    asyncio.run(check())


def test_a_loop_that_was_closed_while_an_append_waited_stops_no_thread() -> None:
    partition = SlowPartition()

    async def abandon() -> GroupCommitWriter:
        writer = GroupCommitWriter(partition, LogSettings())
        writer.append([b"a"])
        await partition.until_begun()
        return writer

    writer = asyncio.run(abandon())
    partition.let_go.release(10)

    async def append_and_close() -> None:
        await writer.append([b"b"])
        await writer.close()

    asyncio.run(append_and_close())
    assert partition.commits == [[[b"a"]], [[b"b"]]]
