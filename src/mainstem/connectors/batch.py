"""What was read since the last commit, as it will be written: each row once, whatever pages repeated.

Pure but for memory: pages go in, tables of Arrow and what has to change about the warehouse's come out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from mainstem.connectors.streams import ADDED, DELETED, KEY, PSEUDONYM, SYNCED
from mainstem.connectors.values import MISFIT, PLAIN, fitted, type_of, variant
from mainstem.errors import ApiRefused, ConfigError
from mainstem.warehouse import ColumnType
from mainstem.warehouse.arrow import ARROW_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from mainstem.connectors.contract import Page, Position, SchemaChange
    from mainstem.connectors.streams import Row, Stream, Table

Columns = dict[str, ColumnType]


@dataclass
class TableBatch:
    """Rows of one table, by key."""

    table: Table
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    owners: set[str] = field(default_factory=set)
    columns: Columns = field(default_factory=dict)
    """Types that pages told of."""

    def add(self, row: Row) -> None:
        try:
            key = self.table.key_of(row)
        except KeyError:
            raise ApiRefused(
                f"a row of {self.table.name} lacks its key ({', '.join(self.table.key)}); "
                f"it has {', '.join(sorted(row))}",
                200,
            ) from None
        held = self.rows.get(key)
        if held is None or not self._is_older(row, held):
            self.rows[key] = {KEY: key, **row, DELETED: bool(row.get(DELETED, False))}
            self.gone.discard(key)

    def remove(self, row: Row) -> None:
        """The source has it no more; a row that came just now keeps what it held."""
        key = self.table.key_of(row)
        if key in self.rows:
            self.rows[key][DELETED] = True
        else:
            self.gone.add(key)

    def _is_older(self, row: Row, held: Row) -> bool:
        version = self.table.version
        if not version or row.get(version) is None or held.get(version) is None:
            return False
        return bool(row[version] < held[version])


class Batch:
    """Of one stream."""

    def __init__(self, stream: Stream) -> None:
        self.tables = {table.name: TableBatch(table) for table in stream.tables}
        self.position: Position | None = None
        self.changes: list[SchemaChange] = []
        self.rows = 0

    def add(self, page: Page) -> None:
        """Raises ApiRefused for a row without its key."""
        for name, rows in page.rows.items():
            for row in rows:
                self.tables[name].add(row)
            self.rows += len(rows)
        for name, rows in page.gone.items():
            for row in rows:
                self.tables[name].remove(row)
            self.rows += len(rows)
        for name, owners in page.owners.items():
            self.tables[name].owners.update(map(str, owners))
        for name, columns in page.columns.items():
            self.tables[name].columns.update(columns)
        self.changes += page.changes
        if page.position is not None:
            self.position = page.position


@dataclass(frozen=True)
class Shaped:
    """Rows of one table as Arrow, and the columns that the warehouse's table lacks for them."""

    rows: pa.Table
    missing: Columns
    variants: frozenset[str]
    """Of `missing`, those for values that did not fit."""


def shaped(
    table: Table,
    rows: Iterable[Mapping[str, Any]],
    held: Mapping[str, ColumnType] | None,
    synced: datetime,
    pseudonym: Callable[[str], str] | None,
    *,
    keep_emails: bool = True,
    told: Mapping[str, ColumnType] | None = None,
) -> Shaped:
    """Rows as the table takes them. `held` are its columns, None where there is no table yet; `told` are
    types that reading told of. Raises ConfigError for pseudonyms without a key."""
    found = list(rows)
    columns: Columns = {**ADDED, **table.columns, **(told or {}), **(held or {})}
    declared = dict(columns)
    values: dict[str, list[Any]] = {}
    variants: set[str] = set()
    for number, row in enumerate(found):
        for name, value in _with_pseudonyms(table, row, pseudonym, keep_emails).items():
            if value is None:
                continue
            kind = columns.get(name)
            if kind is None:
                kind = columns[name] = type_of(value)
            fit = value if type(value) is PLAIN.get(kind) else fitted(kind, value)
            if fit is MISFIT:
                name, kind = variant(name, value)
                variants.add(name)
                fit = fitted(columns.setdefault(name, kind), value)
            if name not in values:
                values[name] = [None] * len(found)
            values[name][number] = fit
    values[SYNCED] = [synced] * len(found)
    if pseudonym is not None:
        for name in [name for name in columns if table.is_email(name)]:
            columns.setdefault(name + PSEUDONYM, ColumnType.STRING)
    missing = {name: kind for name, kind in columns.items() if held is None or name not in held}
    arrow = pa.table(
        {
            name: pa.array(values.get(name, [None] * len(found)), ARROW_TYPES[kind])
            for name, kind in columns.items()
        }
    )
    return Shaped(arrow, missing, frozenset(variants - declared.keys()))


def _with_pseudonyms(
    table: Table, row: Mapping[str, Any], pseudonym: Callable[[str], str] | None, keep_emails: bool
) -> Mapping[str, Any]:
    emails = {
        name: row[name]
        for name in (
            filter(table.is_email, row) if table.emails is None else (*table.emails, *table.pseudonymised)
        )
        if isinstance(row.get(name), str)
    }
    if not emails:
        return row
    if pseudonym is None and table.pseudonymised:
        raise ConfigError(
            "[privacy]",
            f"lacks a key, and {', '.join(table.pseudonymised)} of {table.name} are kept as pseudonyms alone",
            'key = "file:privacy.key"; `mainstem privacy key privacy.key` makes one',
        )
    changed = dict(row)
    for name, value in emails.items():
        if pseudonym is not None and value.strip():
            changed[name + PSEUDONYM] = pseudonym(value)
        if not keep_emails or name in table.pseudonymised:
            changed[name] = None
    return changed
