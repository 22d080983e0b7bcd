"""Count the rows of one table: by day, sender and name, and for each column those that hold a value.

Counts add up: rows loaded after a moment can be counted alone and laid on top of what was counted before.
The moment is that of loading (`uuid_ts`), which only grows; files of the lake outside of it are not read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from mainstem.warehouse import TableName, Warehouse

LOADED_AT = "uuid_ts"
RECEIVED_AT = "received_at"
NEEDED = frozenset({LOADED_AT, RECEIVED_AT})
"""A table without these columns holds no events."""

_SENDER = ("context_library_name", "context_library_version")
_SOURCE = "context_source_id"
_NAME = "event_text"
_COUNTED_AT_ONCE = 400
_AT_ONCE = 100
"""Columns in one statement."""

SenderKey = tuple[str | None, str | None, str | None, str | None]
"""Library, its version, the product's version, source."""


@dataclass(frozen=True)
class Span:
    """How often, and when: moments are those of receipt."""

    rows: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None

    def plus(self, other: Span) -> Span:
        firsts = [at for at in (self.first_seen, other.first_seen) if at is not None]
        lasts = [at for at in (self.last_seen, other.last_seen) if at is not None]
        return Span(self.rows + other.rows, min(firsts, default=None), max(lasts, default=None))


@dataclass(frozen=True)
class ColumnCount:
    present: Span = field(default_factory=Span)
    first_version: str | None = None
    """The product's version in the earliest row that holds a value and names a version."""

    def plus(self, later: ColumnCount) -> ColumnCount:
        return ColumnCount(self.present.plus(later.present), self.first_version or later.first_version)


@dataclass
class Counted:
    """What one pass over rows found."""

    all: Span = field(default_factory=Span)
    days: dict[datetime, int] = field(default_factory=lambda: defaultdict(int))
    senders: dict[SenderKey, Span] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    columns: dict[str, ColumnCount] = field(default_factory=dict)

    def plus(self, later: Counted) -> Counted:
        total = Counted(self.all.plus(later.all))
        for one in (self, later):
            for day, rows in one.days.items():
                total.days[day] += rows
            for name, rows in one.names.items():
                total.names[name] += rows
            for sender, span in one.senders.items():
                total.senders[sender] = total.senders.get(sender, Span()).plus(span)
            for column, count in one.columns.items():
                total.columns[column] = total.columns.get(column, ColumnCount()).plus(count)
        return total


