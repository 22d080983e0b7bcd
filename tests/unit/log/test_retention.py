from __future__ import annotations

import errno
from itertools import count
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import UsageError
from mainstem.log import LogSettings
from mainstem.log.consumed import write_consumed
from mainstem.log.filesystem import LocalFileSystem
from mainstem.log.reader import FileLogReader
from mainstem.log.retention import Closed, PartitionFiles, Rule, clean, plan, rule_of
from mainstem.log.writer import PartitionWriter
from mainstem.testing.filesystem import CrashingFileSystem

if TYPE_CHECKING:
    from mainstem.log import Stream

DAY = 86_400.0
LOG = Path("/data/log")


def files(name: str, *closed: tuple[float, int, bool], open_bytes: int = 0) -> PartitionFiles:
    """`closed` is age, size and whether it is consumed, oldest first."""
    folder = Path(name)
    return PartitionFiles(
        folder,
        tuple(Closed(folder / str(number), size, age, is_consumed) for number, (age, size, is_consumed) in
              enumerate(closed)),
        open_bytes,
    )  # fmt: skip


def names(*partitions: PartitionFiles, rule: Rule) -> list[str]:
    return [str(deletion.path) for deletion in plan(partitions, rule).deletions]


def test_segments_past_their_age_go_oldest_first() -> None:
    p = files("p", (30, 1, True), (20, 1, True), (10, 1, True))
    assert names(p, rule=Rule(max_age=15)) == ["p/0", "p/1"]


def test_nothing_that_is_not_consumed_goes_however_old_or_large() -> None:
    p = files("p", (30, 5, True), (20, 7, False), (10, 11, True))
    found = plan([p], Rule(max_age=1, max_bytes=1))
    assert [deletion.path.name for deletion in found.deletions] == ["0"]
    assert found.held_bytes == 18


def test_size_is_that_of_all_partitions_and_the_oldest_of_any_goes_first() -> None:
    p = files("p", (50, 10, True), (20, 10, True), open_bytes=5)
    q = files("q", (40, 10, True), (30, 10, True), open_bytes=5)
    assert names(p, q, rule=Rule(max_age=1000, max_bytes=30)) == ["p/0", "q/0"]
    assert names(p, q, rule=Rule(max_age=1000, max_bytes=50)) == []


def test_what_is_young_stays_whatever_it_takes() -> None:
    p = files("p", (30, 10, True), (5, 10, True))
    assert names(p, rule=Rule(max_age=0, min_age=10, max_bytes=1)) == ["p/0"]


def test_a_clock_that_jumped_back_deletes_nothing() -> None:
    p = files("p", (-500, 10, True), (-900, 10, True))
    assert names(p, rule=Rule(max_age=0, max_bytes=1)) == []


@pytest.mark.parametrize(
    ("stream", "age_days", "is_consumed", "goes"),
    [
        ("events", 31, True, True),
        ("events", 29, True, False),
        ("events", 3000, False, False),
        ("quarantine", 91, False, True),
        ("quarantine", 89, False, False),
        ("shadow", 0.01, True, True),
        ("shadow", 1, False, False),
        ("shadow", 3, False, True),
        ("resolved", 3000, True, False),
    ],
)
def test_each_stream_has_its_rule(stream: Stream, age_days: float, is_consumed: bool, goes: bool) -> None:
    p = files("p", (age_days * DAY, 10, is_consumed))
    assert bool(names(p, rule=rule_of(stream, LogSettings()))) is goes


class OldLog:
    """A partition of six segments with a record each, written an hour after one another from time 0 on."""

    def __init__(self) -> None:
        self.fs = CrashingFileSystem(Random(0))
        salts = count(1)
        self.folder = LOG / "events" / "p"
        self.writer = PartitionWriter(self.fs, self.folder, 1, lambda: next(salts))
        self.offsets = []
        for hour in range(6):
            self.fs.now = hour * 3600.0
            self.offsets += self.writer.commit([[b"%d" % hour]])
        self.reader = FileLogReader(self.fs, LOG / "events")

    def clean(self, *, now: float = 100 * DAY, dry_run: bool = False) -> int:
        reports = clean(self.fs, LOG, LogSettings(keep_days=1), now, dry_run=dry_run)
        return len(reports[0].deletions)

    def kept(self) -> list[bytes]:
        return [payload for _, payload in self._records()]

    def _records(self) -> list[tuple[int, bytes]]:
        offset, found = self.reader.start("p"), []
        while (batch := self.reader.read("p", offset, 1)).records:
            found += batch.records
            offset = batch.next_offset
        return found


