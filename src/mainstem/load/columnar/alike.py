"""Find among records those of one skeleton, and cut their values out as columns, without decoding any.

Records are joined into lines and cut at their quotes by Arrow's reader of CSV. What was cut out is then put
back between the constant bytes of the skeleton and compared with the record: only where every byte is the
same is the record taken. So nothing hangs on how the cutting works. Whatever is not taken is left to the
decoder of JSON. Measured: 4.5 µs for a record of 1.3 KB with 45 values, where decoding takes 5.2 and making
columns of what was decoded another 5.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from mainstem.load.columnar.skeleton import skeleton_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.load.columnar.skeleton import Skeleton

_CHUNK = 8192
"""Records cut at once: their bytes stay near the processor."""
_BLOCK_BYTES = 1 << 20
LEAST = 200
"""Records of a skeleton in one slice of the log for which it is worth while."""
_LEARNED_A_CALL = 4
_MOST_SKELETONS = 256
_SAMPLE = 64
_MOSTLY = 0.8
"""Share of a sample with as many quotes as the most from which on all are cut as if they had as many."""
_TRIED = 6
"""Skeletons of as many pieces that records are compared with."""
_SPACE = 0x20
_NOTHING = pa.scalar(b"", pa.binary())


class Alike:
    """Records of one skeleton."""

    def __init__(self, skeleton: Skeleton, places: Sequence[int], columns: Sequence[pa.ChunkedArray]) -> None:
        self.skeleton = skeleton
        self.places = places
        """Which of the records that were given."""
        self._columns = columns

    def column(self, *path: str) -> pa.ChunkedArray | None:
        """What stands at `path` in each, as text; None where the skeleton has no slot there."""
        number = self.skeleton.slot(*path)
        return None if number is None else self._columns[number]


class Skeletons:
    """Those that were met."""

    def __init__(self, least: int = LEAST) -> None:
        """Fewer than `least` alike are left to the decoder."""
        self._least = least
        self._known: dict[int, list[Skeleton]] = defaultdict(list)

    def sort(self, payloads: Sequence[bytes]) -> list[Alike]:
        """The records that are like many others; those that are not are in none."""
        if sum(map(len, self._known.values())) > _MOST_SKELETONS:
            self._known.clear()
        left: Sequence[int] = range(len(payloads))
        found: list[Alike] = []
        usual = _usual_pieces(payloads) if len(left) >= self._least else None
        if usual is not None:
            found, left = self._cut(usual, left, payloads)
        if len(left) >= self._least:
            for pieces, places in _by_pieces(left, payloads).items():
                if pieces != usual and len(places) >= self._least:
                    found += self._cut(pieces, places, payloads)[0]
        return found

    def _cut(
        self, pieces: int, places: Sequence[int], payloads: Sequence[bytes]
    ) -> tuple[list[Alike], list[int]]:
        """Those of known or now learned skeletons of so many pieces, and the rest."""
        known = self._known[pieces]
        parts: dict[Skeleton, list[_Part]] = {}
        rest: list[int] = []
        may_learn = _LEARNED_A_CALL
        for start in range(0, len(places), _CHUNK):
            left: Sequence[int] = places[start : start + _CHUNK]
            tried = 0
            while len(left) >= self._least or (parts and left):
                if tried == len(known):
                    if len(left) < self._least or not may_learn or not self._learn(pieces, payloads[left[0]]):
                        break
                    may_learn -= 1
                part = _of_skeleton(known[tried], left, payloads)
                if part.places:
                    parts.setdefault(known[tried], []).append(part)
                rest += part.strange
                left = part.left
                tried += 1
                if not part.places and tried == _TRIED:
                    break
            rest += left
        counts = {skeleton: sum(len(part.places) for part in found) for skeleton, found in parts.items()}
        known.sort(key=lambda skeleton: -counts.get(skeleton, 0))
        del known[_TRIED:]
        return [_together(skeleton, found) for skeleton, found in parts.items()], rest

    def _learn(self, pieces: int, payload: bytes) -> bool:
        skeleton = skeleton_of(payload)
        if skeleton is None or skeleton.pieces != pieces:
            return False
        self._known[pieces].append(skeleton)
        return True


class _Part(NamedTuple):
    """What came of some records."""

    places: Sequence[int]
    columns: list[pa.ChunkedArray]
    left: Sequence[int]
    """Those of other skeletons."""
    strange: Sequence[int]
    """Those that cannot be cut."""


def _of_skeleton(skeleton: Skeleton, places: Sequence[int], payloads: Sequence[bytes]) -> _Part:
    strange: list[int] = []
    lines = [payloads[place] for place in places]
    if not _is_plain(b"".join(lines)):
        plain = list(map(_is_plain, lines))
        strange = [place for place, is_plain in zip(places, plain, strict=True) if not is_plain]
        places = [place for place, is_plain in zip(places, plain, strict=True) if is_plain]
        lines = [payloads[place] for place in places]
    if not lines:
        return _Part([], [], [], strange)
    text = b"\n".join([*lines, b""])
    try:
        columns, unread = _cut(skeleton, text, max(map(len, lines)))
    except pa.ArrowInvalid:  # a text that is not UTF-8, which the decoder of JSON finds
        return _Part([], [], [], [*strange, *places])
    same = pc.equal(_written(skeleton, columns), _lines(lines, text, unread)).combine_chunks()
    left = [places[row] for row in unread]
    read = places
    if unread:
        other = set(unread)
        read = [place for row, place in enumerate(places) if row not in other]
    if same.true_count == len(read):
        return _Part(read, columns, left, strange)
    rows = pc.indices_nonzero(same)
    left += [read[row] for row in pc.indices_nonzero(pc.invert(same)).to_pylist()]
    kept = [column.take(rows) for column in columns]
    return _Part([read[row] for row in rows.to_pylist()], kept, left, strange)


def _cut(skeleton: Skeleton, text: bytes, longest: int) -> tuple[list[pa.ChunkedArray], list[int]]:
    """Every slot's bytes in the lines of so many pieces, and the lines of others."""
    unread: list[int] = []

    def skip(row: csv.InvalidRow) -> str:
        unread.append(row.number - 1)
        return "skip"

    wanted = [str(slot.piece) for slot in skeleton.slots]
    table = csv.read_csv(
        pa.BufferReader(text),
        read_options=csv.ReadOptions(
            use_threads=False,
            block_size=max(_BLOCK_BYTES, longest + 1),
            column_names=[str(piece) for piece in range(skeleton.pieces)],
        ),
        parse_options=csv.ParseOptions(
            delimiter='"',
            quote_char=False,
            escape_char=False,
            ignore_empty_lines=False,
            invalid_row_handler=skip,
        ),
        convert_options=csv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, pa.string()),
            strings_can_be_null=False,
            check_utf8=True,
        ),
    )
    found = []
    for slot, column in zip(skeleton.slots, table.columns, strict=True):
        if slot.before or slot.after:
            inner = pc.binary_slice(column.cast(pa.binary()), slot.before, -slot.after or None)
            column = inner.cast(pa.string())
        found.append(column)
    return found, unread


