"""Recovery, one kind of trouble at a time; tests/property holds it to everything at once."""

from __future__ import annotations

import errno
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import EnvironmentFailure, LogCorrupted, LogUnavailable
from mainstem.log.filesystem import LocalFileSystem
from mainstem.log.reader import FileLogReader
from mainstem.log.writer import PartitionWriter
from mainstem.testing.filesystem import CrashingFileSystem

if TYPE_CHECKING:
    from mainstem.log.filesystem import FileSystem

STREAM = Path("/data/log/events")


def writer(fs: FileSystem, stream: Path = STREAM) -> PartitionWriter:
    return PartitionWriter(fs, stream / "p", 1 << 20, lambda: 7)


def payloads(fs: FileSystem, stream: Path = STREAM) -> list[bytes]:
    reader = FileLogReader(fs, stream)
    found, offset = [], reader.start("p")
    while (batch := reader.read("p", offset, 1 << 20)).records:
        found += [payload for _, payload in batch.records]
        offset = batch.next_offset
    return found


def segment_files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "p").glob("*.segment"))


def write(tmp_path: Path, *groups: list[bytes]) -> int:
    log = writer(LocalFileSystem(), tmp_path)
    for group in groups:
        log.commit([group])
    log.close()
    return log.durable_end


@pytest.mark.parametrize("seed", range(30))
def test_a_record_whose_sync_failed_is_shown_after_a_restart_only_if_it_outlasts_a_power_failure(
    seed: int,
) -> None:
    fs = CrashingFileSystem(Random(seed))
    log = writer(fs)
    log.commit([[b"first"]])
    fs.fail("sync", 0, errno.EIO)
    fs.fail("truncate", 0, errno.EIO)
    with pytest.raises(LogUnavailable):
        log.commit([[b"second, whose pages the kernel now calls clean"]])
    assert payloads(fs) == [b"first"]
    fs.kill()
    writer(fs)
    shown = payloads(fs)
    twin = fs.with_synced_only()
    writer(twin)
    assert payloads(twin) == shown


@pytest.mark.parametrize("seed", range(30))
def test_a_segment_that_was_never_finished_cuts_off_nothing_when_a_power_failure_brings_it_back(
    seed: int,
) -> None:
    fs = CrashingFileSystem(Random(seed))
    log = writer(fs)
    log.commit([[b"first"]])
    fs.fail("sync", 0, errno.EIO)
    fs.fail("truncate", 0, errno.EIO)
    with pytest.raises(LogUnavailable):
        log.commit([[b"refused, yet whole in the file by chance"]])
    fs.fail("pwrite", 0, errno.ENOSPC)
    with pytest.raises(LogUnavailable):
        log.commit([[b"refused before the next segment had a header"]])
    fs.kill()
    log = writer(fs)
    shown = payloads(fs)
    fs.crash()
    assert payloads(fs) == shown
    writer(fs).commit([[b"last"]])
    assert payloads(fs) == [*shown, b"last"]


def test_a_torn_tail_is_cut_off_and_the_log_goes_on(tmp_path: Path) -> None:
    write(tmp_path, [b"a"], [b"b"])
    (file,) = segment_files(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole + whole[32:50])
    write(tmp_path, [b"c"])
    assert file.read_bytes() == whole
    assert payloads(LocalFileSystem(), tmp_path) == [b"a", b"b", b"c"]


def test_a_damaged_frame_below_the_mark_stops_the_writer(tmp_path: Path) -> None:
    write(tmp_path, [b"a"], [b"b"])
    (file,) = segment_files(tmp_path)
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(LogCorrupted, match=f"{file.name}, address 57: a frame below the mark"):
        writer(LocalFileSystem(), tmp_path)
    assert file.read_bytes() == content


def test_a_damaged_frame_with_a_whole_one_after_it_stops_the_writer_whatever_the_mark(tmp_path: Path) -> None:
    write(tmp_path, [b"a"], [b"b"])
    (file,) = segment_files(tmp_path)
    content = bytearray(file.read_bytes())
    content[50] ^= 1
    file.write_bytes(content)
    (tmp_path / "p" / "durable").write_bytes(bytes(8))
    with pytest.raises(LogCorrupted, match="address 32: a frame does not check, but the one at 57 does"):
        writer(LocalFileSystem(), tmp_path)


def test_a_payload_that_holds_a_frame_of_this_log_is_no_frame(tmp_path: Path) -> None:
    """A sender may send what a frame looks like; torn, it must not pass for a frame that was durable."""
    write(tmp_path, [b"a"], [b"b"])
    (file,) = segment_files(tmp_path)
    content = file.read_bytes()
    other = tmp_path / "other"
    log = PartitionWriter(LocalFileSystem(), other / "p", 1 << 20, lambda: 8)
    log.commit([[b"x" + content[32:] + b"y"]])
    log.close()
    (stolen,) = segment_files(other)
    stolen.write_bytes(stolen.read_bytes()[:-1])
    (other / "p" / "durable").write_bytes(bytes(8))
    log = writer(LocalFileSystem(), other)
    log.close()
    assert payloads(LocalFileSystem(), other) == []


def test_a_file_cut_short_below_the_mark_stops_the_writer(tmp_path: Path) -> None:
    write(tmp_path, [b"a"], [b"b"])
    (file,) = segment_files(tmp_path)
    file.write_bytes(file.read_bytes()[:57])
    with pytest.raises(LogCorrupted, match="the log reached 82, but the file ends here"):
        writer(LocalFileSystem(), tmp_path)


def test_a_damaged_file_header_stops_the_writer(tmp_path: Path) -> None:
    write(tmp_path, [b"a"])
    (file,) = segment_files(tmp_path)
    file.write_bytes(b"?" + file.read_bytes()[1:])
    with pytest.raises(LogCorrupted, match=f"{file.name}.*header does not check"):
        writer(LocalFileSystem(), tmp_path)


def test_segments_that_are_gone_stop_the_writer(tmp_path: Path) -> None:
    write(tmp_path, [b"a"])
    segment_files(tmp_path)[0].unlink()
    with pytest.raises(LogCorrupted, match="its segments are gone"):
        writer(LocalFileSystem(), tmp_path)


def test_a_segment_that_never_got_its_header_is_dropped(tmp_path: Path) -> None:
    end = write(tmp_path, [b"a"])
    (tmp_path / "p" / f"{end:020d}.segment").write_bytes(bytes(20))
    write(tmp_path, [b"b"])
    assert payloads(LocalFileSystem(), tmp_path) == [b"a", b"b"]


def test_a_lost_mark_is_restored_by_the_writer(tmp_path: Path) -> None:
    write(tmp_path, [b"a"])
    (tmp_path / "p" / "durable").unlink()
    with pytest.raises(LogCorrupted, match="no durable mark; its writer restores it"):
        payloads(LocalFileSystem(), tmp_path)
    write(tmp_path)
    assert payloads(LocalFileSystem(), tmp_path) == [b"a"]


def test_restarts_without_records_leave_no_files_behind(tmp_path: Path) -> None:
    write(tmp_path, [b"a"])
    before = sorted(path.name for path in (tmp_path / "p").iterdir())
    for _ in range(3):
        write(tmp_path)
    assert sorted(path.name for path in (tmp_path / "p").iterdir()) == before


def test_a_log_that_cannot_be_opened_says_where_and_lets_the_partition_go(tmp_path: Path) -> None:
    fs = CrashingFileSystem(Random(0))
    fs.fail("create", 0, errno.ENOSPC)
    with pytest.raises(EnvironmentFailure, match=r"/data/log/events/p: .*No space left"):
        writer(fs)
    writer(fs)
