"""Taking rows out of a warehouse for good: an optional power.

A row that is deleted can still be read at an older snapshot, and its values stand in files and statistics.
Here they are made to go. Nothing in this module knows whose rows they are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mainstem.warehouse.contract import TableName


@dataclass(frozen=True)
class Match:
    """Rows whose `column`, as text, is one of `values`."""

    column: str
    values: tuple[str, ...]
    folded: bool = False
    """Compare without surrounding space and case; `values` are in lower case then."""
    where_empty: str | None = None
    """Only rows in which this other column is NULL or empty."""


@dataclass(frozen=True)
class OldRows:
    """Rows that came before a moment."""

    column: str
    """Of moments."""
    before: datetime
    events: tuple[str, ...] = ()
    """Only rows whose `event` is one of these; all where there are none."""


@dataclass(frozen=True)
class Holds:
    """Rows whose `column`, as text, has one of `texts` in it."""

    column: str
    texts: tuple[str, ...]


Condition = Match | OldRows | Holds


@dataclass(frozen=True)
class Forgotten:
    """What was done so that nothing deleted can be read any more."""

    tables: int
    """Written anew without their deleted rows."""
    snapshots: int
    """Older ones that are gone."""
    files: int
    """Removed."""
    waiting: int
    """Files that a reader may still hold open; run again to remove them."""


class Erasing(ABC):
    """Every method raises WarehouseBusy when something else was in the way; then it may succeed later."""

    @abstractmethod
    def tables(self) -> Mapping[TableName, Sequence[str]]:
        """Every table, views left out, with all its columns."""

    @abstractmethod
    def rows(
        self, name: TableName, conditions: Sequence[Condition], columns: Sequence[str]
    ) -> Sequence[tuple[str | None, ...]]:
        """Distinct values, as text, of `columns` in the rows that meet any of `conditions`."""

    @abstractmethod
    def count(self, name: TableName, conditions: Sequence[Condition]) -> int:
        """How many rows meet any of `conditions`."""

    @abstractmethod
    def delete(
        self, conditions: Mapping[TableName, Sequence[Condition]], message: str
    ) -> Mapping[TableName, int]:
        """Delete the rows of each table that meet any of its conditions, all at once or none; how many it
        was, of tables that lost any. `message` is kept in the warehouse's history."""

    @abstractmethod
    def forget(self) -> Forgotten:
        """Make what was deleted unreadable: files without it, no older snapshot, no statistics of it.

        No snapshot but the newest is left, whoever may be shown another.
        """

    @abstractmethod
    def mentions(self, name: TableName, texts: Sequence[str]) -> int:
        """In how many rows one of `texts` stands by itself anywhere in any column, as text."""

    @abstractmethod
    def close(self) -> None:
        """Give up every connection. Safe to call twice."""