def _written(skeleton: Skeleton, columns: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """The lines that records of the skeleton with these values are."""
    parts: list[object] = []
    for between, column in zip(skeleton.between, columns, strict=False):
        parts += [pa.scalar(between, pa.binary()), column.cast(pa.binary())]
    last = pa.scalar(skeleton.between[-1] + b"\n", pa.binary())
    return pc.binary_join_element_wise(*parts, last, _NOTHING)


def _lines(lines: Sequence[bytes], text: bytes, unread: Sequence[int]) -> pa.ChunkedArray:
    """`text` as one value a line, its end included, without a copy and without the lines `unread`."""
    ends = accumulate(map(len, lines), lambda at, size: at + size + 1, initial=0)
    offsets = pa.array(list(ends), pa.int32())
    buffers = [None, offsets.buffers()[1], pa.py_buffer(text)]
    whole = pa.Array.from_buffers(pa.binary(), len(lines), buffers)
    begins = [0, *(row + 1 for row in unread)]
    spans = zip(begins, [*unread, len(lines)], strict=True)
    return pa.chunked_array([whole.slice(begin, end - begin) for begin, end in spans], pa.binary())


def _is_plain(text: bytes) -> bool:
    """No escapes and no control characters."""
    if b"\\" in text:
        return False
    values = pa.Array.from_buffers(pa.uint8(), len(text), [None, pa.py_buffer(text)])
    return not text or bool(pc.min(values).as_py() >= _SPACE)


def _usual_pieces(payloads: Sequence[bytes]) -> int | None:
    sample = payloads[:: max(1, len(payloads) // _SAMPLE)]
    [(pieces, count)] = Counter(map(_pieces, sample)).most_common(1)
    return pieces if count >= _MOSTLY * len(sample) else None


def _by_pieces(places: Sequence[int], payloads: Sequence[bytes]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for place in places:
        found[_pieces(payloads[place])].append(place)
    return found


def _pieces(payload: bytes) -> int:
    return payload.count(b'"') + 1


def _together(skeleton: Skeleton, parts: Sequence[_Part]) -> Alike:
    places = [place for part in parts for place in part.places]
    columns = zip(*(part.columns for part in parts), strict=True)
    return Alike(skeleton, places, [_chunked(column) for column in columns])


def _chunked(columns: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    return pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.string())