class TableCounter:
    """Counts one table."""

    def __init__(
        self, warehouse: Warehouse, name: TableName, columns: Iterable[str], version_column: str
    ) -> None:
        self._warehouse = warehouse
        self._columns = tuple(columns)
        self._version = version_column if version_column in self._columns else None
        self._table = warehouse.capabilities.qualified(name.namespace, name.table)

    def extent(self) -> tuple[int, datetime | None]:
        """How many rows there are, and when the newest was loaded."""
        [row] = self._rows(f"SELECT count(*) AS n, max({LOADED_AT}) AS until FROM {self._table}", ())  # noqa: S608 # quoted
        return row["n"], row["until"]

    def count(self, since: datetime | None, until: datetime) -> Counted:
        """Rows loaded after `since`, until `until`."""
        counted = Counted()
        for row in self._groups(since, until):
            span = Span(row["rows"], row["first"], row["last"])
            counted.all = counted.all.plus(span)
            counted.days[row["day"]] += span.rows
            sender = (row["library"], row["version"], row["app"], row["source"])
            counted.senders[sender] = counted.senders.get(sender, Span()).plus(span)
            if row["name"]:
                counted.names[row["name"]] += span.rows
        counted.columns = dict(self._column_counts(since, until)) if counted.all.rows else {}
        return counted

    def _groups(self, since: datetime | None, until: datetime) -> list[dict[str, Any]]:
        library, version = map(self._or_null, _SENDER)
        where, parameters = self._window(since, until)
        return self._rows(
            f"SELECT date_trunc('day', {RECEIVED_AT}) AS day, {library} AS library, {version} AS version, "  # noqa: S608 # quoted
            f"{self._or_null(self._version)} AS app, {self._or_null(_SOURCE)} AS source, "
            f"{self._or_null(_NAME)} AS name, count(*) AS rows, min({RECEIVED_AT}) AS first, "
            f"max({RECEIVED_AT}) AS last FROM {self._table} {where} GROUP BY 1, 2, 3, 4, 5, 6",
            parameters,
        )

    def _column_counts(self, since: datetime | None, until: datetime) -> Iterator[tuple[str, ColumnCount]]:
        """A column that is filled in every row shares the table's moments: only of the others are they asked
        for, each for itself, which costs ten times as much."""
        where, parameters = self._window(since, until)
        every = f"count(*) AS n, {self._moments('', '')}"
        [whole] = self._rows(f"SELECT {every} FROM {self._table} {where}", parameters)  # noqa: S608 # quoted
        for some in _in_parts(self._columns, _COUNTED_AT_ONCE):
            counts = (f"count({self._quoted(column)}) AS n{n}" for n, column in enumerate(some))
            [row] = self._rows(f"SELECT {', '.join(counts)} FROM {self._table} {where}", parameters)  # noqa: S608 # quoted
            filled = {column: row[f"n{n}"] for n, column in enumerate(some)}
            partly = [column for column, rows in filled.items() if 0 < rows < whole["n"]]
            yield from self._partly_filled(partly, filled, where, parameters)
            for column, rows in filled.items():
                if rows == whole["n"]:
                    yield column, ColumnCount(Span(rows, whole["first"], whole["last"]), whole["version"])
                elif rows == 0:
                    yield column, ColumnCount()

    def _partly_filled(
        self, columns: Sequence[str], filled: Mapping[str, int], where: str, parameters: tuple[object, ...]
    ) -> Iterator[tuple[str, ColumnCount]]:
        for some in _in_parts(columns, _AT_ONCE):
            asked = (self._moments(f"{self._quoted(c)} IS NOT NULL", str(n)) for n, c in enumerate(some))
            [row] = self._rows(f"SELECT {', '.join(asked)} FROM {self._table} {where}", parameters)  # noqa: S608 # quoted
            for n, column in enumerate(some):
                span = Span(filled[column], row[f"first{n}"], row[f"last{n}"])
                yield column, ColumnCount(span, row[f"version{n}"])

    def _moments(self, held: str, suffix: str) -> str:
        """The first and last moment, and the first version, in the rows where `held` is true."""
        only = f"FILTER (WHERE {held})" if held else ""
        first = f"min({RECEIVED_AT}) {only} AS first{suffix}"
        last = f"max({RECEIVED_AT}) {only} AS last{suffix}"
        if self._version is None:
            return f"{first}, {last}, NULL AS version{suffix}"
        version = self._quoted(self._version)
        named = " AND ".join(filter(None, (held, f"{version} IS NOT NULL")))
        earliest = f"arg_min({version}, {RECEIVED_AT}) FILTER (WHERE {named})"
        return f"{first}, {last}, CAST({earliest} AS VARCHAR) AS version{suffix}"

    def _window(self, since: datetime | None, until: datetime) -> tuple[str, tuple[datetime, ...]]:
        if since is None:
            return f"WHERE {LOADED_AT} <= ?", (until,)
        return f"WHERE {LOADED_AT} > ? AND {LOADED_AT} <= ?", (since, until)

    def _or_null(self, column: str | None) -> str:
        if column is None or column not in self._columns:
            return "NULL"
        return f"CAST({self._quoted(column)} AS VARCHAR)"

    def _quoted(self, column: str) -> str:
        return self._warehouse.capabilities.quoted(column)

    def _rows(self, sql: str, parameters: tuple[object, ...]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._warehouse.query(sql, parameters).to_pylist()
        return rows


def _in_parts(columns: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (columns[start : start + size] for start in range(0, len(columns), size))


def table_sizes(warehouse: Warehouse, namespace: str) -> Mapping[str, int]:
    """Something that changes whenever a table gets rows; it is known without reading any. It is the number
    of rows ever inserted, deleted ones included."""
    rows = warehouse.query(
        "SELECT table_name, estimated_size FROM duckdb_tables() WHERE database_name = ? AND schema_name = ?",
        (warehouse.capabilities.catalog, namespace),
    )
    return {row["table_name"]: row["estimated_size"] for row in rows.to_pylist()}


def without_days_before(counted: Counted, first: datetime) -> Counted:
    """The same without days that are not kept."""
    kept: dict[datetime, int] = {day: rows for day, rows in counted.days.items() if day >= first}
    return replace(counted, days=kept)
