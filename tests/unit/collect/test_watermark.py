from __future__ import annotations

import asyncio

import pytest

from mainstem.collect.watermark import GuardedLog, Room, Watermark
from mainstem.errors import LogUnavailable
from mainstem.testing.memory_log import MemoryLog

GIB = 1024**3


class Disk:
    def __init__(self, total: int, free: int) -> None:
        self.total, self.free = total, free
        self.broken = False

    def __call__(self) -> Room:
        if self.broken:
            raise OSError("stale handle")
        return Room(self.total, self.free)


def test_events_are_refused_below_the_mark_and_let_in_again_a_good_way_above_it() -> None:
    disk = Disk(100 * GIB, 2 * GIB)
    mark = Watermark(GIB, disk)
    seen = []
    for free in (2.0, 0.9, 1.1, 1.2, 1.3, 1.1, 0.99):
        disk.free = int(free * GIB)
        mark.look()
        seen.append(mark.is_low)
    assert seen == [False, True, True, True, False, False, True]


def test_of_a_small_disk_a_twentieth_is_enough() -> None:
    disk = Disk(16_000_000, 900_000)
    mark = Watermark(GIB, disk)
    mark.look()
    assert not mark.is_low
    disk.free = 700_000
    mark.look()
    assert mark.is_low


def test_a_disk_that_cannot_be_asked_changes_nothing() -> None:
    disk = Disk(100 * GIB, 0)
    mark = Watermark(GIB, disk)
    mark.look()
    disk.broken = True
    mark.look()
    assert mark.is_low
    assert mark.free is None


def test_a_guarded_log_keeps_nothing_while_the_disk_is_nearly_full_and_counts_what_it_refused() -> None:
    async def check() -> None:
        disk = Disk(100 * GIB, 50 * GIB)
        mark, log = Watermark(GIB, disk), MemoryLog()
        guarded = GuardedLog(log.writer("p"), mark)
        await guarded.append([b"kept"])
        disk.free = 0
        mark.look()
        with pytest.raises(LogUnavailable, match="nearly full"):
            await guarded.append([b"a", b"b"])
        disk.free = 50 * GIB
        mark.look()
        log.failure = LogUnavailable("EIO")
        with pytest.raises(LogUnavailable, match="EIO"):
            await guarded.append([b"c"])
        await asyncio.sleep(0)
        assert [payload for _, payload in log.read("p", 0, 100).records] == [b"kept"]
        assert guarded.refused_records == 3
        assert sum(guarded.seconds.counts) == 1

    asyncio.run(check())
