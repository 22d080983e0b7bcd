"""A lake at two of its snapshots: `then` and `now` are attached as they were.

`lake`, where every statement looks, is an empty database in memory that holds views over them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from mainstem.errors import QueryError
from mainstem.warehouse.ducklake.connection import CATALOG_NAME, open_at
from mainstem.warehouse.interruption import can_be_stopped
from mainstem.warehouse.moments import Moments

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from mainstem.warehouse.ducklake.connection import LakeLocation
    from mainstem.warehouse.moments import Moment

_VIEWS = (
    "SELECT database_name, lower(schema_name || '.' || view_name) FROM duckdb_views() "
    "WHERE database_name IN ('then', 'now') AND NOT internal"
)
_UNKNOWN = ("", -1)


class DuckMoments(Moments):
    """Over a connection where databases `then`, `now` and `lake` are attached; it is closed with this."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, snapshots: tuple[int, int] | None = None
    ) -> None:
        """`snapshots` are those of a lake that tells what happened between them."""
        self._connection = connection
        self._snapshots = snapshots
        # Views read what is put in the place of tables: they are of no moment.
        self._tables: dict[tuple[str, str], dict[str, str] | None] = {
            (moment, relation): None for moment, relation in connection.execute(_VIEWS).fetchall()
        }
        self._happened: dict[str, tuple[str, int]] = {}
        self._put: dict[str, str] = {}
        connection.execute(f"USE {CATALOG_NAME}")

    def columns(self, moment: Moment, relation: str) -> Mapping[str, str] | None:
        # One table after the other: of all tables of the company's lake it takes a second.
        asked = (moment, relation)
        if asked not in self._tables:
            try:
                told = self._execute(f"DESCRIBE {_written(moment, relation)}").fetchall()
            except duckdb.CatalogException:
                self._tables[asked] = None
            else:
                self._tables[asked] = {name: kind for name, kind, *_ in told}
        return self._tables[asked]

    def is_same(self, relation: str) -> bool:
        return self._what_happened(relation)[1] == 0

    def came(self, relation: str) -> str | None:
        return self._what_happened(relation)[0] or None

    def _what_happened(self, relation: str) -> tuple[str, int]:
        """SELECT of rows that came where nothing else did, and how much did; -1: not known."""
        if relation not in self._happened:
            self._happened[relation] = self._told(relation)
        return self._happened[relation]

    def _told(self, relation: str) -> tuple[str, int]:
        then, now = self.columns("then", relation), self.columns("now", relation)
        if self._snapshots is None or then is None or now is None:
            return _UNKNOWN
        first, last = self._snapshots
        if first == last:
            return "", 0
        schema, _, table = relation.partition(".")
        span = f"'now', {_text(schema)}, {_text(table)}, {first + 1}, {last}"
        added = f"SELECT {', '.join(map(_quoted, now))} FROM ducklake_table_insertions({span})"  # noqa: S608 # names are quoted
        counted = (
            f"({added})",
            f"ducklake_table_deletions({span})",
            _written("then", relation),
            _written("now", relation),
        )
        counts = ", ".join(f"(SELECT count(*) FROM {one})" for one in counted)  # noqa: S608 # names are quoted
        try:
            [(came, went, before, after)] = self._execute(f"SELECT {counts}").fetchall()
        except duckdb.Error:
            return _UNKNOWN  # as of a table that was made anew: its rows are compared
        if came - went != after - before:
            return _UNKNOWN
        return ("" if went or not came else added), came + went

    def name(self, moment: Moment, relation: str) -> str:
        if self.columns(moment, relation) is None:
            raise QueryError(
                f"there was no table {relation} at the {'first' if moment == 'then' else 'second'} moment"
            )
        return _written(moment, relation)

    def put(self, relation: str, sql: str, *, kept: bool = False) -> None:
        name, kind = _written(CATALOG_NAME, relation), "TABLE" if kept else "VIEW"
        self._run(f"CREATE SCHEMA IF NOT EXISTS {_written(CATALOG_NAME, relation.partition('.')[0])}")
        stood = self._put.get(relation, kind)
        if stood != kind:
            self._run(f"DROP {stood} {name}")
        self._put[relation] = kind
        self._run(f"CREATE OR REPLACE {kind} {name} AS {sql}")

    def query(self, sql: str) -> pa.Table:
        return self._run(sql).to_arrow_table()

    def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str) -> duckdb.DuckDBPyConnection:
        try:
            return self._execute(sql)
        except duckdb.Error as e:
            raise QueryError(str(e)) from e

    def _execute(self, sql: str) -> duckdb.DuckDBPyConnection:
        with can_be_stopped(self._connection.interrupt):
            return self._connection.execute(sql)


def open_moments(location: LakeLocation, then: int, now: int) -> DuckMoments:
    """The lake at snapshot `then` and at `now`. Raises as `open_lake`."""
    return DuckMoments(open_at(location, {"then": then, "now": now}), (then, now))


def _written(moment: str, relation: str) -> str:
    return ".".join(map(_quoted, (moment, *relation.split(".", 1))))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
