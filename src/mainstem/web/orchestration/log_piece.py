"""Pieces of a try's log: from its end, from a line, onwards, backwards, and what a search finds.

A log may be larger than any browser holds, so no more than a bounded piece leaves this module at once, cut
where lines end. Lines have numbers, which cost a count of the bytes before: 25 ms for 100 MB. Nothing is
remembered of who reads; the cursor is theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.web.orchestration.desk import TryLog

PIECE_BYTES = 128 * 1024
FAR_BYTES = 1024 * 1024
"""Who follows and has fallen so far behind is brought to the end, and told what was passed over."""
LONGEST_LINE = 8 * 1024
"""Bytes of a line that are shown."""
MOST_FOUND = 200
_CHUNK = 1024 * 1024
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ERROR = re.compile(r"\b(?:ERROR|FATAL|CRITICAL|Traceback|[A-Z]\w*(?:Error|Exception):)|\b(?:error|fatal):")
_WARNING = re.compile(r"\bWARN(?:ING)?\b")

Level = Literal["", "error", "warning", "ours"]


@dataclass(frozen=True)
class Cursor:
    """A place between two lines."""

    at: int
    """Bytes before it."""
    line: int
    """Number of the line that begins there, from 1."""

    def __str__(self) -> str:
        return f"{self.at}.{self.line}"


@dataclass(frozen=True)
class Line:
    number: int
    text: str
    level: Level
    hidden: int = 0
    """Bytes of it that are not shown."""


@dataclass(frozen=True)
class Piece:
    lines: tuple[Line, ...]
    start: Cursor
    end: Cursor
    size: int
    """Of the whole log, in bytes, when it was read."""
    skipped: int = 0
    """Bytes that were passed over before it."""

    @property
    def has_earlier(self) -> bool:
        return self.start.at > 0


def cursor_of(text: str) -> Cursor | None:
    """None for text that no cursor is written as."""
    found = re.fullmatch(r"(\d{1,15})\.(\d{1,15})", text, re.ASCII)
    return None if found is None else Cursor(int(found[1]), max(1, int(found[2])))


def last_piece(log: TryLog, *, ended: bool) -> Piece:
    """The end of it. Where the try has not ended, a line that is not whole yet is left for later."""
    size = log.size()
    start = 0 if size <= PIECE_BYTES else _after_newline(log, size - PIECE_BYTES, size)
    return _piece(log, Cursor(start, 1 + _newlines(log, 0, start)), size, ended=ended)


def piece_after(log: TryLog, cursor: Cursor, *, ended: bool) -> Piece:
    """What came after `cursor`; from near the end where that is far."""
    size = log.size()
    if cursor.at > size:
        return last_piece(log, ended=ended)
    if size - cursor.at > FAR_BYTES:
        start = _after_newline(log, size - PIECE_BYTES, size)
        line = cursor.line + _newlines(log, cursor.at, start)
        found = _piece(log, Cursor(start, line), size, ended=ended)
        return Piece(found.lines, found.start, found.end, size, start - cursor.at)
    return _piece(log, cursor, size, ended=ended)


def piece_onwards(log: TryLog, cursor: Cursor, *, ended: bool) -> Piece:
    """What comes next, without passing anything over."""
    size = log.size()
    return _piece(log, Cursor(min(cursor.at, size), cursor.line), size, ended=ended)


def piece_before(log: TryLog, cursor: Cursor) -> Piece:
    """The lines that end where `cursor` is."""
    end = min(cursor.at, log.size())
    start = 0 if end <= PIECE_BYTES else _after_newline(log, end - PIECE_BYTES, end)
    lines = _lines(_read(log, start, end), 1)
    first = max(1, cursor.line - len(lines))
    numbered = tuple(Line(line.number - 1 + first, line.text, line.level, line.hidden) for line in lines)
    return Piece(numbered, Cursor(start, first), cursor, log.size())


def piece_around(log: TryLog, number: int, *, ended: bool) -> Piece:
    """A piece that has line `number` near its top; the end where there is no such line."""
    wanted = max(1, number - 5)
    at = _start_of_line(log, wanted)
    if at is None:
        return last_piece(log, ended=ended)
    return _piece(log, Cursor(at, wanted), log.size(), ended=ended)


def found_lines(log: TryLog, text: str, most: int = MOST_FOUND) -> tuple[list[Line], bool]:
    """Lines that hold `text`, whatever its case, from the top; and whether there are more than `most`."""
    wanted = text.encode().lower()
    found: list[Line] = []
    if not wanted:
        return found, False
    number, rest = 1, b""
    for chunk in _chunks(log, 0, log.size()):
        whole, newline, rest = (rest + chunk).rpartition(b"\n")
        block = whole + newline
        number = _find_in(block, wanted, number, found, most)
        if len(found) > most:
            return found[:most], True
        if len(rest) > _CHUNK:  # a line without an end is looked through as it comes
            number, rest = _find_in(rest, wanted, number, found, most), rest[-len(wanted) :]
    _find_in(rest, wanted, number, found, most)
    return found[:most], len(found) > most


def _find_in(block: bytes, wanted: bytes, number: int, found: list[Line], most: int) -> int:
    """Add the lines of `block` that hold `wanted`; the number of the line after it."""
    lowered = block.lower()
    counted, at = 0, lowered.find(wanted)
    while at >= 0 and len(found) <= most:
        start = block.rfind(b"\n", 0, at) + 1
        end = block.find(b"\n", at)
        end = len(block) if end < 0 else end
        number += block.count(b"\n", counted, start)
        counted = start
        found.append(_line(block[start:end], number))
        at = lowered.find(wanted, end)
    return number + block.count(b"\n", counted)


def _piece(log: TryLog, start: Cursor, size: int, *, ended: bool) -> Piece:
    """From `start`, up to a piece's length and to the end of a line."""
    body = _read(log, start.at, min(size, start.at + PIECE_BYTES))
    if not ended or start.at + len(body) < size:
        whole = body.rfind(b"\n") + 1
        if whole == 0 and len(body) >= PIECE_BYTES:
            return _of_one_line(log, start, body, size, ended=ended)
        body = body[:whole]
    end = Cursor(start.at + len(body), start.line + body.count(b"\n"))
    return Piece(tuple(_lines(body, start.line)), start, end, size)


