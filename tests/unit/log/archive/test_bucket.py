"""A bucket keeps the promises that a folder keeps, on a server as in the client's own memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from obstore.store import MemoryStore

from mainstem.errors import EnvironmentFailure
from mainstem.log.archive.bucket import BucketStorage
from mainstem.log.archive.storage import BucketAccess, FolderStorage, Stored, checksum_of, open_storage
from mainstem.testing.bucket import new_bucket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.log.archive import Storage


@pytest.fixture(params=["folder", "bucket", "server"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "made when needed")
    if request.param == "server":
        lake = new_bucket(request.getfixturevalue("buckets"))
        access = BucketAccess(lake.s3_region, lake.s3_endpoint, lake.s3_key_id, lake.s3_secret, True)
        return open_storage(f"{lake.data_path}", tmp_path, access)
    return BucketStorage("s3://bucket/prefix/", MemoryStore())  # type: ignore[arg-type] # it has the same calls


def test_nothing_is_there_at_first(storage: Storage) -> None:
    assert storage.list("") == []
    assert storage.size("a/b") is None
    with pytest.raises(FileNotFoundError):
        storage.read("a/b", 0, 1)


def test_a_file_is_read_back_in_parts_and_whole(storage: Storage) -> None:
    pieces = [b"first", b"", b"second" * 1000]
    storage.write("a/b", pieces)
    whole = b"".join(pieces)
    assert storage.size("a/b") == len(whole)
    assert storage.read("a/b", 3, 4) == whole[3:7]
    assert storage.read("a/b", len(whole) - 2, 100) == whole[-2:]
    assert storage.read("a/b", len(whole), 1) == b""
    assert b"".join(storage.pieces("a/b")) == whole
    assert storage.checksum("a/b") == checksum_of([whole])


def test_files_below_a_prefix_are_listed_by_whole_parts_of_names(storage: Storage) -> None:
    for name in ("events/b/2", "events/a/1", "events-other/c", "top"):
        storage.write(name, [name.encode()])
    assert storage.list("events") == [Stored("events/a/1", 10), Stored("events/b/2", 10)]
    assert [stored.name for stored in storage.list("")] == [
        "events-other/c",
        "events/a/1",
        "events/b/2",
        "top",
    ]


def test_a_file_is_replaced_or_deleted_and_one_that_is_gone_not_missed(storage: Storage) -> None:
    storage.write("a", [b"old"])
    storage.write("a", [b"new one"])
    assert b"".join(storage.pieces("a")) == b"new one"
    storage.delete("a")
    storage.delete("a")
    assert storage.list("") == []


@pytest.mark.parametrize("failure", [ValueError, FileNotFoundError])
def test_what_breaks_off_leaves_the_name_as_it_was_and_is_told_as_it_is(
    storage: Storage, failure: type[Exception]
) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"new"
        raise failure("the source failed")

    storage.write("a", [b"old"])
    with pytest.raises(failure, match="the source failed"):
        storage.write("a", breaking())
    assert b"".join(storage.pieces("a")) == b"old"


def test_a_place_is_named_without_a_slash_at_its_end(storage: Storage) -> None:
    assert not str(storage).endswith("/")


def test_a_file_goes_from_one_place_to_another_of_its_kind(storage: Storage) -> None:
    storage.write("a", [b"x" * 9_000_000])
    storage.write("b", storage.pieces("a"))
    assert storage.checksum("b") == storage.checksum("a")


@pytest.mark.parametrize("endpoint", ["", "localhost:9000", "ftp://localhost"])
def test_an_endpoint_that_is_no_address_is_told_with_what_is(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(EnvironmentFailure, match=r"AWS_ENDPOINT_URL.*no address.*http://host:port"):
        BucketStorage("s3://bucket/prefix")
