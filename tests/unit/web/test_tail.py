from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from mainstem.collect.counts_file import GatewayCounts
from mainstem.log import LogSettings, open_reader, open_writer
from mainstem.testing.records import EventLog
from mainstem.web.tail import Cursor, Tail, pack, unpack

if TYPE_CHECKING:
    from pathlib import Path


def filled(*sizes: int, partition: str = "0") -> EventLog:
    log = EventLog()
    for number, size in enumerate(sizes):
        log.append(bytes([65 + number]) * size, partition)
    return log


def letters(found: object) -> str:
    return "".join(chr(record.payload[0]) for record in found)  # type: ignore[attr-defined] # Found


def counts(**marks: list[int]) -> GatewayCounts:
    return GatewayCounts("0", 1, "S", "T", marks=dict(marks))


def test_the_first_look_shows_all_of_a_small_log() -> None:
    piece = Tail({"events": filled(9, 9, 9)}).last(1000)
    assert letters(piece.found) == "ABC"
    assert piece.reaches_back
    assert piece.skipped == 0


def test_the_first_look_at_a_large_log_begins_at_the_mark_that_is_near_enough() -> None:
    log = filled(99, 99, 99, 99)
    piece = Tail({"events": log}, [counts(events=[0, 100, 200, 300])]).last(250)
    assert letters(piece.found) == "CD"
    assert not piece.reaches_back
    assert letters(Tail({"events": log}).last(250).found) == "", "without a mark, at the end"


def test_a_mark_of_another_log_is_no_harm() -> None:
    piece = Tail({"events": filled(99, 99, 99)}, [counts(events=[150])]).last(200)
    assert letters(piece.found) == ""
    assert piece.cursor == {"events": {"0": 300}}


def test_who_has_fallen_far_behind_is_brought_to_the_end_and_told() -> None:
    log = filled(99, 99, 99, 99, 99, 99)
    piece = Tail({"events": log}).after({"events": {"0": 0}}, 150)
    assert letters(piece.found) == "AB"
    assert (piece.cursor, piece.skipped) == ({"events": {"0": 600}}, 400)
    nearer = Tail({"events": log}).after({"events": {"0": 300}}, 150)
    assert (letters(nearer.found), nearer.cursor, nearer.skipped) == ("DE", {"events": {"0": 500}}, 0)


def test_every_segment_is_read_though_one_reading_of_the_log_ends_with_the_first(tmp_path: Path) -> None:
    for payload in (b"A" * 9, b"B" * 9, b"C" * 9):  # each start of a writer begins a segment
        asyncio.run(_write(tmp_path, payload))
    piece = Tail({"events": open_reader(tmp_path, "events")}).last(1000)
    assert letters(piece.found) == "ABC"
    assert piece.reaches_back


async def _write(data_dir: Path, payload: bytes) -> None:
    writer = open_writer(data_dir, "events", "gateway-0", LogSettings())
    await writer.append([payload])
    await writer.close()


@pytest.mark.parametrize("offset", [7, 10_000])
def test_an_offset_that_is_none_goes_on_at_the_end(offset: int) -> None:
    piece = Tail({"events": filled(99)}).after({"events": {"0": offset}}, 1000)
    assert letters(piece.found) == ""
    assert piece.cursor == {"events": {"0": 100}}


def test_a_partition_that_appears_is_read_from_its_start_and_one_that_is_gone_is_forgotten() -> None:
    piece = Tail({"events": filled(9, partition="new")}).after({"events": {"old": 5}}, 1000)
    assert letters(piece.found) == "A"
    assert piece.cursor == {"events": {"new": 10}}


def test_a_log_without_partitions_has_nothing() -> None:
    piece = Tail({"events": EventLog(), "quarantine": EventLog()}).last(1000)
    assert (piece.found, piece.cursor) == ((), {"events": {}, "quarantine": {}})


def test_a_cursor_survives_an_address() -> None:
    cursor: Cursor = {"events": {"gateway-0": 12, "gateway-1": 2**50}, "quarantine": {}}
    assert unpack(pack(cursor)) == cursor
    for text in ("", "x", "ü", "e30x!", pack({"events": {"0": -1}}), "A" * 100_000):
        assert unpack(text) is None
