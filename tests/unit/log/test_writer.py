"""The synchronous writer: what a failure leaves behind."""

from __future__ import annotations

import errno
from pathlib import Path
from random import Random

import pytest

from mainstem.errors import EnvironmentFailure, LogUnavailable
from mainstem.log.reader import FileLogReader
from mainstem.log.writer import PartitionWriter
from mainstem.testing.filesystem import CrashingFileSystem, Operation

STREAM = Path("/data/log/events")


@pytest.fixture
def fs() -> CrashingFileSystem:
    return CrashingFileSystem(Random(1))


def writer(fs: CrashingFileSystem, segment_bytes: int = 1 << 20) -> PartitionWriter:
    return PartitionWriter(fs, STREAM / "p", segment_bytes, lambda: 7)


def segments(fs: CrashingFileSystem) -> list[str]:
    return sorted(name for name in fs.files(STREAM / "p") if name.endswith(".segment"))


def payloads(fs: CrashingFileSystem) -> list[bytes]:
    reader = FileLogReader(fs, STREAM)
    found, offset = [], reader.start("p")
    while (batch := reader.read("p", offset, 1 << 20)).records:
        found += [payload for _, payload in batch.records]
        offset = batch.next_offset
    return found


def test_a_commit_returns_the_address_of_each_groups_first_record(fs: CrashingFileSystem) -> None:
    assert writer(fs).commit([[b"abc", b""], [b"d"]]) == [32 + 16, 32 + 16 + 8 + 3 + 8]


def test_a_full_segment_gets_a_successor_named_by_the_next_address(fs: CrashingFileSystem) -> None:
    log = writer(fs, segment_bytes=60)
    for payload in (b"one", b"two", b"three"):
        log.commit([[payload]])
    assert segments(fs) == ["00000000000000000000.segment", "00000000000000000086.segment"]
    assert payloads(fs) == [b"one", b"two", b"three"]


@pytest.mark.parametrize("operation", ["pwrite", "sync"])
def test_nothing_is_added_to_a_segment_after_a_failure(fs: CrashingFileSystem, operation: Operation) -> None:
    log = writer(fs)
    log.commit([[b"before"]])
    fs.fail(operation, 0, errno.EIO)
    with pytest.raises(LogUnavailable, match=r"/data/log/events/p.*Input/output error"):
        log.commit([[b"failed"]])
    log.commit([[b"after"]])
    assert segments(fs) == ["00000000000000000000.segment", f"{32 + 16 + 8 + 6:020d}.segment"]
    assert payloads(fs) == [b"before", b"after"]


def test_what_a_failed_write_left_is_cut_off_though_it_could_not_be_removed(fs: CrashingFileSystem) -> None:
    log = writer(fs)
    log.commit([[b"before"]])
    fs.fail("sync", 0, errno.EIO)
    fs.fail("truncate", 0, errno.EIO)
    with pytest.raises(LogUnavailable):
        log.commit([[b"failed, but whole in the file"]])
    log.commit([[b"after"]])
    assert payloads(fs) == [b"before", b"after"]


def test_failures_in_a_row_leave_one_segment_behind(fs: CrashingFileSystem) -> None:
    log = writer(fs)
    log.commit([[b"before"]])
    for _ in range(5):
        fs.fail("pwrite", 0, errno.ENOSPC)
        with pytest.raises(LogUnavailable, match="No space left"):
            log.commit([[b"too much"]])
        fs.fail("sync", 1, errno.EIO)
        with pytest.raises(LogUnavailable, match="Input/output"):
            log.commit([[b"too much"]])
    log.commit([[b"after"]])
    assert len(segments(fs)) == 2
    assert payloads(fs) == [b"before", b"after"]


def test_a_mark_that_cannot_be_moved_costs_no_acknowledgement_and_is_moved_by_the_next_commit(
    fs: CrashingFileSystem,
) -> None:
    fs.random = Random(3)  # whose first writes are whole
    log = writer(fs)
    log.commit([[b"a"]])
    fs.fail("pwrite", 1, errno.EIO)
    log.commit([[b"durable, not yet shown"]])
    assert payloads(fs) == [b"a"]
    log.commit([[b"c"]])
    assert payloads(fs) == [b"a", b"durable, not yet shown", b"c"]


def test_no_commit_is_acknowledged_while_the_mark_stays_behind(fs: CrashingFileSystem) -> None:
    fs.random = Random(3)
    log = writer(fs)
    log.commit([[b"a"]])
    fs.fail("pwrite", 1, errno.EIO)
    log.commit([[b"b"]])
    fs.fail("pwrite", 0, errno.EIO)
    with pytest.raises(LogUnavailable):
        log.commit([[b"c"]])
    assert payloads(fs) == [b"a"]
    fs.fail("pwrite", 1, errno.EIO)
    with pytest.raises(LogUnavailable):
        log.commit([[b"d, refused after the mark was moved"]])
    assert payloads(fs) == [b"a", b"b"]


def test_a_partition_is_free_again_after_close(fs: CrashingFileSystem) -> None:
    first = writer(fs)
    with pytest.raises(EnvironmentFailure, match="/data/log/events/p; a partition has one writer"):
        writer(fs)
    first.close()
    writer(fs)
