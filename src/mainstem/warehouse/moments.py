"""A warehouse at two moments at once, and between them tables that are put together from both.

What is put in the place of a table is what every statement reads by that table's name, so that a question's
own SQL can be asked of a state that never was. Nothing of it is written to the warehouse.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

Moment = Literal["then", "now"]


class Moments(ABC):
    """Used by one thread. Relations are `schema.table` in small letters."""

    @abstractmethod
    def columns(self, moment: Moment, relation: str) -> Mapping[str, str] | None:
        """Column → type, as the warehouse spells it, of a table; None where there is no such table then."""

    @abstractmethod
    def name(self, moment: Moment, relation: str) -> str:
        """SQL that names a table as it was at that moment."""

    @abstractmethod
    def is_same(self, relation: str) -> bool:
        """Whether nothing happened to a table between the moments. False where that is not known."""

    @abstractmethod
    def came(self, relation: str) -> str | None:
        """SELECT of the rows that came, of a table to which nothing else happened; None of any other, and
        where it is not known."""

    @abstractmethod
    def put(self, relation: str, sql: str, *, kept: bool = False) -> None:
        """Let `relation` be the rows of a query from now on; `kept`: those it has now, worked out once.

        Raises QueryError for one that is not valid."""

    @abstractmethod
    def query(self, sql: str) -> pa.Table:
        """Run one SELECT on what was put. Raises as `Warehouse.query`."""

    @abstractmethod
    def close(self) -> None: ...
