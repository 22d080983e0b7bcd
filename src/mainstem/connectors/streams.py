"""What a source offers: streams, each with the tables that its rows go to.

Columns are named as fivetran's packages expect them, so that they run on these tables as they are. Values
alone: nothing here reads or writes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping

Row: TypeAlias = "Mapping[str, Any]"
"""Values as JSON or Python has them, by column."""

_encode = msgspec.json.Encoder().encode
KEY = "_key"
"""The row's key as one text, of every table; what rows are found by."""
SYNCED = "_fivetran_synced"
"""When the row was last read: the name that packages for these sources look for."""
DELETED = "_fivetran_deleted"
"""Whether the source has it no more. The row stays."""
ADDED = {KEY: ColumnType.STRING, SYNCED: ColumnType.DATETIME, DELETED: ColumnType.BOOLEAN}
PSEUDONYM = "_pseudonym"
"""What the name of a column of addresses ends with where it holds their pseudonyms."""


class Deletes(StrEnum):
    """How a stream's deleted rows are known."""

    UNKNOWN = "unknown"
    """Not at all: rows stay as they were last seen."""
    TOLD = "told"
    """The source says which rows are gone; a full reading finds those it said nothing of."""
    LISTING = "listing"
    """Each reading lists every row: what two listings one after the other lack is gone."""


@dataclass(frozen=True)
class Table:
    name: str
    key: tuple[str, ...]
    """Columns that tell rows apart; none of them is ever null."""
    columns: Mapping[str, ColumnType] = field(default_factory=dict)
    """Those that the table has from the first row on. Others are added when a row brings them."""
    version: str = ""
    """The column that grows whenever a row changes: of two readings of a row the greater is kept."""
    owner: str = ""
    """Of rows that belong to another row (a ticket's tags): the column with that row's key. They are written
    all together: what an owner has no more is removed."""
    generation: str = ""
    """The column with the number of the reading that a row is of, where a source says which reading's rows
    alone stand."""
    history: bool = False
    """Whether rows of the past stay though the source lists them no more."""
    emails: tuple[str, ...] | None = None
    """Columns that hold an e-mail address; None for those named `email` or `…_email`."""

    pseudonymised: tuple[str, ...] = ()
    """Columns of which the pseudonym alone is kept."""

    def key_of(self, row: Row) -> str:
        """The key as one text. Raises KeyError for a row without it."""
        values = [row[column] for column in self.key]
        if any(value is None for value in values):
            raise KeyError(self.key)
        return key_text(values)

    def is_email(self, column: str) -> bool:
        """Whether it gets a pseudonym beside it."""
        if column in self.pseudonymised:
            return True
        if self.emails is not None:
            return column in self.emails
        return column == "email" or column.endswith("_email")


def key_text(values: list[Any]) -> str:
    """One value as it is written, several as a JSON list."""
    if len(values) == 1 and isinstance(values[0], str | int):
        return str(values[0])
    return _encode(values).decode()


@dataclass(frozen=True)
class Stream:
    """What is read in one go: has a position of its own, and succeeds or fails by itself."""

    name: str
    tables: tuple[Table, ...]
    deletes: Deletes = Deletes.UNKNOWN
    ranges: bool = False
    """Whether a range of time can be read by itself, for `--from` and `--to`."""

    def table(self, name: str) -> Table:
        return next(table for table in self.tables if table.name == name)
