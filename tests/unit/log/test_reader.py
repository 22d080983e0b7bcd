"""The reader: damage is named, never skipped, and never taken for a wrong question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.errors import LogCorrupted, UsageError
from mainstem.log.filesystem import LocalFileSystem
from mainstem.log.reader import FileLogReader
from mainstem.log.verify import list_segments, verify_segments
from mainstem.log.writer import PartitionWriter

if TYPE_CHECKING:
    from pathlib import Path

MANY = 1 << 20


@pytest.fixture
def written(tmp_path: Path) -> list[Path]:
    """Three segments of two commits each, 25 bytes a commit: the bases are 0, 82 and 164."""
    log = PartitionWriter(LocalFileSystem(), tmp_path / "p", 80, lambda: 7)
    for payload in (b"1", b"2", b"3", b"4", b"5", b"6"):
        log.commit([[payload]])
    log.close()
    files = sorted((tmp_path / "p").glob("*.segment"))
    assert [int(file.stem) for file in files] == [0, 82, 164]
    return files


def change(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


def payloads(tmp_path: Path, offset: int) -> tuple[list[bytes], str]:
    """What can be read from an offset on, and what stopped it."""
    reader = FileLogReader(LocalFileSystem(), tmp_path)
    found: list[bytes] = []
    try:
        while (batch := reader.read("p", offset, MANY)).records:
            found += [payload for _, payload in batch.records]
            offset = batch.next_offset
    except (LogCorrupted, UsageError) as e:
        return found, f"{type(e).__name__}: {e}"
    return found, ""


def test_reading_crosses_segments(tmp_path: Path, written: list[Path]) -> None:
    assert payloads(tmp_path, 0) == ([b"1", b"2", b"3", b"4", b"5", b"6"], "")


@pytest.mark.parametrize("at", [57, 61, 65, 69, 73, 77, 81])
def test_damage_anywhere_in_a_frame_is_named_after_what_comes_before_it(
    tmp_path: Path, written: list[Path], at: int
) -> None:
    change(written[1], at)
    found, stopped = payloads(tmp_path, 0)
    assert found == [b"1", b"2", b"3"]
    assert stopped.startswith(f"LogCorrupted: {written[1]}, address 139 (byte 57 of the file)")


def test_damage_is_damage_when_asked_for_at_the_record_too(tmp_path: Path, written: list[Path]) -> None:
    change(written[1], 81)
    assert payloads(tmp_path, 139 + 16)[1].startswith("LogCorrupted")


def test_a_damaged_file_header_is_named(tmp_path: Path, written: list[Path]) -> None:
    change(written[1], 17)
    found, stopped = payloads(tmp_path, 0)
    assert found == [b"1", b"2"]
    assert stopped == f"LogCorrupted: {written[1].name}, address 82: the file header does not check"


def test_a_segment_missing_in_the_middle_is_damage(tmp_path: Path, written: list[Path]) -> None:
    written[1].unlink()
    found, stopped = payloads(tmp_path, 0)
    assert found == [b"1", b"2"]
    assert stopped.startswith(f"LogCorrupted: {written[0]}, address 82")


def test_reading_begins_after_segments_that_were_removed(tmp_path: Path, written: list[Path]) -> None:
    written[0].unlink()
    assert FileLogReader(LocalFileSystem(), tmp_path).start("p") == 82
    assert payloads(tmp_path, 82) == ([b"3", b"4", b"5", b"6"], "")
    assert payloads(tmp_path, 0)[1] == (
        "UsageError: offset 0 of log partition p is no longer kept; it begins at 82"
    )


def test_all_segments_gone_is_damage(tmp_path: Path, written: list[Path]) -> None:
    for file in written:
        file.unlink()
    assert payloads(tmp_path, 0)[1].endswith("the log reached address 246, but its segments are gone")


def test_nothing_past_the_mark_is_read_though_it_is_in_the_file(tmp_path: Path, written: list[Path]) -> None:
    (tmp_path / "p" / "durable").write_bytes((221).to_bytes(8, "little"))
    assert payloads(tmp_path, 0) == ([b"1", b"2", b"3", b"4", b"5"], "")


def test_a_reader_that_was_further_than_a_mark_from_before_a_power_failure_waits(
    tmp_path: Path, written: list[Path]
) -> None:
    (tmp_path / "p" / "durable").write_bytes((221).to_bytes(8, "little"))
    assert payloads(tmp_path, 246) == ([], "")
    assert payloads(tmp_path, 247)[1].startswith("UsageError: offset 247 of log partition p is past its end")


def test_verify_finds_every_damaged_segment_and_counts_the_rest(tmp_path: Path, written: list[Path]) -> None:
    change(written[0], 81)
    change(written[2], 0)
    reports = verify_segments(FileLogReader(LocalFileSystem(), tmp_path), "events", "p")
    assert [report.records for report in reports] == [1, 2, 0]
    assert [bool(report.damage) for report in reports] == [True, False, True]
    assert f"{written[0]}, address 57 " in str(reports[0].damage)


def test_listing_shows_addresses_without_reading(tmp_path: Path, written: list[Path]) -> None:
    change(written[0], 81)
    reports = list_segments(FileLogReader(LocalFileSystem(), tmp_path), "events", "p")
    assert [(report.start, report.end) for report in reports] == [(0, 82), (82, 164), (164, 246)]
