from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.testing.memory_runs import MemoryLog
from mainstem.web.orchestration.log_piece import (
    FAR_BYTES,
    LONGEST_LINE,
    PIECE_BYTES,
    Cursor,
    Piece,
    cursor_of,
    found_lines,
    last_piece,
    piece_after,
    piece_around,
    piece_before,
    piece_onwards,
)

LARGE = "".join(f"{n:09} {'y' * 89}\n" for n in range(1, 40_001)).encode()
"""Four megabytes: forty thousand lines of a hundred bytes, each with its number."""


def numbered(piece: Piece) -> None:
    """Each line of LARGE says its own number."""
    assert [line.number for line in piece.lines] == [int(line.text[:9]) for line in piece.lines]


def test_a_large_log_opens_at_its_end_and_little_of_it_is_shown() -> None:
    piece = last_piece(MemoryLog(LARGE), ended=True)
    numbered(piece)
    assert piece.lines[-1].number == 40_000
    assert len(piece.lines) * 100 <= PIECE_BYTES
    assert piece.has_earlier


def test_going_back_meets_every_line_once() -> None:
    log, found = MemoryLog(LARGE), []
    piece = last_piece(log, ended=True)
    found += [line.number for line in reversed(piece.lines)]
    while piece.has_earlier:
        piece = piece_before(log, piece.start)
        numbered(piece)
        found += [line.number for line in reversed(piece.lines)]
    assert found == list(range(40_000, 0, -1))


def test_going_on_from_a_line_meets_every_line_to_the_end_once() -> None:
    log = MemoryLog(LARGE)
    piece = piece_around(log, 38_000, ended=True)
    found = [line.number for line in piece.lines]
    assert found[0] < 38_000 <= found[-1]
    while piece.end.at < piece.size:
        piece = piece_onwards(log, piece.end, ended=True)
        numbered(piece)
        found += [line.number for line in piece.lines]
    assert found == list(range(found[0], 40_001))


def test_who_follows_gets_what_is_new_and_nothing_twice() -> None:
    log = MemoryLog(b"one\n")
    first = last_piece(log, ended=False)
    log.body += b"two\nthr"
    second = piece_after(log, first.end, ended=False)
    log.body += b"ee\nfour"
    third = piece_after(log, second.end, ended=True)
    assert [line.text for piece in (first, second, third) for line in piece.lines] == [
        "one",
        "two",
        "three",
        "four",
    ]
    assert [line.number for line in third.lines] == [3, 4]


def test_a_line_that_is_not_whole_waits_until_the_try_has_ended() -> None:
    log = MemoryLog(b"downloading 4")
    assert last_piece(log, ended=False).lines == ()
    assert [line.text for line in last_piece(log, ended=True).lines] == ["downloading 4"]


def test_who_is_far_behind_is_brought_to_the_end_and_told_what_was_passed_over() -> None:
    log = MemoryLog(LARGE[:1000])
    begun = last_piece(log, ended=False)
    log.body = LARGE
    piece = piece_after(log, begun.end, ended=False)
    numbered(piece)
    assert piece.lines[-1].number == 40_000
    assert piece.skipped == piece.start.at - begun.end.at > FAR_BYTES / 2


def test_a_cursor_beyond_the_end_begins_anew() -> None:
    assert [line.text for line in piece_after(MemoryLog(b"a\n"), Cursor(99, 9), ended=True).lines] == ["a"]


@given(st.lists(st.text(alphabet="ab\n\r é", max_size=40)), st.booleans())
def test_pieces_of_a_growing_log_are_the_log(parts: list[str], ended: bool) -> None:
    log, seen, cursor = MemoryLog(), list[str](), Cursor(0, 1)
    for part in parts:
        log.body += part.encode()
        piece = piece_after(log, cursor, ended=False)
        seen += [line.text for line in piece.lines]
        cursor = piece.end
    if ended:
        seen += [line.text for line in piece_after(log, cursor, ended=True).lines]
    whole = "".join(parts)
    lines = (whole if ended else whole[: whole.rfind("\n") + 1]).split("\n")
    if not lines[-1]:
        lines.pop()
    assert seen == [line.removesuffix("\r").replace("\r", "�") for line in lines]


