"""The tables that are being made anew, beside those that stand: a namespace of their own for each.

They take the loader's own plans; only the names differ. Nobody reads them before they take the others' place,
and what a rebuild that was killed has left behind, the next one removes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mainstem.load.perform import perform
from mainstem.load.plan import AddColumns, AppendRows, CreateTable, MergeUsers
from mainstem.warehouse import ColumnType, TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mainstem.load.plan import Step
    from mainstem.warehouse import Capabilities, Transaction

PREFIX = "mainstem_rebuild_"


def staging_name(name: TableName) -> TableName:
    return TableName(PREFIX + name.namespace, name.table)


class Staging:
    """What has been made so far.

    A whole rebuild begins with no tables, so that columns come to be as they came when events were loaded.
    One of a range begins with the columns that stand, whose types have decided what became of each value.
    """

    def __init__(
        self,
        standing: Callable[[str], Mapping[str, Mapping[str, ColumnType]]],
        *,
        is_range: bool,
        takes: Callable[[TableName], bool],
    ) -> None:
        """`takes` says which tables are made; rows of others are planned and dropped."""
        self._standing = standing
        self._is_range = is_range
        self._takes = takes
        self._structure: dict[str, dict[str, dict[str, ColumnType]]] = {}
        self.tables: dict[TableName, dict[str, ColumnType]] = {}
        """By the names they will have: each with its columns."""

    def structure(self, namespace: str) -> Mapping[str, Mapping[str, ColumnType]]:
        """What plans are made with."""
        if namespace not in self._structure:
            found = self._standing(namespace) if self._is_range else {}
            self._structure[namespace] = {table: dict(columns) for table, columns in found.items()}
        return self._structure[namespace]

    def perform(
        self, steps: Iterable[Step], transaction: Transaction, capabilities: Capabilities
    ) -> Mapping[TableName, dict[str, ColumnType]]:
        """Returns what `settle` is to be called with once the transaction is committed."""
        made = {name: dict(columns) for name, columns in self.tables.items()}
        perform(list(self._staged(steps, made)), transaction, capabilities)
        return made

    def settle(self, made: Mapping[TableName, dict[str, ColumnType]]) -> None:
        self.tables = dict(made)

    def _staged(self, steps: Iterable[Step], made: dict[TableName, dict[str, ColumnType]]) -> Iterator[Step]:
        for step in steps:
            if isinstance(step, CreateTable | AddColumns):
                table = self._structure.setdefault(step.name.namespace, {}).setdefault(step.name.table, {})
                table.update(step.columns)
            elif self._takes(step.name):
                stands = step.name in made
                yield from self._prepared(step.name, made)
                name = staging_name(step.name)
                if isinstance(step, MergeUsers):
                    yield replace(step, name=name, stands=stands)
                else:
                    yield replace(step, name=name)

    def _prepared(self, name: TableName, made: dict[TableName, dict[str, ColumnType]]) -> Iterator[Step]:
        columns = self._structure[name.namespace][name.table]
        standing = made.get(name)
        missing = {column: kind for column, kind in columns.items() if column not in (standing or {})}
        if standing is None:
            yield CreateTable(staging_name(name), missing)
        elif missing:
            yield AddColumns(staging_name(name), missing)
        made[name] = dict(columns)


def has_rows(step: Step) -> bool:
    """Whether a step brings rows, or is about structure alone."""
    return not isinstance(step, AppendRows) or bool(step.rows or step.columnar)
