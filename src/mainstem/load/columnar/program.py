"""Turn records of one form into Arrow tables: decode, fill in, fit, and leave out what does not fit.

A program belongs to one form and to the types of the columns that stood when it was made; whoever runs it
sees that both still hold. Records that it leaves out are to go the pure way: it never guesses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from mainstem.load.columnar.cells import event_times, fit_column, fit_json, milliseconds, text_columns
from mainstem.load.columnar.decoder import RecordDecoder
from mainstem.load.columnar.leaves import Kind
from mainstem.load.columnar.mapping import MESSAGE_ID, RECEIVED_AT, REQUEST_IP, TIMES, NotMappable
from mainstem.load.discards import COLUMN_TYPES
from mainstem.load.stage import ARROW_TYPES
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mainstem.load.columnar.decoder import Column, Decoded
    from mainstem.load.columnar.leaves import Leaf, Path
    from mainstem.load.columnar.mapping import Cell, FormMapping, MappedTable

    Tables = Mapping[str, Mapping[str, ColumnType]]

INTEGRATIONS: Path = ("integrations",)
_OWN_TIMES = tuple(path for path in TIMES if path != RECEIVED_AT)


class Done(msgspec.Struct):
    """What came of some records."""

    taken: list[int]
    """Which of them are in the tables."""
    tables: dict[str, list[pa.Table]]


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
        self._leaves = {leaf.path: number for number, leaf in enumerate(leaves)}
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
        bad: set[int] = set(self._with_options(decoded))
        inputs = self._inputs(decoded, bad)
        for absent, rows in self._by_guards(inputs):
            self._write(absent, rows, inputs, bad, standing, loaded_at, decoded, done)
        return done

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
        found: dict[Path, pa.Array] = {}
        for path, (array, unread) in zip(
            (*_OWN_TIMES, RECEIVED_AT), event_times([*own, decoded.received_at]), strict=True
        ):
            found[path] = array
            bad.update(unread)
        received = found[RECEIVED_AT]
        original = pc.coalesce(found["originalTimestamp",], received)
        sent = pc.coalesce(found["sentAt",], received)
        found["originalTimestamp",], found["sentAt",] = original, sent
        if found["timestamp",].null_count:
            skew = pc.subtract(sent.cast(pa.int64()), original.cast(pa.int64()))
            happened = pc.subtract(received.cast(pa.int64()), skew)
            found["timestamp",] = pc.coalesce(found["timestamp",], happened.cast(received.type))
        return {path: milliseconds(array) for path, array in found.items()}

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


_decode = msgspec.json.Decoder().decode


def _may_ask(integrations: object) -> bool:
    """Options stand in an object of a destination; `{"All": true}` and the like hold none."""
    return isinstance(integrations, dict) and any(isinstance(entry, dict) for entry in integrations.values())


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
