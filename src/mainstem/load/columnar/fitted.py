"""The values of records that are alike, fitted to standing columns: as `cells` does it, without Python's
objects where that is exact.

Texts that repeat are kept as dictionaries, so that a rule is asked once a text and a Parquet file need not
look for repetitions again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from mainstem.load.columnar.alone import SCALARS, fit_alone
from mainstem.load.columnar.cells import (
    Fitting,
    event_times,
    fit_column,
    fit_json,
    floats_of,
    hold_moments,
    ints_as_floats,
    milliseconds,
    moments_at_once,
    text_columns,
)
from mainstem.load.columnar.leaves import Kind
from mainstem.load.columnar.skeleton import EVENT
from mainstem.warehouse import ColumnType
from mainstem.warehouse.arrow import ARROW_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.load.columnar.alike import Alike
    from mainstem.load.columnar.alone import Told
    from mainstem.load.columnar.leaves import Leaf, Path
    from mainstem.load.schema import Provider

_SAMPLE = 256
_REPEATS = 0.25
"""Share of distinct texts in a sample up to which a column becomes a dictionary."""
_decode = msgspec.json.Decoder().decode


class FittedColumns:
    """Columns of one group of alike records. Each is worked out once, for all who ask for it."""

    def __init__(self, alike: Alike, order: pa.Array | None = None) -> None:
        """In `order` of the records; None for their own."""
        self._alike = alike
        self._order = order
        self.rows = len(alike.places) if order is None else len(order)
        self._fitted: dict[tuple[Path, Kind, bool, ColumnType], tuple[pa.Array, list[int], list[Told]]] = {}
        self._repeated: dict[tuple[Any, ColumnType], pa.Array] = {}
        self._times: dict[tuple[Path, ...], tuple[list[pa.Array], list[int]]] = {}
        self._settled: dict[tuple[Path, ...], dict[Path, pa.Array]] = {}
        self._blank: dict[Path, pa.Array | None] = {}

    def fitted(
        self, leaf: Leaf, place: Path, column: ColumnType, provider: Provider, *, as_json: bool
    ) -> tuple[pa.Array, list[int], list[Told]]:
        """The values at `place` in the records, read as `leaf`; rows that are to go the pure way; values that
        the column does not take whole."""
        key = (place, leaf.kind, as_json, column)
        if key not in self._fitted:
            self._fitted[key] = self._fit(leaf, place, column, provider, as_json=as_json)
        return self._fitted[key]

    @property
    def message_id(self) -> Path:
        """Where the ids stand: where the gateway made them, or where the sender did."""
        made = ("messageId",)
        return place_of(made) if self._alike.column(*made) is None else made

    def constant(self, place: Path) -> object:
        """The list or object that stands there in all of the records; None where there is none."""
        _, raw = self._alike.skeleton.constants.get(place, (Kind.NULL, b"null"))
        return _decode(raw)

    def is_blank(self, place: Path) -> pa.Array | None:
        """Where the text at `place` is empty; None where there is none in any."""
        if place not in self._blank:
            texts = self._alike.column(*place)
            blank = None if texts is None else self._ordered(pc.equal(texts, "").combine_chunks())
            self._blank[place] = blank
        return self._blank[place]

    def settled(
        self, places: Sequence[Path], settle: Callable[[list[pa.Array]], dict[Path, pa.Array]]
    ) -> dict[Path, pa.Array]:
        """What `settle` makes of the moments at `places`."""
        key = tuple(places)
        if key not in self._settled:
            self._settled[key] = settle(self.times(places)[0])
        return self._settled[key]

    def times(self, places: Sequence[Path]) -> tuple[list[pa.Array], list[int]]:
        """Moments of the event, and the rows in which one is not to be read at once."""
        key = tuple(places)
        if key not in self._times:
            arrays, bad = self._read(places)
            self._times[key] = [self._ordered(array) for array in arrays], self._rows(bad)
        return self._times[key]

    def _read(self, places: Sequence[Path]) -> tuple[list[pa.Array], list[int]]:
        rows = len(self._alike.places)
        columns = [self._texts(place) for place in places]
        whole = moments_at_once(pa.concat_arrays([_without_blank(column) for column in columns]))
        if whole is not None:
            return [whole.slice(number * rows, rows) for number in range(len(places))], []
        fittings = event_times([column.to_pylist() for column in columns])
        return [array for array, _ in fittings], [row for _, unread in fittings for row in unread]

    def repeated(self, value: Any, kind: ColumnType) -> pa.Array:
        """A column in which every value is `value`."""
        key = (value, kind)
        if key not in self._repeated:
            if isinstance(value, str):
                zeros = pa.repeat(pa.scalar(0, pa.int32()), self.rows)
                self._repeated[key] = pa.DictionaryArray.from_arrays(zeros, pa.array([value], pa.string()))
            else:
                self._repeated[key] = pa.repeat(pa.scalar(value, ARROW_TYPES[kind]), self.rows)
        return self._repeated[key]

    def _texts(self, place: Path) -> pa.Array:
        column = self._alike.column(*place)
        if column is None:
            return pa.nulls(len(self._alike.places), pa.string())
        return column.combine_chunks()

    def _ordered(self, array: pa.Array) -> pa.Array:
        return array if self._order is None else array.take(self._order)

    def _rows(self, bad: Sequence[int]) -> list[int]:
        """Where in the order they are."""
        if self._order is None or not bad:
            return list(bad)
        rows: list[int] = pc.indices_nonzero(
            pc.is_in(self._order, pa.array(bad, self._order.type))
        ).to_pylist()
        return rows

    def _told(self, told: Sequence[Told]) -> list[Told]:
        """The same, where in the order they are."""
        if self._order is None or not told:
            return list(told)
        by_row = {one.row: one for one in told}
        places = self._rows(list(by_row))
        rows = self._order.take(pa.array(places, pa.int64())).to_pylist()
        return [by_row[row]._replace(row=place) for place, row in zip(places, rows, strict=True)]

    def _fit(
        self, leaf: Leaf, place: Path, column: ColumnType, provider: Provider, *, as_json: bool
    ) -> tuple[pa.Array, list[int], list[Told]]:
        values = self._alike.column(*place)
        if values is None:
            array, bad = self._constant(leaf, place, column, as_json=as_json)
            return array, self._rows(bad), []
        array, bad = _fit(values, leaf.kind, column, as_json=as_json)
        told: list[Told] = []
        if bad and leaf.kind in SCALARS and not as_json:
            rows = sorted(set(bad))
            odd = values.take(pa.array(rows, pa.int64())).combine_chunks()
            array, told, bad = fit_alone(array, rows, odd, leaf.kind, column, provider)
        return self._ordered(array), self._rows(bad), self._told(told)

    def _constant(self, leaf: Leaf, place: Path, column: ColumnType, *, as_json: bool) -> Fitting:
        kind, raw = self._alike.skeleton.constants.get(place, (Kind.NULL, b"null"))
        value = msgspec.Raw(raw) if kind is not Kind.NULL else None
        [one], bad = _one_by_one([value], leaf.kind, column, as_json=as_json)
        if bad:
            return pa.nulls(self.rows, ARROW_TYPES[column]), list(range(len(self._alike.places)))
        if not one.is_valid:
            return pa.nulls(self.rows, ARROW_TYPES[column]), []
        return self.repeated(one.as_py(), column), []


def _fit(values: pa.ChunkedArray, kind: Kind, column: ColumnType, *, as_json: bool) -> Fitting:
    if kind is Kind.TEXT:
        if as_json or column not in _TEXTS:
            return _one_by_one(values.to_pylist(), kind, column, as_json=as_json)
        return _TEXTS[column](values)
    decoded, bad = _DECODED[kind](values)
    decoded = decoded.combine_chunks()
    if as_json or (kind, column) not in _PLAIN:
        array, unfit = _one_by_one(decoded.to_pylist(), kind, column, as_json=as_json)
    else:
        array, unfit = _PLAIN[kind, column](decoded)
    return array, [*bad, *unfit]


def _one_by_one(values: Sequence[Any], kind: Kind, column: ColumnType, *, as_json: bool) -> Fitting:
    array, bad = (fit_json if as_json else fit_column)(values, kind, column)
    return array.cast(ARROW_TYPES[column]) if pa.types.is_null(array.type) else array, bad


def _without_blank(texts: pa.Array) -> pa.Array:
    blank = pc.equal(texts, "")
    return pc.if_else(blank, None, texts) if pc.any(blank).as_py() else texts


def _stored(texts: pa.ChunkedArray) -> Fitting:
    """As `text_columns` stores them."""
    sample = texts.slice(0, _SAMPLE)
    if len(pc.unique(sample)) > _REPEATS * len(sample):
        return _stored_texts(texts.combine_chunks()), []
    found = repeating(texts)
    kept = _stored_texts(found.dictionary)
    return (found if kept is found.dictionary else kept.take(found.indices)), []


def repeating(texts: pa.ChunkedArray) -> pa.DictionaryArray:
    """The same, each text kept once."""
    encoded: pa.DictionaryArray = texts.dictionary_encode().combine_chunks()
    return encoded


def _stored_texts(texts: pa.Array) -> pa.Array:
    """The same array where all of it is stored as it is."""
    texts = _without_blank(texts)
    return text_columns([texts.to_pylist()])[0] if hold_moments(texts) else texts


def _moment_column(chunks: pa.ChunkedArray) -> Fitting:
    texts = chunks.combine_chunks()
    read = moments_at_once(_without_blank(texts))
    if read is None:
        return fit_column(texts.to_pylist(), Kind.TEXT, ColumnType.DATETIME)
    return milliseconds(read), []


def _ints(literals: pa.ChunkedArray) -> Fitting:
    """What is not written as an integer of 64 bits is for the decoder of JSON to judge."""
    return _canonical(literals, pa.int64())


def _floats(literals: pa.ChunkedArray) -> Fitting:
    """What Arrow would not write in the same way is for the decoder of JSON to judge."""
    return _canonical(literals, pa.float64())


def _canonical(literals: pa.ChunkedArray, kind: pa.DataType) -> Fitting:
    try:
        read = literals.cast(kind)
    except pa.ArrowInvalid:
        return _canonical_among(literals, kind)
    differs = pc.not_equal(read.cast(pa.string()), literals)
    if pa.types.is_floating(kind):  # JSON has no `nan` and no `inf`, which Arrow reads and writes alike
        differs = pc.or_(differs, pc.invert(pc.is_finite(read)))
    return read, pc.indices_nonzero(differs).to_pylist()


def _canonical_among(literals: pa.ChunkedArray, kind: pa.DataType) -> Fitting:
    """The same where some are no numbers; null is one that is absent."""
    looks_good = pc.match_substring_regex(literals, r"^-?[0-9]{1,18}(\.[0-9]{1,18})?$")
    if pa.types.is_integer(kind):
        looks_good = pc.and_not(looks_good, pc.match_substring(literals, "."))
    texts = pc.if_else(looks_good, literals, None)
    read = texts.cast(kind)
    differs = pc.or_(
        pc.and_not(pc.invert(looks_good), pc.equal(literals, "null")),
        pc.fill_null(pc.not_equal(read.cast(pa.string()), texts), False),
    )
    return read, pc.indices_nonzero(differs).to_pylist()


def _bools(literals: pa.ChunkedArray) -> Fitting:
    is_true, is_false = pc.equal(literals, "true"), pc.equal(literals, "false")
    is_known = pc.or_(is_true, is_false)
    bad = pc.and_not(pc.invert(is_known), pc.equal(literals, "null"))
    return pc.if_else(is_known, is_true, None), pc.indices_nonzero(bad).to_pylist()


def _as_it_is(array: pa.Array) -> Fitting:
    return array, []


_DECODED: dict[Kind, Callable[[pa.ChunkedArray], Fitting]] = {
    Kind.INT: _ints,
    Kind.FLOAT: _floats,
    Kind.BOOL: _bools,
}
_TEXTS: dict[ColumnType, Callable[[pa.ChunkedArray], Fitting]] = {
    ColumnType.STRING: _stored,
    ColumnType.DATETIME: _moment_column,
}
_PLAIN: dict[tuple[Kind, ColumnType], Callable[[pa.Array], Fitting]] = {
    (Kind.INT, ColumnType.INT): _as_it_is,
    (Kind.INT, ColumnType.FLOAT): ints_as_floats,
    (Kind.FLOAT, ColumnType.FLOAT): floats_of,
    (Kind.BOOL, ColumnType.BOOLEAN): _as_it_is,
}


def place_of(path: Path) -> Path:
    """Where in a record a value of the event stands."""
    return (EVENT, *path)
