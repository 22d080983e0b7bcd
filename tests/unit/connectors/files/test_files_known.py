from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import msgspec

from mainstem.connectors.files.known import Known, Tail, has_grown, samples
from mainstem.connectors.files.places import StoredFile

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def stored(name: str, version: str = "1", minutes: int = 0) -> StoredFile:
    return StoredFile(name, 10, version, NOON + timedelta(minutes=minutes))


def tail(head: str, last: str, offset: int, modified: float = 0.0) -> Tail:
    return Tail(modified, offset, 1, head, last, [], "", "", 1, 0, 0)


def again(known: Known) -> Known:
    position = msgspec.json.decode(msgspec.json.encode(known.written()))
    return Known(position["known"], position["tails"])


def test_a_file_is_known_by_path_and_version() -> None:
    known = Known()
    known.add(stored("a"))
    found = again(known)
    assert found.has(stored("a"))
    assert not found.has(stored("a", "2"))
    assert not found.has(stored("b"))
    found.remove("a")
    assert not again(found).has(stored("a"))


def test_a_hundred_thousand_files_take_little_room() -> None:
    known = Known()
    for number in range(100_000):
        known.add(stored(f"logs/2026/01/{number}.gz"))
    assert len(known.written()["known"]) < 2_200_000


def test_of_files_that_may_grow_the_newest_are_kept() -> None:
    known = Known()
    for number in range(1005):
        known.add(stored(str(number)), tail("", "", 0, float(number)))
    assert len(known.tails) == 1000
    assert "4" not in known.tails
    assert "1004" in known.tails


def test_a_file_has_grown_when_what_was_read_still_stands_at_its_beginning() -> None:
    before = b"first line\n" * 1000
    ending = tail(*samples(io.BytesIO(before), len(before)), len(before))
    assert has_grown(io.BytesIO(before + b"more\n"), ending)
    assert not has_grown(io.BytesIO(b"First" + before[5:] + b"more\n"), ending)
    assert not has_grown(io.BytesIO(before[:-5] + b"LINE\nmore\n"), ending)