def _of_one_line(log: TryLog, start: Cursor, body: bytes, size: int, *, ended: bool) -> Piece:
    """A line that is longer than a piece: its beginning, once its end is there."""
    after = _line_end(log, start.at + len(body), size, ended=ended)
    if after == start.at + len(body):
        return Piece((), start, start, size)
    shown = _line(body, start.line)
    line = Line(shown.number, shown.text, shown.level, after - start.at - LONGEST_LINE)
    return Piece((line,), start, Cursor(after, start.line + 1), size)


def _line_end(log: TryLog, at: int, size: int, *, ended: bool) -> int:
    """Where the line that `at` is in has ended; `at` itself while it has not."""
    here = at
    for chunk in _chunks(log, at, size):
        newline = chunk.find(b"\n")
        if newline >= 0:
            return here + newline + 1
        here += len(chunk)
    return size if ended else at


def _lines(body: bytes, first: int) -> list[Line]:
    parts = body.split(b"\n")
    if parts and parts[-1] == b"":
        parts.pop()
    return [_line(part, first + at) for at, part in enumerate(parts)]


def _line(raw: bytes, number: int) -> Line:
    raw = raw.removesuffix(b"\r")
    hidden = max(0, len(raw) - LONGEST_LINE)
    text = _ESCAPES.sub("", raw[:LONGEST_LINE].decode("utf-8", "replace"))
    text = _CONTROLS.sub("�", text)
    return Line(number, text, _level(text), hidden)


def _level(text: str) -> Level:
    if text.startswith("[mainstem] "):
        return "ours"
    if _ERROR.search(text):
        return "error"
    return "warning" if _WARNING.search(text) else ""


def _read(log: TryLog, start: int, end: int) -> bytes:
    parts: list[bytes] = []
    while start < end:
        part = log.read(start, end - start)
        if not part:
            break
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def _chunks(log: TryLog, start: int, end: int) -> Iterator[bytes]:
    while start < end and (chunk := log.read(start, min(_CHUNK, end - start))):
        yield chunk
        start += len(chunk)


def _newlines(log: TryLog, start: int, end: int) -> int:
    return sum(chunk.count(b"\n") for chunk in _chunks(log, start, end))


def _after_newline(log: TryLog, at: int, end: int) -> int:
    """Where the first line that begins at `at` or later does; `at` where none does before `end`."""
    if at <= 0:
        return 0
    newline = _read(log, at - 1, end).find(b"\n")
    return at if newline < 0 or at + newline >= end else at + newline


def _start_of_line(log: TryLog, number: int) -> int | None:
    """Where line `number` begins; None where there are fewer."""
    before, at = number - 1, 0
    if before == 0:
        return 0
    for chunk in _chunks(log, 0, log.size()):
        count = chunk.count(b"\n")
        if count >= before:
            found = -1
            for _ in range(before):
                found = chunk.find(b"\n", found + 1)
            return at + found + 1
        before -= count
        at += len(chunk)
    return None
