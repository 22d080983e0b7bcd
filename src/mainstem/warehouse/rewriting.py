"""Putting new rows in the place of standing ones, at once: an optional power of a warehouse.

Readers see the old rows until the transaction is committed, and the new ones from then on. What the new rows
are is none of its business.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from mainstem.warehouse.contract import TableName, Transaction, Warehouse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime


class RewritingTransaction(Transaction):
    """A transaction that may drop tables and move rows between them."""

    @abstractmethod
    def drop_table(self, name: TableName) -> None:
        """The table must exist."""

    @abstractmethod
    def drop_namespace(self, namespace: str) -> None:
        """With every table in it. One that does not exist is not missed."""

    @abstractmethod
    def delete_between(
        self, name: TableName, column: str, begin: datetime | None, end: datetime | None
    ) -> int:
        """Delete the rows whose `column` is at or after `begin` and before `end`; all, with neither. Returns
        how many there were."""

    @abstractmethod
    def copy(self, source: TableName, target: TableName, columns: Sequence[str]) -> None:
        """Append the rows of `source` to `target`, by the names of `columns`, which both have."""


class RewritingWarehouse(Warehouse):
    """A warehouse whose tables can be rewritten."""

    @abstractmethod
    def namespaces(self) -> tuple[str, ...]:
        """Every namespace there is, sorted."""

    @abstractmethod
    def rewriting(self, message: str) -> AbstractContextManager[RewritingTransaction]:
        """A transaction as `transaction(ddl=True)` opens it, during which the loader commits nothing.

        So what it reads of the loader's own tables is true until it ends. Raises as `transaction`.
        """
