"""Turn records of one form into Arrow tables: decode, fill in, fit, and leave out what does not fit.

A program belongs to one form and to the types of the columns that stood when it was made; whoever runs it
sees that both still hold. Records that it leaves out are to go the pure way: it never guesses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from mainstem.load.columnar.alone import SCALARS, Conflict, discards, keeps_discards
from mainstem.load.columnar.cells import event_times, fit_column, fit_json, milliseconds, text_columns
from mainstem.load.columnar.decoder import RecordDecoder
from mainstem.load.columnar.fitted import place_of
from mainstem.load.columnar.leaves import Kind, Leaf
from mainstem.load.columnar.mapping import MESSAGE_ID, RECEIVED_AT, REQUEST_IP, TIMES, NotMappable
from mainstem.load.columnar.skeleton import EVENT
from mainstem.load.discards import COLUMN_TYPES, DISCARDS
from mainstem.load.plan import KEY
from mainstem.warehouse import ColumnType
from mainstem.warehouse.arrow import ARROW_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mainstem.load.columnar.decoder import Column, Decoded
    from mainstem.load.columnar.fitted import FittedColumns
    from mainstem.load.columnar.leaves import Path
    from mainstem.load.columnar.mapping import Cell, FormMapping, MappedTable
    from mainstem.load.columnar.skeleton import Skeleton
    from mainstem.load.schema import Provider

    Tables = Mapping[str, Mapping[str, ColumnType]]

INTEGRATIONS: Path = ("integrations",)
_OWN_TIMES = tuple(path for path in TIMES if path != RECEIVED_AT)
_TIME_PLACES = (*map(place_of, _OWN_TIMES), RECEIVED_AT)
_FIXED: tuple[Path, ...] = (("type",), ("event",))
_BEGINS = {Kind.LIST: b"[", Kind.OBJECT: b"{"}
_ENVELOPE: dict[Path, Path] = {RECEIVED_AT: ("receivedAt",), REQUEST_IP: ("requestIp",)}
"""Inputs that stand in the record, not in its event."""


class Done(msgspec.Struct):
    """What came of some records."""

    taken: list[int]
    """Which of them are in the tables."""
    tables: dict[str, list[pa.Table]]
    discards: int = 0
    """Rows of the table of discards, which is among the tables then."""


class _Inputs:
    """The columns of one run, by input; moments as Arrow, the rest as they were decoded."""

    def __init__(self, columns: Sequence[Column], times: Mapping[int, pa.Array], rows: int) -> None:
        self.columns = columns
        self.times = times
        self.rows = rows

    def of_rows(self, rows: Sequence[int]) -> _Inputs:
        picked = [[column[row] for row in rows] for column in self.columns]
        return _Inputs(picked, {n: array.take(pa.array(rows)) for n, array in self.times.items()}, len(rows))


class Program:
    """Runs one form."""

    def __init__(self, leaves: Sequence[Leaf], mapping: FormMapping, standing: Tables) -> None:
        """Raises NotMappable where a column is missing, or a moment of the event is no text."""
        self._decoder = RecordDecoder(leaves)
        self._mapping = mapping
        self._provider = mapping.provider
        self._leaves = {leaf.path: number for number, leaf in enumerate(leaves)}
        self._kinds = [leaf.kind for leaf in leaves]
        self._nodes = frozenset(leaf.path[:depth] for leaf in leaves for depth in range(len(leaf.path)))
        for path in (*_OWN_TIMES, MESSAGE_ID):
            number = self._leaves.get(path)
            if number is not None and leaves[number].kind not in (Kind.TEXT, Kind.NULL):
                raise NotMappable(f"{path[0]} is no text")
        self.types = _types_needed(mapping.variant(frozenset()), standing)

    def stands_in(self, standing: Tables) -> bool:
        """Whether every column this writes is there, of the type it was made for."""
        return all(
            standing.get(table, {}).get(column) is kind
            for table, columns in self.types.items()
            for column, kind in columns.items()
        )

    def run(self, payloads: Sequence[bytes], standing: Tables, loaded_at: datetime) -> Done:
        decoded = self._decoder.decode(payloads)
        done = Done([], {})
        if not decoded.records:
            return done
        bad = {*self._with_options(decoded), *self._of_other_kinds(decoded)}
        inputs = self._inputs(decoded, bad)
        for absent, rows in self._by_guards(inputs):
            self._write(absent, rows, inputs, bad, standing, loaded_at, decoded, done)
        return done

    def reads(self, skeleton: Skeleton) -> bool:
        """Whether records of `skeleton` are of this form."""
        return self._surrounds(skeleton) and not self._others(skeleton)

    def leaves_as(self, skeleton: Skeleton) -> tuple[Leaf, ...] | None:
        """The leaves of this form for records in which texts, numbers or truth values stand for one another;
        None where they differ in more than that."""
        others = self._others(skeleton)
        for path, kind in others.items():
            if path not in self._leaves or not SCALARS.issuperset((kind, self._kinds[self._leaves[path]])):
                return None
        if not self._surrounds(skeleton):
            return None
        return tuple(Leaf(path, others.get(path, self._kinds[n])) for path, n in self._leaves.items())

    def _others(self, skeleton: Skeleton) -> dict[Path, Kind]:
        """Values of its records' events that the decoder would not take."""
        return {slot.path[1:]: slot.kind for slot in skeleton.slots if not self._takes(slot.path, slot.kind)}

    def _surrounds(self, skeleton: Skeleton) -> bool:
        """Whether all but the values of its records is of this form."""
        return all(self._takes(path, kind) for path, (kind, _) in skeleton.constants.items()) and all(
            path[1:] in self._nodes for path in skeleton.objects if path
        )

    def _takes(self, path: Path, kind: Kind) -> bool:
        """Whether the decoder would take a value of `kind` there: FLOAT stands for any number."""
        if path[0] != EVENT or path[1:] in _FIXED:
            return True
        place = path[1:]
        number = self._leaves.get(place)
        if number is None or kind is Kind.NULL:
            return kind is Kind.NULL and (number is not None or place in self._nodes)
        known = self._kinds[number]
        return known is kind or (kind is Kind.FLOAT and known is Kind.INT)

    def run_alike(
        self,
        columns: FittedColumns,
        rows: range,
        without: Sequence[int],
        standing: Tables,
        loaded_at: datetime,
    ) -> Done:
        """The same for `rows` of records that are alike, which this `reads`, and not those `without`."""
        bad = set(without)
        times, unread = columns.times(_TIME_PLACES)
        bad.update(unread)
        if _may_ask(columns.constant(place_of(INTEGRATIONS))):
            return Done([], {})
        try:
            tables = self._mapping.variant(self._alike_guards(columns, bad))
            _types_needed(tables, standing)
            fitter = _AlikeFitter(
                self._mapping.inputs, columns, columns.settled(_TIME_PLACES, _settled), bad, self._provider
            )
            made = {table.table: fitter.table(table, standing[table.table], loaded_at) for table in tables}
        except NotMappable:
            return Done([], {})
        told = [one for one in fitter.conflicts if one.told.row in rows]
        if not self._can_tell(told, standing):
            bad.update(one.told.row for one in told)
        taken = [row for row in rows if row not in bad] if bad else list(rows)
        if not taken:
            return Done([], {})
        told = [one for one in told if one.told.row not in bad]
        done = Done(taken, {}, len(told))
        kept = None if len(taken) == len(rows) else pa.array(taken, pa.int64())
        for name, table in made.items():
            done.tables[name] = [table.slice(rows.start, len(rows)) if kept is None else table.take(kept)]
        if told:
            done.tables[self._provider.cased(DISCARDS)] = [self._discards(told, made, times[-1], loaded_at)]
        return done

    def _can_tell(self, conflicts: Sequence[Conflict], standing: Tables) -> bool:
        """Whether discards can be kept of these, and the ids of their rows are as the events have them."""
        key = self._provider.cased(KEY)
        return not conflicts or (
            keeps_discards(standing, self._provider.cased)
            and all(standing[one.table].get(key) is ColumnType.STRING for one in conflicts)
        )

    def _discards(
        self,
        conflicts: Sequence[Conflict],
        made: Mapping[str, pa.Table],
        received_at: pa.Array,
        loaded_at: datetime,
    ) -> pa.Table:
        key = self._provider.cased(KEY)
        ids = [made[one.table].column(key)[one.told.row].as_py() or "" for one in conflicts]
        received = received_at.take(pa.array([one.told.row for one in conflicts], pa.int64()))
        return discards(conflicts, ids, received, loaded_at, self._provider.cased)

    def _alike_guards(self, columns: FittedColumns, bad: set[int]) -> frozenset[int]:
        """The guards that most of the rows lack; rows that lack others are `bad`."""
        absent = []
        for guard in self._mapping.guards:
            blank = columns.is_blank(_place(self._mapping.inputs[guard], columns))
            lacks = blank is None or 2 * blank.true_count > columns.rows
            if lacks:
                absent.append(guard)
            if blank is not None and blank.true_count not in (0, columns.rows):
                bad.update(pc.indices_nonzero(pc.xor(blank, pa.scalar(lacks))).to_pylist())
        return frozenset(absent)

    def _write(
        self,
        absent: frozenset[int],
        rows: Sequence[int] | None,
        inputs: _Inputs,
        bad: set[int],
        standing: Tables,
        loaded_at: datetime,
        decoded: Decoded,
        done: Done,
    ) -> None:
        """Add the events whose guards `absent` are absent; `rows` None means all."""
        try:
            tables = self._mapping.variant(absent)
            _types_needed(tables, standing)
        except NotMappable:
            return
        part = inputs if rows is None else inputs.of_rows(rows)
        unfit: set[int] = set()
        fitter = _Fitter(self._mapping.inputs, part, unfit)
        fitter.fit_texts(tables, standing)
        made = {table.table: fitter.table(table, standing[table.table], loaded_at) for table in tables}
        places = range(part.rows) if rows is None else rows
        kept = [n for n, place in enumerate(places) if n not in unfit and place not in bad]
        done.taken += (decoded.records[places[n]] for n in kept)
        if not kept:
            return
        for name, table in made.items():
            chosen = table if len(kept) == part.rows else table.take(pa.array(kept, pa.int64()))
            done.tables.setdefault(name, []).append(chosen)

    def _of_other_kinds(self, decoded: Decoded) -> list[int]:
        """Events with another value where the form has a list or an object, which are not decoded."""
        rows: list[int] = []
        for number, kind in enumerate(self._kinds):
            if kind in _BEGINS:
                begins = (_BEGINS[kind], b"null")
                column = decoded.leaves[number]
                rows += (row for row, raw in enumerate(column) if raw and not bytes(raw).startswith(begins))
        return rows

    def _with_options(self, decoded: Decoded) -> list[int]:
        """Events that may ask for options of their own."""
        number = self._leaves.get(INTEGRATIONS)
        if number is None or not decoded.leaves[number]:
            return []
        asking: dict[bytes, bool] = {}
        rows = []
        for row, value in enumerate(decoded.leaves[number]):
            raw = bytes(value) if isinstance(value, msgspec.Raw) else b"null"
            if raw not in asking:
                asking[raw] = _may_ask(_decode(raw))
            if asking[raw]:
                rows.append(row)
        return rows

    def _inputs(self, decoded: Decoded, bad: set[int]) -> _Inputs:
        """Every input's column, filled in as `mainstem.events.enriched` does it; what it does by other
        rules than those below is `bad`."""
        rows = len(decoded.records)
        nothing = [None] * rows
        times = self._times(decoded, nothing, bad)
        columns: list[Column] = []
        arrays: dict[int, pa.Array] = {}
        for number, leaf in enumerate(self._mapping.inputs):
            column: Column = nothing
            if leaf.path in times:
                arrays[number] = times[leaf.path]
            elif leaf.path == REQUEST_IP:
                column = decoded.request_ip
            elif leaf.path == MESSAGE_ID:
                column = self._message_ids(decoded, nothing, bad)
            else:
                column = decoded.leaves[self._leaves[leaf.path]]
            columns.append(column)
        return _Inputs(columns, arrays, rows)

    def _message_ids(self, decoded: Decoded, nothing: Column, bad: set[int]) -> Column:
        number = self._leaves.get(MESSAGE_ID)
        sent = nothing if number is None else decoded.leaves[number]
        ids = [made or (own or "").strip() for made, own in zip(decoded.made_id, sent, strict=True)]
        if "" in ids:
            bad.update(row for row, value in enumerate(ids) if not value)
        return ids

    def _times(self, decoded: Decoded, nothing: Column, bad: set[int]) -> dict[Path, pa.Array]:
        own = [decoded.leaves[self._leaves[path]] if path in self._leaves else nothing for path in _OWN_TIMES]
        arrays = []
        for array, unread in event_times([*own, decoded.received_at]):
            arrays.append(array)
            bad.update(unread)
        return _settled(arrays)

    def _by_guards(self, inputs: _Inputs) -> list[tuple[frozenset[int], Sequence[int] | None]]:
        """Rows by which guards they lack; None stands for all rows, which is the usual case."""
        guards = self._mapping.guards
        lacking = [[value is None or value == "" for value in inputs.columns[guard]] for guard in guards]
        patterns = set(zip(*lacking, strict=True)) if lacking else {()}
        if len(patterns) == 1:
            return [(_absent(guards, patterns.pop()), None)]
        rows: dict[tuple[bool, ...], list[int]] = {pattern: [] for pattern in sorted(patterns)}
        for row, pattern in enumerate(zip(*lacking, strict=True)):
            rows[pattern].append(row)
        return [(_absent(guards, pattern), found) for pattern, found in rows.items()]