@pytest.fixture
def log() -> OldLog:
    return OldLog()


def test_a_log_that_nobody_consumed_is_kept_whole(log: OldLog) -> None:
    assert log.clean() == 0
    assert log.reader.start("p") == 0


def test_what_was_consumed_goes_but_for_the_last_segment(log: OldLog) -> None:
    write_consumed(log.fs, log.folder, log.writer.durable_end)
    assert log.clean(dry_run=True) == 5
    assert len(log.kept()) == 6
    assert log.clean() == 5
    assert log.kept() == [b"5"]
    assert log.clean() == 0


def test_a_segment_with_one_record_that_is_not_consumed_stays(log: OldLog) -> None:
    write_consumed(log.fs, log.folder, log.offsets[3])
    log.clean()
    assert log.kept() == [b"3", b"4", b"5"]


def test_an_offset_that_is_no_longer_kept_is_named_with_where_the_log_begins(log: OldLog) -> None:
    write_consumed(log.fs, log.folder, log.offsets[3])
    log.clean()
    with pytest.raises(
        UsageError, match=rf"offset 32 .* no longer kept; it begins at {log.reader.start('p')}"
    ):
        log.reader.read("p", 32, 100)


def test_a_writer_opened_after_a_clean_goes_on_at_the_same_address(log: OldLog) -> None:
    write_consumed(log.fs, log.folder, log.writer.durable_end)
    log.clean()
    end = log.writer.durable_end
    log.fs.crash()
    again = PartitionWriter(log.fs, log.folder, 1, lambda: 99)
    assert again.durable_end == end
    again.commit([[b"6"]])
    assert log.kept() == [b"5", b"6"]


def test_a_read_that_loses_its_file_to_retention_says_that_the_offset_is_no_longer_kept(
    log: OldLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_consumed(log.fs, log.folder, log.writer.durable_end)
    open_file = log.fs.open

    def clean_first(path: Path, *, write: bool = False) -> object:
        if path.suffix == ".segment" and not write:
            monkeypatch.setattr(log.fs, "open", open_file)
            log.clean()
        return open_file(path, write=write)

    monkeypatch.setattr(log.fs, "open", clean_first)
    with pytest.raises(UsageError, match="no longer kept"):
        log.reader.read("p", log.offsets[0], 100)


def test_a_deletion_that_fails_leaves_a_log_without_a_gap(log: OldLog) -> None:
    write_consumed(log.fs, log.folder, log.writer.durable_end)
    log.fs.fail("remove", 2, errno.EIO)
    with pytest.raises(OSError, match="Input/output"):
        log.clean()
    assert log.kept() == [b"2", b"3", b"4", b"5"]
    assert log.clean() == 3


def test_a_damaged_partition_is_told_of_and_the_others_are_cleaned(tmp_path: Path) -> None:
    for name in ("damaged", "whole"):
        folder = tmp_path / "log" / "events" / name
        writer = PartitionWriter(LocalFileSystem(), folder, 1, count(1).__next__)
        for _ in range(3):
            writer.commit([[b"event"]])
        end = writer.durable_end
        writer.close()
        write_consumed(LocalFileSystem(), folder, end)
    (tmp_path / "log" / "events" / "damaged" / "durable").unlink()
    settings = LogSettings(keep_days=1, keep_hours=0)
    (events, *_) = clean(LocalFileSystem(), tmp_path / "log", settings, 10**10)
    assert [deletion.folder.name for deletion in events.deletions] == ["whole", "whole"]
    assert [("damaged" in damage, "no durable mark" in damage) for damage in events.damage] == [(True, True)]
