"""The finished comparison, as plain data."""

from __future__ import annotations

import msgspec


class Some(msgspec.Struct, frozen=True):
    """How many rows, and the ids of the first few."""

    count: int = 0
    ids: tuple[str, ...] = ()


class TypeDifference(msgspec.Struct, frozen=True):
    column: str
    ours: str
    theirs: str


class Example(msgspec.Struct, frozen=True):
    """One row's two values, as text; None is NULL."""

    id: str
    ours: str | None
    theirs: str | None


class ValueDifference(msgspec.Struct, frozen=True):
    column: str
    count: int
    """Rows of both sides whose values differ."""
    examples: tuple[Example, ...]


class TableReport(msgspec.Struct, frozen=True):
    """One table within the window. `ours` = `both` + `only_ours`, and `theirs` likewise."""

    table: str
    ours: int
    theirs: int
    both: int = 0
    only_ours: Some = Some()
    only_theirs: Some = Some()
    repeated_ours: int = 0
    """Rows that repeat an id; of each id one row is compared."""
    repeated_theirs: int = 0
    columns_only_ours: dict[str, int] = {}
    """With the number of rows in which there is a value."""
    columns_only_theirs: dict[str, int] = {}
    types: tuple[TypeDifference, ...] = ()
    values: tuple[ValueDifference, ...] = ()
    note: str | None = None
    """What could not be compared, and why."""

    @property
    def differences(self) -> int:
        """Kinds of difference. A column that only one side has counts where it holds anything."""
        return (
            bool(self.only_ours.count)
            + bool(self.only_theirs.count)
            + sum(1 for count in self.columns_only_ours.values() if count)
            + sum(1 for count in self.columns_only_theirs.values() if count)
            + len(self.types)
            + len(self.values)
        )


class Report(msgspec.Struct, frozen=True):
    """One source's tables."""

    source_id: str
    ours: str
    """Our schema."""
    theirs: str
    """Their database and schema."""
    since: str | None
    """RFC 3339; rows that either side received from here on …"""
    until: str | None
    """… and up to here were compared."""
    ignored: tuple[str, ...]
    tables: tuple[TableReport, ...]

    @property
    def differences(self) -> int:
        return sum(table.differences for table in self.tables)

    @property
    def is_same(self) -> bool:
        """Whether there was something to compare, and nothing differs."""
        return self.differences == 0 and any(table.both for table in self.tables)
