"""Looking after a warehouse's files and history while everybody uses it: an optional power of a warehouse.

Promise: no method changes a row that anybody can read, now or at a snapshot that is kept. It decides nothing:
what is to be merged, forgotten or removed is said by who calls.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime, timedelta

    from mainstem.warehouse.contract import TableName


@dataclass(frozen=True)
class DataFile:
    """One file that a table consists of now."""

    id: int
    """Grows with every file that is written."""
    bytes: int
    rows: int
    """Written into it, deleted ones included."""
    deleted: int
    """Rows of it that are gone, as a file beside it says."""
    group: str
    """Files can be merged within a group alone: one partition, one structure of the table."""
    snapshot: int
    """In which its newest row came."""


@dataclass(frozen=True)
class TableFiles:
    name: TableName
    files: tuple[DataFile, ...]

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    @property
    def rows(self) -> int:
        """That can be read."""
        return sum(file.rows - file.deleted for file in self.files)


@dataclass(frozen=True)
class Snapshot:
    """Everything committed up to one moment."""

    id: int
    at: datetime


@dataclass(frozen=True)
class Leftovers:
    """Files that no table consists of any more and that are not removed yet."""

    files: int
    oldest: datetime | None
    """Since when the first of them is not needed."""
    reader_since: datetime | None
    """When the oldest transaction began that is open now; files it may read stay."""


class Upkeep(ABC):
    """Every method that changes something raises WarehouseBusy when another transaction was in the way, or
    the lock could not be had in time; then nothing has changed, and the same may succeed later."""

    @abstractmethod
    def tables(self) -> Sequence[TableFiles]:
        """Every table, ordered by name. Raises WarehouseBusy."""

    @abstractmethod
    def snapshots(self) -> Sequence[Snapshot]:
        """Every one that can be read, oldest first. Raises WarehouseBusy."""

    @abstractmethod
    def leftovers(self) -> Leftovers:
        """Raises WarehouseBusy."""

    @abstractmethod
    def merge(self, name: TableName, *, smallest: int, largest: int) -> None:
        """Put together the files of a table that hold at least `smallest` and less than `largest` bytes."""

    @abstractmethod
    def rewrite(self, name: TableName, files: Sequence[int]) -> None:
        """Write the rows of these files anew that are not deleted, into one. Those that have gone meanwhile
        are left out."""

    @abstractmethod
    def expire(self, snapshots: Sequence[int], protected: Callable[[], AbstractSet[int]]) -> int:
        """Forget snapshots, never those that `protected` names, which is asked under the lock, nor the
        newest. Returns how many it was."""

    @abstractmethod
    def clean_up(self, unused_for: timedelta, as_of: datetime) -> int:
        """Remove files that no kept snapshot needs since `unused_for` before `as_of`, or before the oldest
        reader began where that is earlier. Returns how many it was."""

    @abstractmethod
    def sweep(self, before: datetime) -> int:
        """Remove files that belong to nothing: writers that died left them. Those written after `before`
        may belong to a writer that still works. Returns how many it was."""

    @abstractmethod
    def close(self) -> None:
        """Give up every connection. Safe to call twice."""
