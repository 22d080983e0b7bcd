"""RudderStack's naming: from what people call things to identifiers a warehouse takes.

A name goes through two steps. *Transforming* makes snake case of it; a name that neither holds an ASCII
letter or digit nor begins with an underscore becomes "" and is dropped by the caller. *Making safe* fits the
result to the warehouse: case, length, reserved words. Both are pure; `Naming` remembers results, because a
source sends the same keys for ever.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mainstem.events import snake_case

if TYPE_CHECKING:
    from mainstem.load.schema.provider import Provider

_LONGEST = 127
_REMEMBERED = 16_384
"""Names kept per cache: more than the columns of any sane source, bounded against insane ones."""

_ISOLATED_TABLES = frozenset({"identifies", "users"})
_CREATED_TABLES = _ISOLATED_TABLES | {"accounts", "aliases", "groups", "pages", "screens", "tracks"}


def transformed(name: str, *, divide_numbers: bool = False) -> str:
    """The snake case of `name` with its leading underscores kept; "" when nothing of it remains."""
    snake = snake_case(name, divide_numbers=divide_numbers)
    leading = name[: len(name) - len(name.lstrip("_"))]
    return _not_a_digit(leading + snake)


def blendo_column(name: str) -> str:
    """The older casing of `useBlendoCasing`: letters as they are, everything odd an underscore.

    A character that takes two units in UTF-16 becomes two of them.
    """
    column = re.sub(r"[^A-Za-z0-9_\\$]", lambda odd: "__" if odd[0] > "\uffff" else "_", name)
    if not re.match(r"[A-Za-z_]", column):
        column = f"_{column}"
    return column.lower()


def namespace(name: str, provider: Provider) -> str:
    """The schema that holds the tables of the source called `name`."""
    snake = snake_case(name) or "stringempty"
    return safe(_not_a_digit(snake), provider)


def safe(name: str, provider: Provider, *, escape_reserved: bool = True) -> str:
    """`name` in the provider's case, cut to its length, with `_` before a word it reserves."""
    name = provider.cased(name)
    if provider.cut is not None:
        name = name[: provider.cut]
    if escape_reserved and name.upper() in provider.reserved:
        name = f"_{name}"
    return name[:_LONGEST]


def _not_a_digit(name: str) -> str:
    return f"_{name}" if name[:1].isdigit() else name


class Naming:
    """Names of one destination: a provider with a choice of casing."""

    def __init__(
        self,
        provider: Provider,
        *,
        divide_numbers: bool = False,
        blendo: bool = False,
        escape_reserved: bool = True,
    ) -> None:
        self._provider = provider
        self._divide = divide_numbers
        self._blendo = blendo
        self._escape = escape_reserved
        self.column = lru_cache(_REMEMBERED)(self._column)
        self.standard = lru_cache(_REMEMBERED)(self._safe)

    def _safe(self, name: str) -> str:
        return safe(name, self._provider, escape_reserved=self._escape)

    def _column(self, key: str) -> str:
        """The column of a flattened key; "" where the key has no legal name and is dropped."""
        name = blendo_column(key) if self._blendo else transformed(key, divide_numbers=self._divide)
        return self._safe(name) if name else ""

    def event(self, name: str) -> str:
        """What the `event` column holds for an event called `name`.

        Blendo's casing keeps every character but NUL, which no identifier of any database can hold.
        """
        if self._blendo:
            return name.replace("\0", "").strip().lower()
        return transformed(name, divide_numbers=self._divide)

    def event_table(self, event: str) -> str:
        """The table of an event, from its `event` value; "" where no letter or digit of it remains.

        Never `identifies` or `users`, and none of the other tables made for every source either, unless the
        event asks that words be not escaped and the provider heeds that for its tables.
        """
        table = self.column(event)
        escapes = self._escape or self._provider.keeps_created_tables
        return f"_{table}" if table.lower() in (_CREATED_TABLES if escapes else _ISOLATED_TABLES) else table