def test_a_line_longer_than_a_piece_is_shown_by_its_beginning() -> None:
    log = MemoryLog(b"a\n" + b"z" * 3 * PIECE_BYTES + b"\nlast\n")
    piece = piece_onwards(log, Cursor(2, 2), ended=True)
    assert [(line.number, len(line.text), line.hidden > 0) for line in piece.lines] == [
        (2, LONGEST_LINE, True)
    ]
    after = piece_onwards(log, piece.end, ended=True)
    assert [(line.number, line.text) for line in after.lines] == [(3, "last")]


def test_a_line_without_an_end_goes_on_being_waited_for() -> None:
    log = MemoryLog(b"z" * 2 * PIECE_BYTES)
    piece = piece_onwards(log, Cursor(0, 1), ended=False)
    assert (piece.lines, piece.end) == ((), Cursor(0, 1))
    assert len(piece_onwards(log, piece.end, ended=True).lines) == 1


def test_colours_and_control_characters_are_not_shown() -> None:
    (line,) = last_piece(MemoryLog(b"\x1b[31mred\x1b[0m\x07 \x1b]0;title\x07end\n"), ended=True).lines
    assert line.text == "red� end"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("[mainstem] exit 1", "ours"),
        ("14:03 ERROR: no", "error"),
        ("Traceback (most recent call last):", "error"),
        ("ValueError: no", "error"),
        ("error: no", "error"),
        ("0 errors found", ""),
        ("[WARNING]: late", "warning"),
        ("all is well", ""),
    ],
)
def test_lines_that_tell_of_trouble_stand_out(text: str, level: str) -> None:
    (line,) = last_piece(MemoryLog(f"{text}\n".encode()), ended=True).lines
    assert line.level == level


def test_a_search_looks_through_all_of_it_whatever_the_case() -> None:
    log = MemoryLog(LARGE + b"The Needle\nand NEEDLE again, needle\n")
    lines, is_cut = found_lines(log, "needle")
    assert [(line.number, line.text) for line in lines] == [
        (40_001, "The Needle"),
        (40_002, "and NEEDLE again, needle"),
    ]
    assert not is_cut


def test_a_search_that_finds_much_stops_early() -> None:
    log = MemoryLog(LARGE)
    lines, is_cut = found_lines(log, "yyy", most=10)
    assert ([line.number for line in lines], is_cut) == (list(range(1, 11)), True)
    assert log.read_bytes < len(LARGE)


@given(st.lists(st.text(alphabet="ab", max_size=3), max_size=30), st.sampled_from(["a", "ab", "ba"]))
def test_a_search_finds_the_lines_that_hold_it(lines: list[str], text: str) -> None:
    found, _ = found_lines(MemoryLog("\n".join(lines).encode()), text)
    assert [line.number for line in found] == [n for n, line in enumerate(lines, 1) if text in line]


def test_lines_over_the_edges_of_what_is_read_at_once_are_found_by_number() -> None:
    log = MemoryLog(LARGE)
    for number in (1, 2, 10_485, 10_486, 10_487, 40_000):
        piece = piece_around(log, number, ended=True)
        numbered(piece)
        assert number in [line.number for line in piece.lines]
    assert piece_around(log, 99_999_999, ended=True).lines[-1].number == 40_000


def test_cursors_are_read_as_they_are_written() -> None:
    assert cursor_of(str(Cursor(12, 3))) == Cursor(12, 3)
    for text in ("", "12", "-1.3", "12.x", "١.٢", "9" * 40 + ".1"):
        assert cursor_of(text) is None


def test_what_a_reader_holds_is_one_row_of_pieces() -> None:
    log = MemoryLog(LARGE)
    pieces = [last_piece(log, ended=True)]
    for _ in range(3):
        pieces.insert(0, piece_before(log, pieces[0].start))
    assert all(
        one.end.at == other.start.at and one.end.line == other.start.line for one, other in pairwise(pieces)
    )