def _settled(times: Sequence[pa.Array]) -> dict[Path, pa.Array]:
    """The moments of events, filled in as `mainstem.events.enriched` does it; `times` are in order."""
    found = dict(zip((*_OWN_TIMES, RECEIVED_AT), times, strict=True))
    received = found[RECEIVED_AT]
    original = pc.coalesce(found["originalTimestamp",], received)
    sent = pc.coalesce(found["sentAt",], received)
    found["originalTimestamp",], found["sentAt",] = original, sent
    if found["timestamp",].null_count:
        skew = pc.subtract(sent.cast(pa.int64()), original.cast(pa.int64()))
        happened = pc.subtract(received.cast(pa.int64()), skew)
        found["timestamp",] = pc.coalesce(found["timestamp",], happened.cast(received.type))
    return {path: milliseconds(array) for path, array in found.items()}


_decode = msgspec.json.Decoder().decode


def _may_ask(integrations: object) -> bool:
    """Options stand in an object of a destination; `{"All": true}` and the like hold none."""
    return isinstance(integrations, dict) and any(isinstance(entry, dict) for entry in integrations.values())


def _place(leaf: Leaf, columns: FittedColumns) -> Path:
    """Where in the records the value of an input stands."""
    if leaf.path == MESSAGE_ID:
        return columns.message_id
    return _ENVELOPE.get(leaf.path) or place_of(leaf.path)


