"""Erasing records in place."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

import pytest

from mainstem.errors import LogUnavailable
from mainstem.log import LogSettings, open_reader, open_writer
from mainstem.log.archive import ArchivedLogReader, ArchiveReader, FolderStorage, archive_stream
from mainstem.log.archive.rewrite import erase_archived
from mainstem.log.filesystem import LocalFileSystem
from mainstem.log.reader import FileLogReader
from mainstem.log.rewrite import Erased, erase_records, settled_segments
from mainstem.log.segment import segments_in
from mainstem.log.writer import ROLL_NAME, PartitionWriter
from mainstem.testing.filesystem import CrashingFileSystem

STREAM = Path("/data/log/events")
FOLDER = STREAM / "gateway-0"


@pytest.fixture
def fs() -> CrashingFileSystem:
    return CrashingFileSystem(Random(1))


def open_partition(fs: CrashingFileSystem, segment_bytes: int = 120) -> PartitionWriter:
    return PartitionWriter(fs, FOLDER, segment_bytes, lambda: 7)


def is_anas(payload: bytes) -> bool:
    return b"ana" in payload


def never() -> bool:
    return False


def erase(fs: CrashingFileSystem) -> Erased:
    return erase_records(fs, FOLDER, settled_segments(fs, FOLDER, never), is_anas, never)


def read_all(reader: FileLogReader) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    offset = 0
    while (batch := reader.read("gateway-0", offset, 100)).records:
        found += batch.records
        offset = batch.next_offset
    return found


def test_an_erased_record_is_read_no_more_and_all_others_keep_their_offsets(fs: CrashingFileSystem) -> None:
    writer = open_partition(fs)
    for number in range(8):
        writer.commit([[b"ana %d" % number, b"bob %d" % number], [b"cyn %d" % number]])
    writer.close()
    reader = FileLogReader(fs, STREAM)
    before = read_all(reader)
    assert erase(fs).records == 8
    kept = [record for record in before if not is_anas(record[1])]
    assert len(kept) == 16
    assert read_all(reader) == kept
    assert all(reader.read("gateway-0", at, 1).records[0] == (at, payload) for at, payload in kept)
    assert erase(fs) == Erased()


def test_no_byte_of_an_erased_payload_stays_in_any_file(tmp_path: Path) -> None:
    fs, folder = LocalFileSystem(), tmp_path / "gateway-0"
    writer = PartitionWriter(fs, folder, 100, lambda: 7)
    for number in range(5):
        writer.commit([[b"ana %d" % number, b"bob %d" % number]])
    writer.close()
    erase_records(fs, folder, settled_segments(fs, folder, never), is_anas, never)
    assert not [file for file in folder.iterdir() if b"ana" in file.read_bytes()]


def test_a_stretch_of_erased_records_is_passed_over_to_what_follows(fs: CrashingFileSystem) -> None:
    writer = open_partition(fs, 60)
    writer.commit([[b"bob 1"]])
    for number in range(9):
        writer.commit([[b"ana %d" % number]])
    writer.commit([[b"bob 2"]])
    writer.close()
    erase(fs)
    reader = FileLogReader(fs, STREAM)
    first = reader.read("gateway-0", 0, 1)
    second = reader.read("gateway-0", first.next_offset, 1)
    assert [payload for _, payload in first.records + second.records] == [b"bob 1", b"bob 2"]


def test_at_the_end_of_the_log_erased_records_leave_nothing_to_read(fs: CrashingFileSystem) -> None:
    writer = open_partition(fs)
    writer.commit([[b"ana"]])
    writer.close()
    erase(fs)
    reader = FileLogReader(fs, STREAM)
    assert reader.read("gateway-0", 0, 100) == reader.read("gateway-0", reader.end("gateway-0"), 100)
    reopened = open_partition(fs)
    reopened.commit([[b"bob"]])
    assert [payload for _, payload in reader.read("gateway-0", 0, 100).records] == [b"bob"]


def test_an_offset_at_an_erased_record_is_still_an_offset(fs: CrashingFileSystem) -> None:
    writer = open_partition(fs)
    [first] = writer.commit([[b"ana", b"bob"]])
    writer.close()
    erase(fs)
    assert [p for _, p in FileLogReader(fs, STREAM).read("gateway-0", first, 100).records] == [b"bob"]


def test_the_segment_of_a_writer_at_work_is_left_until_it_has_begun_another(fs: CrashingFileSystem) -> None:
    writer = open_partition(fs, 10_000)
    writer.commit([[b"ana 1", b"bob 1"]])
    waits: list[int] = []

    def wait() -> bool:
        waits.append(1)
        writer.roll_if_asked()
        writer.commit([[b"ana 2"]])
        return True

    parts = settled_segments(fs, FOLDER, wait)
    assert len(waits) == 1
    assert [part.segment for part in parts] == segments_in(fs, FOLDER)[:1]
    erase_records(fs, FOLDER, parts, is_anas, never)
    writer.commit([[b"bob 2"]])
    found = FileLogReader(fs, STREAM).read("gateway-0", 0, 10_000)
    rest = FileLogReader(fs, STREAM).read("gateway-0", found.next_offset, 10_000)
    assert [p for _, p in found.records + rest.records] == [b"bob 1", b"ana 2", b"bob 2"]


def test_a_writer_that_does_not_answer_is_told(fs: CrashingFileSystem) -> None:
    open_partition(fs).commit([[b"ana"]])
    with pytest.raises(LogUnavailable, match="has begun no new segment"):
        settled_segments(fs, FOLDER, never)


def test_an_idle_writer_rolls_when_asked_and_goes_on_behind(fs: CrashingFileSystem) -> None:
    writer = open_partition(fs)
    writer.commit([[b"bob 1"]])
    fs.create(FOLDER / ROLL_NAME).close()
    writer.roll_if_asked()
    assert ROLL_NAME not in fs.files(FOLDER)
    assert segments_in(fs, FOLDER)[-1].base == writer.durable_end
    writer.commit([[b"bob 2"]])
    writer.close()
    assert open_partition(fs).durable_end == FileLogReader(fs, STREAM).end("gateway-0")


def test_archived_segments_are_erased_from_too(tmp_path: Path) -> None:
    fs, log = LocalFileSystem(), tmp_path / "log" / "events"
    writer = PartitionWriter(fs, log / "gateway-0", 60, lambda: 7)
    for number in range(4):
        writer.commit([[b"ana %d" % number, b"bob %d" % number]])
    writer.close()
    storage = FolderStorage(tmp_path / "archive")
    archive_stream(FileLogReader(fs, log), "events", storage)
    before = ArchiveReader(storage, "events")
    ends = before.start("gateway-0"), before.end("gateway-0")
    assert erase_archived(storage, "events", is_anas).records == 3
    reader = ArchiveReader(storage, "events")
    assert (reader.start("gateway-0"), reader.end("gateway-0")) == ends
    assert [p for _, p in reader.read("gateway-0", 0, 10_000).records] == [b"bob 0"]
    assert not [f for f in (tmp_path / "archive").rglob("*") if f.is_file() and b"ana" in f.read_bytes()]


def test_an_archive_whose_end_is_erased_leads_on_to_the_live_log(tmp_path: Path) -> None:
    fs, log = LocalFileSystem(), tmp_path / "log" / "events"
    writer = PartitionWriter(fs, log / "gateway-0", 60, lambda: 7)
    for text in (b"bob 1" + b"." * 40, b"ana 1" + b"." * 40, b"bob 2"):
        writer.commit([[text]])
    writer.close()
    live = FileLogReader(fs, log)
    storage = FolderStorage(tmp_path / "archive")
    archive_stream(live, "events", storage)
    erase_archived(storage, "events", is_anas)
    for segment in segments_in(fs, log / "gateway-0")[:2]:
        fs.remove(segment.path)
    reader = ArchivedLogReader({"here": live}, ArchiveReader(storage, "events"))
    first = reader.read("gateway-0", 0, 1)
    rest = reader.read("gateway-0", first.next_offset, 1)
    assert [payload[:5] for _, payload in first.records + rest.records] == [b"bob 1", b"bob 2"]


def test_a_gateway_without_events_begins_a_new_segment_when_asked(tmp_path: Path) -> None:
    async def run() -> None:
        writer = open_writer(tmp_path, "events", "gateway-0", LogSettings())
        await writer.append([b"ana", b"bob"])
        fs, folder = LocalFileSystem(), tmp_path / "log" / "events" / "gateway-0"

        def erase_now() -> Erased:
            patience = iter(range(10_000_000))
            parts = settled_segments(fs, folder, lambda: next(patience) < 9_999_999)
            return erase_records(fs, folder, parts, is_anas, never)

        assert await asyncio.to_thread(erase_now) == Erased(1, 1)
        await writer.append([b"cyn"])
        await writer.close()

    asyncio.run(run())
    assert [payload for _, payload in read_all(open_reader(tmp_path, "events"))] == [b"bob", b"cyn"]
