"""Segments are copied once they are closed, whole and checked; what retention deleted is read from there."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import EnvironmentFailure, LogCorrupted, UsageError
from mainstem.log import LogSettings, clean_log, log_folder, open_reader
from mainstem.log.archive import (
    ArchivedLogReader,
    ArchiveReader,
    Copied,
    FolderStorage,
    archive_stream,
    open_storage,
)
from mainstem.log.filesystem import LocalFileSystem
from mainstem.log.writer import PartitionWriter
from mainstem.testing.log import payloads, read_all

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

P = "gateway-0"
ALWAYS = 4e12


class Log:
    """A partition whose every commit of two records makes a segment of its own, and an archive."""

    def __init__(self, folder: Path) -> None:
        self.data_dir = folder / "data"
        self.storage = FolderStorage(folder / "archive")
        self.reader = open_reader(self.data_dir, "events")
        self.copied: list[Copied] = []
        salts = count(7)
        self.writer = PartitionWriter(
            LocalFileSystem(), log_folder(self.data_dir) / "events" / P, 1, lambda: next(salts)
        )
        self.written: list[bytes] = []

    def commit(self, times: int = 1) -> None:
        for _ in range(times):
            records = [b"record %d" % (len(self.written) + at) for at in range(2)]
            self.writer.commit([records])
            self.written += records

    def archive(self) -> int:
        return archive_stream(self.reader, "events", self.storage, self.copied.append)

    def clean(self) -> int:
        """Delete whatever may be deleted at all."""
        self.reader.mark_consumed(P, self.reader.end(P))
        settings = LogSettings(keep_bytes=1, keep_hours=0, archive="somewhere")
        (events, *_) = clean_log(self.data_dir, settings, ALWAYS)
        return len(events.deletions)

    def joined(self) -> ArchivedLogReader:
        return ArchivedLogReader({"here": self.reader}, ArchiveReader(self.storage, "events"))


@pytest.fixture
def log(tmp_path: Path) -> Iterable[Log]:
    log = Log(tmp_path)
    yield log
    log.writer.close()


def test_closed_segments_are_archived_and_the_open_one_is_not(log: Log) -> None:
    log.commit(3)
    assert log.archive() == 2
    assert [one.name for one in log.copied] == [
        f"events/{P}/{segment.base:020d}.segment" for segment in log.reader.state(P).segments[:-1]
    ]
    assert log.reader.archived(P) == log.copied[-1].end
    assert payloads(ArchiveReader(log.storage, "events"), P) == log.written[:4]


def test_what_is_archived_is_not_copied_again(log: Log) -> None:
    log.commit(3)
    log.archive()
    assert log.archive() == 0
    log.reader.mark_archived(P, 0)  # as after a power failure
    assert log.archive() == 0
    assert log.reader.archived(P) == log.copied[-1].end


def test_a_copy_that_was_interrupted_is_made_again(log: Log) -> None:
    log.commit(2)
    log.archive()
    log.reader.mark_archived(P, 0)
    (stored,) = log.storage.list("events")
    log.storage.write(stored.name, [b"half of it"])
    assert log.archive() == 1
    assert payloads(ArchiveReader(log.storage, "events"), P) == log.written[:2]


def test_nothing_is_deleted_before_it_is_archived(log: Log) -> None:
    log.commit(4)
    assert log.clean() == 0
    log.archive()
    assert log.clean() == 3


def test_what_was_deleted_is_read_from_the_archive_and_the_rest_from_the_log(log: Log) -> None:
    log.commit(3)
    log.archive()
    log.clean()
    log.commit(2)
    assert log.reader.start(P) > 0
    joined = log.joined()
    assert joined.start(P) == 0
    for at_once in (1, 100, 1 << 20):
        assert [payload for _, payload in read_all(joined, P, 0, at_once)] == log.written


def test_a_reader_that_began_before_finds_what_was_archived_since(log: Log) -> None:
    log.commit(2)
    log.archive()
    joined = log.joined()
    first = joined.read(P, 0, 1)
    log.commit(3)
    log.archive()
    log.clean()
    found = [payload for _, payload in [*first.records, *read_all(joined, P, first.next_offset, 1)]]
    assert found == log.written


def test_a_partition_of_a_gateway_that_is_no_more_is_read_from_the_archive(log: Log, tmp_path: Path) -> None:
    log.commit(3)
    log.archive()
    elsewhere = open_reader(tmp_path / "another", "events")
    joined = ArchivedLogReader({"there": elsewhere}, ArchiveReader(log.storage, "events"))
    assert joined.partitions() == (P,)
    assert payloads(joined, P) == log.written[:4]
    joined.mark_consumed(P, joined.end(P))  # nobody needs to be told
    assert joined.consumed(P) is None


def test_a_hole_between_archive_and_log_is_refused_and_not_skipped(log: Log) -> None:
    log.commit(4)
    log.archive()
    log.clean()
    second = log.storage.list("events")[1]
    last = log.storage.list("events")[-1]
    log.storage.delete(last.name)
    with pytest.raises(UsageError, match="does not hold what was before"):
        read_all(log.joined(), P, 0, 1)
    log.storage.write(last.name, [b""])
    log.storage.delete(second.name)
    with pytest.raises(LogCorrupted, match="no whole frame"):
        read_all(log.joined(), P, 0, 1)


def test_a_segment_that_does_not_check_is_not_archived(log: Log) -> None:
    log.commit(2)
    path = log.reader.state(P).segments[0].path
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(LogCorrupted):
        log.archive()
    assert log.storage.list("") == []
    assert log.reader.archived(P) is None


def test_a_copy_that_does_not_read_back_is_deleted_and_not_counted(log: Log, tmp_path: Path) -> None:
    class Careless(FolderStorage):
        def write(self, name: str, pieces: Iterable[bytes]) -> None:
            super().write(name, [b"".join(pieces)[:-1]])

    log.commit(2)
    careless = Careless(tmp_path / "careless")
    with pytest.raises(LogCorrupted, match="does not read back"):
        archive_stream(log.reader, "events", careless)
    assert careless.list("") == []
    assert log.reader.archived(P) is None


def test_what_breaks_off_while_a_file_is_written_leaves_the_old_one(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.write("a/b", [b"old"])

    def breaking() -> Iterable[bytes]:
        yield b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        storage.write("a/b", breaking())
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["b"]
    assert b"".join(storage.pieces("a/b")) == b"old"


def test_a_folder_that_cannot_be_written_to_says_which(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFailure, match="file"):
        FolderStorage(tmp_path / "file").write("a", [b""])


@pytest.mark.parametrize("place", ["gs://bucket", "s3://", "http://host/x"])
def test_a_place_of_another_kind_is_refused_with_the_valid_ones(tmp_path: Path, place: str) -> None:
    with pytest.raises(UsageError, match="s3://bucket/prefix"):
        open_storage(place, tmp_path)


def test_a_relative_folder_begins_at_the_project(tmp_path: Path) -> None:
    assert str(open_storage("kept", tmp_path)) == str(tmp_path / "kept")
