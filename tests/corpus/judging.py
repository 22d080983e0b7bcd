"""Whether queries hold together, where each derived table is read and judged once, however many read it.

A query that reads a derived table is judged with a stub of its name in the table's place: a SELECT of the
columns that the table has, or a star over a table of the warehouse whose columns are asked of the real one.
A derived table's rows may be taken apart by what reads it (UNNEST): there it stands as it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError

from tests.corpus.inference import Inference

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.corpus.inference import Warehouse

_HEAD = re.compile(r"(?:WITH )?(\S+) AS \(")


class Refused(Exception):
    """What sqlglot cannot take, and in which derived table."""

    def __init__(self, why: str, table: str | None) -> None:
        self.table = table
        super().__init__(why)


@dataclass(eq=False)
class Table:
    """A derived table: its query, those of the derived tables it reads before it, and what stands for it."""

    name: str
    whole: dict[str, str]
    tree: exp.Expr | None = None
    stub: str | None = None
    refused: Refused | None = None
    is_judged: bool = False


@dataclass(eq=False)
class Query:
    tables: list[Table]
    tree: exp.Expr = field(default_factory=exp.Null)
    refused: Refused | None = None
    is_judged: bool = False


class Judge:
    """`read` every query, then `settle`; then `check` raises Refused for SQL that is wrong."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.inference = Inference(dialect)
        self._tables: dict[tuple[str, str, tuple[int, ...]], Table] = {}
        self._before: dict[str, list[Table]] = {}
        self._queries: dict[tuple[str, tuple[int, ...]], Query] = {}

    def read(self, sql: str, views: Collection[str]) -> Query:
        """Raises Refused for text that cannot be parsed."""
        before, main = in_two(sql)
        tables = self._before.get(before)
        if tables is None:
            tables = self._before[before] = []
            for name, body in bodies(before).items():
                tables.append(self._table(name, body, list(tables), views))
        key = (main, tuple(map(id, tables)))
        query = self._queries.get(key)
        if query is None:
            query = self._queries[key] = Query(tables)
            self._parse(query, main, views)
        if query.refused is not None:
            raise query.refused
        return query

    @property
    def warehouse(self) -> Warehouse:
        return self.inference.warehouse

    def settle(self) -> None:
        self.inference.settle()

    def check(self, query: Query) -> None:
        for table in query.tables:
            self._judge(table)
            if table.refused is not None:
                raise table.refused
        self._judge(query)
        if query.refused is not None:
            raise query.refused

    def _parse(self, query: Query, main: str, views: Collection[str]) -> None:
        query.refused = next((table.refused for table in query.tables if table.refused), None)
        if query.refused is not None:
            return
        try:
            query.tree = self.inference.read(_with(query.tables, main), views)
        except (SqlglotError, RecursionError, ValueError) as e:
            query.refused = Refused(str(e), None)

    def _table(self, name: str, body: str, earlier: list[Table], views: Collection[str]) -> Table:
        read = [table for table in earlier if table.name.strip('"`').lower() in body.lower()]
        key = (name, body, tuple(id(table) for table in read))
        table = self._tables.get(key)
        if table is None:
            whole = {other: text for one in read for other, text in one.whole.items()}
            table = self._tables[key] = Table(name, {**whole, name: body})
            self._read_table(table, read, views)
        return table

    def _read_table(self, table: Table, read: list[Table], views: Collection[str]) -> None:
        table.refused = next((one.refused for one in read if one.refused), None)
        if table.refused is not None:
            return
        body = table.whole[table.name]
        main = f"SELECT 1 AS one FROM {table.name}"
        try:
            table.tree = self.inference.read(_with(read, main, (table.name, body)), views)
        except (SqlglotError, RecursionError, ValueError) as e:
            table.refused = Refused(str(e), table.name)
            return
        table.stub = self.inference.stub(table.tree, len(self._tables))

    def _judge(self, one: Table | Query) -> None:
        if one.is_judged or one.refused is not None or one.tree is None:
            return
        one.is_judged = True
        try:
            self.inference.qualified(one.tree)
        except (SqlglotError, RecursionError, ValueError) as e:
            one.refused = Refused(str(e), one.name if isinstance(one, Table) else None)


def in_two(sql: str) -> tuple[str, str]:
    """The derived tables, and the query itself. Every line of a table's body is indented."""
    end = sql.find("\n)\n") + len("\n)\n") if sql.startswith("WITH ") else 0
    return sql[:end], sql[end:]


def bodies(before: str) -> dict[str, str]:
    """Name → query of the derived tables."""
    lines = before.splitlines()
    heads = [number for number, line in enumerate(lines) if _HEAD.fullmatch(line)]
    ends = [*heads, len(lines)][1:]
    return {
        _HEAD.sub(r"\1", lines[at]): "\n".join(lines[at + 1 : end - 1])
        for at, end in zip(heads, ends, strict=True)
    }


def _with(tables: list[Table], main: str, own: tuple[str, str] | None = None) -> str:
    is_whole = "unnest" in (own[1] if own else main).lower()
    texts: dict[str, str] = {}
    for table in tables:
        if is_whole or table.stub is None:
            texts |= table.whole
        else:
            texts[table.name] = table.stub
    if own is not None:
        texts[own[0]] = own[1]
    listed = ",\n".join(f"{name} AS (\n{body}\n)" for name, body in texts.items())
    return f"WITH {listed}\n{main}" if texts else main
