"""Putting tables that were made anew in the place of those that stand, or saying what that would change.

Only event tables are touched: those with the loader's own columns. A row that stands and was not made again
is not thrown away unless that was asked for: then its event is no longer in the log, or another wrote it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from mainstem.load.discards import DISCARDS
from mainstem.load.plan import USERS
from mainstem.load.rebuild.staging import staging_name
from mainstem.load.schema import LOADED_AT
from mainstem.warehouse import ColumnType, TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pyarrow as pa

    from mainstem.load.rebuild.scope import Scope
    from mainstem.warehouse import Capabilities
    from mainstem.warehouse.rewriting import RewritingTransaction

    Tables = Mapping[str, Mapping[str, ColumnType]]
    Query = Callable[..., pa.Table]


class TableChange(msgspec.Struct, frozen=True):
    """What becomes of one table, of its rows in the scope."""

    table: str
    """`namespace.table`."""
    rows_before: int
    rows: int
    changed: int
    """Rows that differ, but for when they were loaded: those gone and those come, together."""
    recreated: tuple[str, ...] = ()
    """Columns whose type changes, for which the table is made anew."""


class TableMissing(msgspec.Struct, frozen=True):
    """Rows that stand and that the log does not make again."""

    table: str
    rows: int


@dataclass(frozen=True)
class _Pair:
    """A table that stands, one that was made, or both."""

    name: TableName
    standing: Mapping[str, ColumnType] | None
    made: Mapping[str, ColumnType] | None

    @property
    def common(self) -> list[str]:
        return [column for column in self.standing or {} if column in (self.made or {})]

    @property
    def retyped(self) -> tuple[str, ...]:
        standing, made = self.standing or {}, self.made or {}
        return tuple(column for column in self.common if standing[column] is not made[column])


class Replacement:
    """About one rebuild. `cased` brings names of our own into the warehouse's case."""

    def __init__(self, scope: Scope, capabilities: Capabilities, cased: Callable[[str], str]) -> None:
        self._scope = scope
        self._capabilities = capabilities
        self._id, self._received_at, self._loaded_at = map(cased, ("id", "received_at", LOADED_AT))
        self._users, self._discards = cased(USERS), cased(DISCARDS)

    def takes(self, name: TableName) -> bool:
        """Whether a table is made anew. A users table holds one row a user and no history, so a range of it
        cannot be: late events change it as little."""
        if self._scope.is_range and name.table == self._users:
            return False
        return self._scope.takes_table(name.table)

    def pairs(
        self, standing: Mapping[str, Tables], made: Mapping[TableName, Mapping[str, ColumnType]]
    ) -> list[_Pair]:
        """`standing`: the tables of each namespace in the scope."""
        events = {
            TableName(namespace, table): columns
            for namespace, tables in standing.items()
            for table, columns in tables.items()
            if self._is_of_events(columns) and self.takes(TableName(namespace, table))
        }
        return [_Pair(name, events.get(name), made.get(name)) for name in sorted({*events, *made})]

    def missing(self, pairs: Iterable[_Pair], query: Query) -> Iterator[TableMissing]:
        """The tables that would lose rows for good. Discards are not asked: they have no id of their own."""
        for pair in pairs:
            if pair.standing is None or self._id not in pair.standing or pair.name.table == self._discards:
                continue
            where, parameters = self._in_scope("t")
            if pair.made is not None:
                key = self._capabilities.quoted(self._id)
                where += (
                    f" AND NOT EXISTS (SELECT 1 FROM {self._staged(pair)} AS s"  # noqa: S608 # names are quoted
                    f" WHERE s.{key}::VARCHAR = t.{key}::VARCHAR)"
                )
            rows = self._count(query, f"{self._table(pair.name)} AS t", where, parameters)
            if rows:
                yield TableMissing(str(pair.name), rows)

    def changes(self, pairs: Iterable[_Pair], query: Query) -> Iterator[TableChange]:
        for pair in pairs:
            where, parameters = self._in_scope("t")
            before = after = 0
            if pair.standing is not None:
                before = self._count(query, f"{self._table(pair.name)} AS t", where, parameters)
            if pair.made is not None:
                after = self._count(query, self._staged(pair), "true", [])
            changed = self._differing(pair, query) if before and after else before + after
            yield TableChange(str(pair.name), before, after, changed, pair.retyped)

    def perform(self, pairs: Iterable[_Pair], transaction: RewritingTransaction) -> None:
        for pair in pairs:
            if pair.standing is None or (pair.retyped and not self._scope.is_range):
                self._make_anew(pair, transaction)
                continue
            bounds = self._scope.begin, self._scope.end
            transaction.delete_between(pair.name, self._received_at, *bounds)
            if pair.made is not None:
                new = {column: kind for column, kind in pair.made.items() if column not in pair.standing}
                if new:
                    transaction.add_columns(pair.name, new)
                transaction.copy(staging_name(pair.name), pair.name, list(pair.made))

    def _make_anew(self, pair: _Pair, transaction: RewritingTransaction) -> None:
        if pair.standing is not None:
            transaction.drop_table(pair.name)
        columns = dict(pair.made or {})
        transaction.create_table(pair.name, columns)
        transaction.copy(staging_name(pair.name), pair.name, list(columns))

    def _is_of_events(self, columns: Mapping[str, ColumnType]) -> bool:
        return (
            columns.get(self._received_at) is ColumnType.DATETIME
            and columns.get(self._loaded_at) is ColumnType.DATETIME
        )

    def _differing(self, pair: _Pair, query: Query) -> int:
        columns = [column for column in pair.common if column != self._loaded_at]
        names = ", ".join(f"{self._capabilities.quoted(column)}::VARCHAR" for column in columns)
        where, parameters = self._in_scope("t")
        stands = f"SELECT {names} FROM {self._table(pair.name)} AS t WHERE {where}"  # noqa: S608 # names are quoted
        made = f"SELECT {names} FROM {self._staged(pair)}"  # noqa: S608 # names are quoted
        found = query(
            f"SELECT (SELECT count(*) FROM ({stands} EXCEPT ALL {made}))"  # noqa: S608 # names are quoted
            f" + (SELECT count(*) FROM ({made} EXCEPT ALL {stands})) AS rows",
            [*parameters, *parameters],
        )
        return int(found.column(0)[0].as_py())

    def _in_scope(self, alias: str) -> tuple[str, list[object]]:
        column = f"{alias}.{self._capabilities.quoted(self._received_at)}"
        bounds = ((f"{column} >= ?", self._scope.begin), (f"{column} < ?", self._scope.end))
        given = [(sql, moment) for sql, moment in bounds if moment is not None]
        return " AND ".join(sql for sql, _ in given) or "true", [moment for _, moment in given]

    def _count(self, query: Query, table: str, where: str, parameters: list[object]) -> int:
        found = query(f"SELECT count(*) AS rows FROM {table} WHERE {where}", parameters)  # noqa: S608 # names are quoted
        return int(found.column(0)[0].as_py())

    def _table(self, name: TableName) -> str:
        return self._capabilities.qualified(name.namespace, name.table)

    def _staged(self, pair: _Pair) -> str:
        return self._table(staging_name(pair.name))