def _absent(guards: Sequence[int], pattern: Sequence[bool]) -> frozenset[int]:
    return frozenset(guard for guard, lacks in zip(guards, pattern, strict=True) if lacks)


def _types_needed(tables: Sequence[MappedTable], standing: Tables) -> dict[str, dict[str, ColumnType]]:
    """The standing types of every column of `tables`. Raises NotMappable for one that does not stand."""
    needed: dict[str, dict[str, ColumnType]] = {}
    for table in tables:
        columns = standing.get(table.table, {})
        names = [*(cell.column for cell in table.cells), *table.constants, *table.loaded_at]
        missing = [name for name in names if name not in columns]
        if missing:
            raise NotMappable(f"{table.table} has no column {missing[0]} yet")
        if any(columns[name] is not ColumnType.DATETIME for name in table.loaded_at):
            raise NotMappable(f"{table.table} keeps the time of loading in another type")
        for name, (kind, _) in table.constants.items():
            if columns[name] is not COLUMN_TYPES[kind] or columns[name] is ColumnType.DATETIME:
                raise NotMappable(f"{table.table}.{name} has another type than its value")
        needed[table.table] = {name: columns[name] for name in names}
    return needed


class _AlikeFitter:
    """The same as `_Fitter` for records that are alike."""

    def __init__(
        self,
        leaves: Sequence[Leaf],
        columns: FittedColumns,
        times: Mapping[Path, pa.Array],
        unfit: set[int],
        provider: Provider,
    ) -> None:
        self._leaves = leaves
        self._columns = columns
        self._times = times
        self._unfit = unfit
        self._provider = provider
        self.conflicts: list[Conflict] = []

    def table(self, table: MappedTable, types: Mapping[str, ColumnType], loaded_at: datetime) -> pa.Table:
        arrays = {cell.column: self._array(table.table, cell, types[cell.column]) for cell in table.cells}
        for column, (_, value) in table.constants.items():
            arrays[column] = self._columns.repeated(value, types[column])
        for column in table.loaded_at:
            arrays[column] = self._columns.repeated(loaded_at, ColumnType.DATETIME)
        return pa.table(arrays)

    def _array(self, table: str, cell: Cell, kind: ColumnType) -> pa.Array:
        leaf = self._leaves[cell.input]
        if leaf.path in self._times:
            if kind is not ColumnType.DATETIME or cell.as_json:
                raise NotMappable(f"{cell.column} is no moment")
            return self._times[leaf.path]
        place = _place(leaf, self._columns)
        array, unfit, told = self._columns.fitted(leaf, place, kind, self._provider, as_json=cell.as_json)
        self._unfit.update(unfit)
        self.conflicts += (Conflict(table, cell.column, one) for one in told)
        return array


