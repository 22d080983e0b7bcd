from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.errors import EnvironmentFailure, UsageError
from mainstem.log import log_folder, open_reader
from mainstem.log.archive import FolderStorage
from mainstem.log.filesystem import LocalFileSystem
from mainstem.log.writer import PartitionWriter
from mainstem.operate.backup import (
    BackupReport,
    BackupWriter,
    LakeFile,
    backups,
    check_backup,
    copy_log,
    copy_out,
    read_manifest,
)
from mainstem.testing.log import payloads

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.operate.backup import Kept


class Place:
    """A lake of files, a log, and a storage for backups of both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lake = FolderStorage(folder / "lake")
        self.storage = FolderStorage(folder / "kept")
        self.data_dir = folder / "data"
        self.written: list[bytes] = []

    def add(self, path: str, content: bytes) -> LakeFile:
        self.lake.write(path, [content])
        return LakeFile(path, len(content))

    def commit(self, *records: bytes) -> None:
        folder = log_folder(self.data_dir) / "events" / "gateway-0"
        writer = PartitionWriter(LocalFileSystem(), folder, 1, lambda: 7)
        for record in records:
            writer.commit([[record]])
        writer.close()
        self.written += records

    def back_up(self, backup_id: str, *files: LakeFile, own: tuple[Path, ...] = ()) -> BackupReport:
        writer = BackupWriter(self.storage, backup_id)
        project: tuple[Kept, ...] = tuple(writer.file(path, "project", path.name) for path in own)
        return writer.finish(
            version="1",
            made_at="2026-01-02T03:04:05.678Z",
            snapshot=3,
            metadata_schema="lake",
            databases={},
            lake=writer.lake(files, self.lake),
            log=[writer.log(open_reader(self.data_dir, "events"), "events")],
            project=project,
            data=(),
            left_out=(),
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_what_is_there_already_is_not_copied_again_and_every_backup_is_whole(place: Place) -> None:
    one = place.add("web/a.parquet", b"one")
    place.commit(b"a", b"b")
    first = place.back_up("1", one)
    assert (first.files, first.copied_files) == (3, 3)
    two = place.add("web/b.parquet", b"two")
    place.commit(b"c")
    second = place.back_up("2", one, two)
    # New are the second file, the segment that was closed since, and the open one, which each backup has.
    assert (second.files, second.copied_files) == (5, 3)
    for backup_id in ("1", "2"):
        assert check_backup(place.storage, read_manifest(place.storage, backup_id)) == []


def test_the_newest_backup_is_meant_where_none_is_named(place: Place) -> None:
    place.back_up("2026-01")
    place.back_up("2026-02")
    assert backups(place.storage) == ["2026-01", "2026-02"]
    assert read_manifest(place.storage).id == "2026-02"
    with pytest.raises(UsageError, match="there are: 2026-01, 2026-02"):
        read_manifest(place.storage, "2025")


def test_one_that_was_broken_off_is_no_backup_and_its_files_are_copied_again(place: Place) -> None:
    file = place.add("web/a.parquet", b"one")
    place.storage.write("lake/web/a.parquet", [b"o n"])  # of the same length, by an accident
    assert backups(place.storage) == []
    place.back_up("1", file)
    assert check_backup(place.storage, read_manifest(place.storage)) == []


@pytest.mark.parametrize(
    ("damage", "says"),
    [(b"0ne", "checksum differs"), (b"on", "holds 2 bytes, and it was written with 3"), (None, "is missing")],
)
def test_a_file_that_is_not_as_it_was_written_is_found(place: Place, damage: bytes | None, says: str) -> None:
    place.back_up("1", place.add("web/a.parquet", b"one"))
    place.storage.delete("lake/web/a.parquet")
    if damage is not None:
        place.storage.write("lake/web/a.parquet", [damage])
    manifest = read_manifest(place.storage)
    (problem,) = check_backup(place.storage, manifest)
    assert problem.startswith("lake/web/a.parquet")
    assert says in problem
    target = FolderStorage(place.folder / "restored")
    with pytest.raises(EnvironmentFailure, match=r"lake/web/a\.parquet"):
        copy_out(place.storage, manifest.lake, target)
    assert target.list("") == []


def test_a_file_that_the_catalog_names_and_that_is_gone_is_an_error(place: Place) -> None:
    with pytest.raises(EnvironmentFailure, match=r"names .*, which is gone"):
        place.back_up("1", LakeFile("web/gone.parquet", 3))
    assert backups(place.storage) == []


def test_the_log_comes_back_with_its_marks_and_goes_on(place: Place) -> None:
    place.commit(b"a", b"b", b"c")
    reader = open_reader(place.data_dir, "events")
    reader.mark_consumed("gateway-0", reader.state("gateway-0").segments[1].base)
    place.back_up("1")
    expected = list(place.written)
    manifest = read_manifest(place.storage)
    place.data_dir = place.folder / "restored"
    copy_log(place.storage, manifest, FolderStorage(log_folder(place.data_dir)), log_folder(place.data_dir))
    restored = open_reader(place.data_dir, "events")
    assert payloads(restored) == expected
    assert restored.consumed("gateway-0") == reader.consumed("gateway-0")
    place.commit(b"d")
    assert payloads(restored) == [*expected, b"d"]


def test_a_segment_that_erasure_rewrote_is_copied_beside_the_one_of_before(place: Place) -> None:
    place.commit(b"a", b"b")
    place.back_up("1")
    segment = open_reader(place.data_dir, "events").state("gateway-0").segments[0].path
    segment.write_bytes(segment.read_bytes()[:-1] + b"-")
    place.back_up("2")
    first, second = (read_manifest(place.storage, backup_id) for backup_id in ("1", "2"))
    assert first.log[0].place == second.log[0].place
    assert first.log[0].name != second.log[0].name
    assert check_backup(place.storage, first) == check_backup(place.storage, second) == []


def test_a_file_keeps_its_mode(place: Place) -> None:
    own = place.folder / "a.sh"
    own.write_text("x")
    own.chmod(0o750)
    place.back_up("1", own=(own,))
    assert [kept.mode for kept in read_manifest(place.storage).project] == [0o750]


def test_a_manifest_of_another_format_says_who_made_it(place: Place) -> None:
    place.back_up("1")
    manifest = msgspec.structs.replace(read_manifest(place.storage), format=9, version="7.0")
    place.storage.write("backups/1/manifest.json", [msgspec.json.encode(manifest)])
    with pytest.raises(EnvironmentFailure, match=r"has format 9, made by Mainstem 7\.0"):
        read_manifest(place.storage)
