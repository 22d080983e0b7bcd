"""A query to begin with, for people to copy. Nothing here is run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.operate.catalogue.entries import EventEntry, PropertyEntry
    from mainstem.warehouse import Capabilities

_MOST_COLUMNS = 12
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_RESERVED = frozenset({"all", "and", "as", "case", "desc", "end", "from", "group", "limit", "order", "select",
                       "table", "then", "to", "user", "when", "where", "with"})  # fmt: skip


def first_query(capabilities: Capabilities, event: EventEntry, own: Sequence[PropertyEntry]) -> str:
    """The newest rows of an event with its first properties."""
    listed = ["received_at", *(one.column_name for one in own[:_MOST_COLUMNS])]
    columns = ",\n  ".join(_name(capabilities, column) for column in listed)
    parts = [capabilities.catalog, event.namespace, event.table_name]
    table = ".".join(_name(capabilities, part) for part in parts if part)
    return f"SELECT\n  {columns}\nFROM {table}\nORDER BY received_at DESC\nLIMIT 100;"  # shown, not run


def _name(capabilities: Capabilities, name: str) -> str:
    plain = _PLAIN.fullmatch(name) and name not in _RESERVED
    return name if plain else capabilities.quoted(name)
