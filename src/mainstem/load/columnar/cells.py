"""From a column of decoded values to the Arrow array of a standing column, with the rows that do not fit.

What the transform and the loader's table of conflicts do to one value stands in `load.schema.values` and
`load.discards`; here it is done to a column where it is exact, and left to them, row by row, where it is
not. An array that is returned never differs from theirs.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from mainstem.events import parse_time
from mainstem.load.columnar.leaves import Kind
from mainstem.load.schema import json_text, parse_moment, render_moment
from mainstem.load.schema.values import is_blank
from mainstem.warehouse import ColumnType
from mainstem.warehouse.arrow import ARROW_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_EXACT = 2**53
"""Integers below are exact as floats, and none but themselves becomes that float."""
_WHOLE_TIMES = frozenset((20, 24, 25, 27, 32))
"""Lengths of RFC 3339 times as SDKs write them, which Arrow reads as the rules do."""
_MOMENT = pa.timestamp("us", "UTC")
_MILLISECONDS = pa.timestamp("ms", "UTC")
_FIRST = -62_135_596_800_000_000
"""Microseconds of the year 1."""
_LAST = 253_402_300_799_999_999

Fitting = tuple[pa.Array, list[int]]
"""The array, and the positions of rows that are to go the pure way; what it holds there says nothing."""


def fit_column(values: Sequence[Any], kind: Kind, column: ColumnType) -> Fitting:
    """Values as a property is stored: typed by what they are, then fitted to the column."""
    return _CONVERSIONS.get((kind, column), _nothing_fits)(values)


def fit_json(values: Sequence[Any], kind: Kind, column: ColumnType) -> Fitting:
    """Values that are stored as their JSON text."""
    if column not in (ColumnType.JSON, ColumnType.STRING):
        return _nothing_fits(values)
    if kind is Kind.LIST:
        return _lists(values)
    return _texts(None if value is None or value == "" else json_text(value) for value in values)


def text_columns(columns: Sequence[Sequence[str | None]]) -> list[pa.Array]:
    """Texts as they are, but moments as the rules render them.

    All columns are looked through at once: 20 µs a call of Arrow's is much for a column of a thousand.
    """
    rows = len(columns[0])
    columns = [_without_blank(values) for values in columns]
    whole = pa.array(list(chain.from_iterable(columns)), pa.string())
    arrays = [whole.slice(number * rows, rows) for number in range(len(columns))]
    dashed = pc.indices_nonzero(_has_dash(whole))
    for number in pc.unique(pc.divide(dashed, pa.scalar(max(rows, 1), dashed.type))).to_pylist():
        if _begins_like_a_moment(arrays[number]):
            arrays[number] = _texts(value and _as_stored(value) for value in columns[number])[0]
    return arrays


def hold_moments(texts: pa.Array) -> bool:
    """Whether one of `texts` begins as moments do."""
    return bool(pc.any(_has_dash(texts)).as_py()) and _begins_like_a_moment(texts)


def _has_dash(texts: pa.Array) -> pa.Array:
    return pc.equal(pc.utf8_slice_codeunits(texts, 4, 5), "-")


def _begins_like_a_moment(texts: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring_regex(texts, "^[0-9]{4}-")).as_py())


def moments(values: Sequence[str | None]) -> Fitting:
    """Times as microseconds, not cut to milliseconds; texts that are no moment by the rules do not fit."""
    read = moments_at_once(values)
    return _moments_one_by_one(values) if read is None else (read, [])


def event_times(columns: Sequence[Sequence[str | None]]) -> list[Fitting]:
    """The same for times of the event itself. There a text must also be one that the gateway's rules read:
    one that they do not, such as `2024-02-30`, counts as absent to them, and does not fit here."""
    rows = len(columns[0])
    columns = [_without_blank(values) for values in columns]
    whole = moments_at_once(list(chain.from_iterable(columns)))
    if whole is not None:
        return [(whole.slice(number * rows, rows), []) for number in range(len(columns))]
    return [_read_by_both(values) for values in columns]


def _read_by_both(values: Sequence[str | None]) -> Fitting:
    array, unread = _moments_one_by_one(values)
    unread += (row for row, value in enumerate(values) if value and parse_time(value) is None)
    return array, unread


def moments_at_once(values: Sequence[str | None] | pa.Array) -> pa.Array | None:
    """None where not every value is written the usual way."""
    array = _array(values, pa.string())
    lengths = pc.unique(pc.binary_length(array)).to_pylist()
    if set(lengths) <= {None, *_WHOLE_TIMES}:
        try:
            read = pc.cast(array, _MOMENT)
        except pa.ArrowInvalid:
            return None
        bounds = pc.min_max(read.cast(pa.int64())).as_py()
        if bounds["min"] is None or (bounds["min"] >= _FIRST and bounds["max"] <= _LAST):
            return read
    return None


def milliseconds(array: pa.Array) -> pa.Array:
    """Moments cut to milliseconds, towards the past; most are whole, and cutting costs ten times the look."""
    try:
        pc.cast(array, _MILLISECONDS)
    except pa.ArrowInvalid:
        return pc.floor_temporal(array, unit="millisecond")
    return array


def _moments_one_by_one(values: Sequence[str | None]) -> Fitting:
    read = [parse_moment(value) if value else None for value in values]
    bad = [n for n, value in enumerate(values) if value and read[n] is None]
    return pa.array(read, _MOMENT), bad


def _moment_column(values: Sequence[str | None]) -> Fitting:
    array, bad = moments(_without_blank(values))
    return milliseconds(array), bad


def _without_blank(values: Sequence[str | None]) -> Sequence[str | None]:
    return [value or None for value in values] if "" in values else values


def _as_stored(value: str) -> str:
    moment = parse_moment(value)
    return value if moment is None else render_moment(moment)


def _json_of_text(values: Sequence[str | None]) -> Fitting:
    return _texts(None if not value else json_text(_as_stored(value)) for value in values)


def _plain(kind: ColumnType) -> Callable[[Sequence[Any]], Fitting]:
    return lambda values: (pa.array(values, ARROW_TYPES[kind]), [])


def floats_of(values: Sequence[float | None] | pa.Array) -> Fitting:
    """−0.0 is the integer 0 to the rules; beyond 2⁵³ an integer may have been rounded."""
    array = _array(values, pa.float64())
    return pc.add(array, 0.0), _beyond(array)


def ints_as_floats(values: Sequence[int | None] | pa.Array) -> Fitting:
    array = _array(values, pa.int64())
    bad = _beyond(array)
    return pc.cast(array, pa.float64(), safe=False), bad


def _array(values: Sequence[Any] | pa.Array, kind: pa.DataType) -> pa.Array:
    return values if isinstance(values, pa.Array) else pa.array(values, kind)


def _beyond(array: pa.Array) -> list[int]:
    bounds = pc.min_max(array).as_py()
    if bounds["min"] is None or (bounds["min"] > -_EXACT and bounds["max"] < _EXACT):
        return []
    found: list[int] = [
        n for n, value in enumerate(array.to_pylist()) if value is not None and not -_EXACT < value < _EXACT
    ]
    return found


def _as_json_texts(values: Sequence[Any]) -> Fitting:
    return _texts(None if value is None else json_text(value) for value in values)


def _as_quoted(values: Sequence[Any]) -> Fitting:
    return _texts(None if value is None else json_text(json_text(value)) for value in values)


def _exactly(texts: Callable[[Sequence[Any]], Fitting]) -> Callable[[Sequence[float | None]], Fitting]:
    """Numbers that may have been integers too long for a float keep their own digits elsewhere."""

    def fitting(values: Sequence[float | None]) -> Fitting:
        return texts(values)[0], _beyond(pa.array(values, pa.float64()))

    return fitting


_decode_list = msgspec.json.Decoder().decode


def _lists(values: Sequence[msgspec.Raw | None]) -> Fitting:
    """JSON text of arrays. What is an array that was not seen before is looked at once a column."""
    known: dict[bytes, str | None] = {}
    bad: list[int] = []
    texts: list[str | None] = []
    for position, value in enumerate(values):
        raw = b"null" if value is None else bytes(value)
        if raw not in known:
            read = _decode_list(raw)
            known[raw] = json_text(read) if isinstance(read, list) and not is_blank(read) else None
            if read is not None and not isinstance(read, list):
                known.pop(raw)
                bad.append(position)
                texts.append(None)
                continue
        texts.append(known[raw])
    return pa.array(texts, pa.string()), bad


def _nothing_fits(values: Sequence[Any]) -> Fitting:
    """Whatever stands here is a conflict."""
    bad = [n for n, value in enumerate(values) if not _is_absent(value)]
    return pa.nulls(len(values)), bad


def _is_absent(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, msgspec.Raw) and bytes(value) == b"null")


def _texts(texts: Iterable[str | None]) -> Fitting:
    return pa.array(list(texts), pa.string()), []


_CONVERSIONS: dict[tuple[Kind, ColumnType], Callable[[Sequence[Any]], Fitting]] = {
    (Kind.TEXT, ColumnType.STRING): lambda values: (text_columns([values])[0], []),
    (Kind.TEXT, ColumnType.DATETIME): _moment_column,
    (Kind.TEXT, ColumnType.JSON): _json_of_text,
    (Kind.INT, ColumnType.INT): _plain(ColumnType.INT),
    (Kind.INT, ColumnType.FLOAT): ints_as_floats,
    (Kind.INT, ColumnType.STRING): _as_json_texts,
    (Kind.INT, ColumnType.JSON): _as_quoted,
    (Kind.FLOAT, ColumnType.FLOAT): floats_of,
    (Kind.FLOAT, ColumnType.STRING): _exactly(_as_json_texts),
    (Kind.FLOAT, ColumnType.JSON): _exactly(_as_quoted),
    (Kind.BOOL, ColumnType.BOOLEAN): _plain(ColumnType.BOOLEAN),
    (Kind.BOOL, ColumnType.STRING): _as_json_texts,
    (Kind.BOOL, ColumnType.JSON): _as_quoted,
    (Kind.LIST, ColumnType.STRING): _lists,
    (Kind.LIST, ColumnType.JSON): _lists,
}
