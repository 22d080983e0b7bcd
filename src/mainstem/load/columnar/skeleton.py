"""What all records of one program's events have in common, byte for byte, and where they differ.

A record is cut at its quotes: every second piece is a text, the others are what stands between. Pieces that
hold a value of the event are *slots*; all else (keys, braces, arrays) must be the same in another record for
it to be of this skeleton. A skeleton is learned from one record. It knows no escapes: a record with a
backslash has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import msgspec

from mainstem.load.columnar.leaves import OPENED, Kind, Path

EVENT = "event"
_ENVELOPE = frozenset(("receivedAt", "requestIp", "sourceId", "type", "messageId"))
_NEEDED = frozenset((("receivedAt",), ("requestIp",), ("sourceId",)))
_TEXT_OR_NULL = frozenset(((EVENT, "type"), (EVENT, "event"), (EVENT, "messageId")))
_TOKEN = re.compile(rb"[{}\[\]:,]|[^{}\[\]:,\s]+")


class Slot(msgspec.Struct, frozen=True):
    """A value that records of one skeleton have each of their own."""

    path: Path
    """From the record's top: `event` begins those of the event."""
    kind: Kind
    """TEXT, BOOL, or FLOAT for any number."""
    piece: int
    before: int
    """Bytes of the piece before the value."""
    after: int


class Skeleton(msgspec.Struct, frozen=True, eq=False):
    slots: tuple[Slot, ...]
    pieces: int
    """How many a record of this skeleton is cut into."""
    between: tuple[bytes, ...]
    """What stands before, between and behind the slots."""
    constants: dict[Path, tuple[Kind, bytes]]
    """Lists, objects that are values themselves, and nulls: their JSON."""
    objects: frozenset[Path]
    """Objects that hold values."""

    def slot(self, *path: str) -> int | None:
        return next((n for n, slot in enumerate(self.slots) if slot.path == path), None)


def skeleton_of(payload: bytes) -> Skeleton | None:
    """None for a record that is not of the usual form, or is no JSON."""
    if b"\\" in payload:
        return None
    try:
        if not isinstance(msgspec.json.decode(payload), dict):
            return None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    reading = _Reading()
    at = 0
    for number, piece in enumerate(payload.split(b'"')):
        if number % 2:
            reading.text(number, piece, at)
        else:
            reading.between(number, piece, at)
        at += len(piece) + 1
    return reading.skeleton(payload)


@dataclass
class _Open:
    """An object or array that has begun and not ended."""

    path: Path
    keys: set[str] | None
    """None in an array."""
    key: str | None = None


@dataclass
class _Whole:
    """A list or object that is one value."""

    path: Path
    kind: Kind
    begin: int
    depth: int


@dataclass
class _Reading:
    pieces: int = 0
    is_usual: bool = True
    slots: list[Slot] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    constants: dict[Path, tuple[int, int, Kind]] = field(default_factory=dict)
    objects: set[Path] = field(default_factory=set)
    open: list[_Open] = field(default_factory=list)
    whole: _Whole | None = None

    def text(self, number: int, piece: bytes, at: int) -> None:
        self.pieces = number
        inner = self.open[-1]
        if inner.keys is not None and inner.key is None:
            inner.key = piece.decode()
            self.is_usual = self.is_usual and inner.key not in inner.keys
            inner.keys.add(inner.key)
        elif self.whole is None:
            self._slot(Slot(self._path(), Kind.TEXT, number, 0, 0), at, at + len(piece))

    def between(self, number: int, piece: bytes, at: int) -> None:
        self.pieces = number
        for token in _TOKEN.finditer(piece):
            text, begin, end = token[0], at + token.start(), at + token.end()
            if text in (b"{", b"["):
                self._begin(text, begin)
            elif text in (b"}", b"]"):
                self._end(end)
            elif text == b",":
                self.open[-1].key = None
            elif text == b"null":
                if self.whole is None:
                    self.constants[self._path()] = (begin, end, Kind.NULL)
            elif text != b":" and self.whole is None:
                kind = Kind.BOOL if text in (b"true", b"false") else Kind.FLOAT
                slot = Slot(self._path(), kind, number, token.start(), len(piece) - token.end())
                self._slot(slot, begin, end)

    def skeleton(self, payload: bytes) -> Skeleton | None:
        if not self.is_usual or not self._is_received():
            return None
        edges = [0, *(edge for span in self.spans for edge in span), len(payload)]
        return Skeleton(
            tuple(self.slots),
            self.pieces + 1,
            tuple(payload[edges[n] : edges[n + 1]] for n in range(0, len(edges), 2)),
            {path: (kind, payload[begin:end]) for path, (begin, end, kind) in self.constants.items()},
            frozenset(self.objects),
        )

    def _is_received(self) -> bool:
        kinds = {slot.path: slot.kind for slot in self.slots}
        top = {path[0] for path in (*kinds, *self.constants) if path[0] != EVENT}
        return (
            top <= _ENVELOPE
            and (EVENT,) in self.objects
            and all(kinds.get(path) is Kind.TEXT for path in _NEEDED)
            and all(kinds.get((name,), Kind.TEXT) is Kind.TEXT for name in _ENVELOPE)
            and not any(path[0] != EVENT for path in self.constants)
            and all(kinds.get(path, Kind.TEXT) is Kind.TEXT for path in _TEXT_OR_NULL)
            and all(self.constants.get(path, (0, 0, Kind.NULL))[2] is Kind.NULL for path in _TEXT_OR_NULL)
            and not any(path in self.objects for path in _TEXT_OR_NULL)
        )

    def _path(self) -> Path:
        inner = self.open[-1] if self.open else None
        return () if inner is None else (*inner.path, inner.key or "")

    def _slot(self, slot: Slot, begin: int, end: int) -> None:
        self.slots.append(slot)
        self.spans.append((begin, end))

    def _begin(self, text: bytes, begin: int) -> None:
        path = self._path()
        is_list = text == b"["
        if self.whole is None and (is_list or not _is_opened(path)):
            self.whole = _Whole(path, Kind.LIST if is_list else Kind.OBJECT, begin, len(self.open))
        elif self.whole is None:
            self.objects.add(path)
        self.open.append(_Open(path, None if is_list else set()))

    def _end(self, end: int) -> None:
        self.open.pop()
        whole = self.whole
        if whole is not None and whole.depth == len(self.open):
            self.constants[whole.path] = (whole.begin, end, whole.kind)
            self.whole = None


def _is_opened(path: Path) -> bool:
    """Whether an object at `path` holds values, as `Sightings` sees it."""
    return not path or (path[0] == EVENT and (len(path) == 1 or path[1] in OPENED))
