"""How each table is read: which columns, by which key, by what its changes are known. Pure.

What the settings name and the database does not have is refused with what there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NoReturn, TypeVar

from mainstem.connectors.plain_names import plain_name, plain_names
from mainstem.connectors.postgres.types import Mapped, mapped
from mainstem.connectors.streams import Deletes, Stream, Table
from mainstem.errors import ConfigError
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mainstem.connectors.postgres.catalog import FoundColumn, FoundTable
    from mainstem.connectors.postgres.settings import PostgresSettings

T = TypeVar("T")
ROW_ID = "_fivetran_id"
"""Key of a table without one: a digest of the row, as fivetran names it."""
_STORED = ("r", "p")
_MOMENTS = ("timestamptz", "timestamp", "date")
_NUMBERS = ("int2", "int4", "int8")


class Method(StrEnum):
    CURSOR = "cursor"
    XMIN = "xmin"
    WHOLE = "whole"


@dataclass(frozen=True)
class PlannedColumn:
    source: FoundColumn
    column: str
    mapped: Mapped


@dataclass(frozen=True)
class TablePlan:
    source: FoundTable
    name: str
    columns: tuple[PlannedColumn, ...]
    key: tuple[PlannedColumn, ...]
    """Empty for a table without one."""
    method: Method
    cursor: PlannedColumn | None
    pseudonymised: tuple[str, ...]

    @property
    def is_by_time(self) -> bool:
        return self.cursor is not None and self.cursor.source.found.name in _MOMENTS

    @property
    def stream(self) -> Stream:
        columns = {one.column: one.mapped.kind for one in self.columns}
        key = tuple(one.column for one in self.key) or (ROW_ID,)
        if not self.key:
            columns = {ROW_ID: ColumnType.STRING, **columns}
        table = Table(self.name, key, columns, pseudonymised=self.pseudonymised)
        deletes = Deletes.LISTING if self.method is Method.WHOLE else Deletes.TOLD
        return Stream(self.name, (table,), deletes, ranges=self.is_by_time)

    @property
    def told(self) -> str:
        """In words, for who asks how it is read."""
        key = ", ".join(one.source.name for one in self.key) or "a digest of the row"
        match self.method:
            case Method.CURSOR if self.cursor is not None:
                slow = "" if self.cursor.source.is_indexed else ", which has no index: each run reads it all"
                return f"by {self.cursor.source.name}{slow}; key {key}"
            case Method.XMIN:
                return f"by xmin, for which each run looks at the whole table; key {key}"
            case _:
                return f"whole each time; key {key}"


class Planner:
    """Raises ConfigError at `where` for settings that this database cannot be read by."""

    def __init__(self, settings: PostgresSettings, where: str) -> None:
        self._settings = settings
        self._where = where

    def plans(self, found: Sequence[FoundTable]) -> list[TablePlan]:
        """Of every table that is wanted and may be read at all."""
        self._check_names(found)
        plans = [self._plan(one) for one in found if self.is_wanted(one) and self._readable(one)]
        names: dict[str, FoundTable] = {}
        for plan in plans:
            other = names.setdefault(plan.name, plan.source)
            if other is not plan.source:
                self._refuse("tables", f"{other} and {plan.source} would both be {plan.name}; leave one out")
        return plans

    def is_wanted(self, table: FoundTable) -> bool:
        names = _spellings(table)
        if _matches(names, self._settings.without_tables):
            return False
        if table.form in _STORED:
            return not self._settings.tables or _matches(names, self._settings.tables)
        return any(name in self._settings.tables for name in names)

    def _readable(self, table: FoundTable) -> list[FoundColumn]:
        if not table.may_enter:
            return []
        only = self._of(table, self._settings.columns)
        return [
            one
            for one in table.columns
            if one.may_be_read
            and (only is None or one.name in only)
            and not _matches(_columns(table, one.name), self._settings.without_columns)
        ]

    def _plan(self, table: FoundTable) -> TablePlan:
        readable = self._readable(table)
        try:
            names = plain_names(one.name for one in readable)
        except ValueError as e:
            self._refuse("without_columns", f"in {table}, {e}; leave one out")
        planned = {
            one.name: PlannedColumn(one, names[one.name], mapped(one.found, self._settings.time_zone))
            for one in readable
        }
        key = self._key(table, planned)
        method, cursor = self._method(table, planned, has_key=bool(key))
        hidden = tuple(
            one.column
            for one in planned.values()
            if _matches(_columns(table, one.source.name), self._settings.pseudonymise)
        )
        for one in key:
            if one.column in hidden:
                self._refuse(
                    "pseudonymise", f"{table}.{one.source.name} is of the key, which is kept as it is"
                )
        return TablePlan(
            table, table_name(table.schema, table.name), tuple(planned.values()), key, method, cursor, hidden
        )

    def _key(self, table: FoundTable, planned: dict[str, PlannedColumn]) -> tuple[PlannedColumn, ...]:
        wanted = self._of(table, self._settings.keys)
        if wanted is not None:
            for name in wanted:
                self._check_column("keys", table, name, planned)
            return tuple(planned[name] for name in wanted)
        if all(name in planned for name in table.key):
            return tuple(planned[name] for name in table.key)
        return ()

    def _method(
        self, table: FoundTable, planned: dict[str, PlannedColumn], *, has_key: bool
    ) -> tuple[Method, PlannedColumn | None]:
        wanted = self._of(table, self._settings.cursors)
        if wanted and not has_key:
            self._refuse("cursors", f"{table} has no key to read changes by; name one in keys")
        if wanted == "xmin" and table.form not in _STORED:
            self._refuse("cursors", f"{table} is no table, and has no xmin")
        if wanted == "xmin" and not table.may_be_read:
            self._refuse("cursors", f"{table} has an xmin for those alone who may read all of it")
        if wanted == "" or not has_key:
            return Method.WHOLE, None
        if wanted and wanted != "xmin":
            self._check_column("cursors", table, wanted, planned)
            if planned[wanted].source.found.name not in (*_MOMENTS, *_NUMBERS):
                self._refuse("cursors", f"{table}.{wanted} holds neither moments nor whole numbers")
            return Method.CURSOR, planned[wanted]
        for name in self._settings.cursor if wanted is None else ():
            column = planned.get(name)
            if column and column.source.found.name in _MOMENTS and column.source.is_never_null:
                return Method.CURSOR, column
        has_xmin = table.form in _STORED and table.may_be_read
        return (Method.XMIN, None) if has_xmin else (Method.WHOLE, None)

    def _of(self, table: FoundTable, by_table: dict[str, T]) -> T | None:
        return next((by_table[name] for name in _spellings(table) if name in by_table), None)

    def _check_names(self, found: Sequence[FoundTable]) -> None:
        """Whatever is named without `*` is there."""
        known = {name for table in found for name in _spellings(table)}
        shown = ", ".join(str(table) for table in found) or "none"
        for setting in ("tables", "columns", "keys", "cursors"):
            for name in getattr(self._settings, setting):
                if "*" not in name and name not in known:
                    self._refuse(setting, f"there is no table {name!r}; there are {shown}")

    def _check_column(self, setting: str, table: FoundTable, name: str, planned: Iterable[str]) -> None:
        if name not in planned:
            self._refuse(setting, f"{table} has no column {name!r} that is read; it has {', '.join(planned)}")

    def _refuse(self, setting: str, problem: str) -> NoReturn:
        raise ConfigError(f"{self._where} {setting}", problem)


def named_tables(settings: PostgresSettings) -> tuple[str, ...]:
    """Of the tables that the settings name in full."""
    plain = [name for name in settings.tables if not set(name) & set("*?[")]
    return tuple(
        table_name(*_parts(name)) for name in plain if not _matches((name,), settings.without_tables)
    )


def table_name(schema: str, name: str) -> str:
    return plain_name(name if schema == "public" else f"{schema}_{name}")


def _parts(name: str) -> tuple[str, str]:
    schema, dot, table = name.partition(".")
    return (schema, table) if dot else ("public", name)


def _spellings(table: FoundTable) -> tuple[str, ...]:
    return (str(table), table.name) if table.schema == "public" else (str(table),)


def _columns(table: FoundTable, column: str) -> tuple[str, ...]:
    return tuple(f"{name}.{column}" for name in _spellings(table))


def _matches(names: Sequence[str], patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