class _Fitter:
    """Fits inputs to columns, each pair of input and type once."""

    def __init__(self, leaves: Sequence[Leaf], inputs: _Inputs, unfit: set[int]) -> None:
        self._leaves = leaves
        self._inputs = inputs
        self._unfit = unfit
        self._fitted: dict[tuple[int, bool, ColumnType], pa.Array] = {}

    def fit_texts(self, tables: Sequence[MappedTable], standing: Tables) -> None:
        """Fit at once what is text in a column of texts: most of nearly every event."""
        numbers = sorted(
            {
                cell.input
                for table in tables
                for cell in table.cells
                if not cell.as_json
                and self._leaves[cell.input].kind is Kind.TEXT
                and cell.input not in self._inputs.times
                and standing[table.table][cell.column] is ColumnType.STRING
            }
        )
        if numbers:
            arrays = text_columns([self._inputs.columns[number] for number in numbers])
            for number, array in zip(numbers, arrays, strict=True):
                self._fitted[number, False, ColumnType.STRING] = array

    def table(self, table: MappedTable, types: Mapping[str, ColumnType], loaded_at: datetime) -> pa.Table:
        arrays = {cell.column: self._array(cell, types[cell.column]) for cell in table.cells}
        for column, (_, value) in table.constants.items():
            arrays[column] = self._repeated(value, types[column])
        for column in table.loaded_at:
            arrays[column] = self._repeated(loaded_at, ColumnType.DATETIME)
        return pa.table(arrays)

    def _repeated(self, value: Any, kind: ColumnType) -> pa.Array:
        return pa.repeat(pa.scalar(value, ARROW_TYPES[kind]), self._inputs.rows)

    def _array(self, cell: Cell, kind: ColumnType) -> pa.Array:
        key = (cell.input, cell.as_json, kind)
        if key not in self._fitted:
            self._fitted[key] = self._fit(cell, kind)
        return self._fitted[key]

    def _fit(self, cell: Cell, kind: ColumnType) -> pa.Array:
        if cell.input in self._inputs.times:
            if kind is not ColumnType.DATETIME or cell.as_json:
                raise NotMappable(f"{cell.column} is no moment")
            return self._inputs.times[cell.input]
        fit = fit_json if cell.as_json else fit_column
        array, unfit = fit(self._inputs.columns[cell.input], self._leaves[cell.input].kind, kind)
        self._unfit.update(unfit)
        return array.cast(ARROW_TYPES[kind]) if pa.types.is_null(array.type) else array
