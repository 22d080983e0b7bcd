"""What a dialect says in its own words. Standard SQL is the default; a dialect overrides what differs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.query.dialects.aggregates import Aggregates
from mainstem.query.dialects.functions import Functions
from mainstem.query.dialects.times import Times

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED_WORDS = (
    "all analyze and any array as asc both by case cast check collate column constraint create cross "
    "current date default desc distinct do else end except exists false fetch for foreign from full grant "
    "group having ilike in increment inner intersect interval into is join lateral leading left like "
    "limit minus natural not null offset on only or order outer over pivot placing primary qualify range "
    "references regexp returning right rlike rows sample select set some start summarize symmetric table "
    "then time timestamp to trailing trigger true tablesample union unique unpivot update user using "
    "values view when where window with "
)
_RESERVED = frozenset(_RESERVED_WORDS.split())


class Dialect(Aggregates, Functions, Times):
    quote = '"'
    parsed_as: str
    """sqlglot's name of it."""
    text_type = "VARCHAR"
    float_type = "DOUBLE"

    def name(self, identifier: str) -> str:
        """An identifier; quoted only where it must be, for people read this, and SQL that people write names
        views as they are written, without quotes."""
        plain = _PLAIN.fullmatch(identifier) and identifier.lower() not in _RESERVED
        return identifier if plain else self.quoted(identifier)

    def quoted(self, identifier: str) -> str:
        return f"{self.quote}{identifier.replace(self.quote, self.quote * 2)}{self.quote}"

    def text(self, value: str) -> str:
        """A text literal."""
        return "'" + value.replace("'", "''") + "'"

    def members(self, values: Sequence[str]) -> str:
        """What stands after IN for many texts."""
        return f"({', '.join(map(self.text, values))})" if values else "(SELECT '' WHERE 1 = 0)"

    def number(self, value: Decimal) -> str:
        return f"{value:f}"

    def like(self, sql: str, pattern: str, case_sensitive: bool = True) -> str:
        """`pattern` escapes with `^`."""
        return f"{sql} {'LIKE' if case_sensitive else 'ILIKE'} {self.text(pattern)} ESCAPE '^'"

    def as_text(self, sql: str) -> str:
        return f"CAST({sql} AS {self.text_type})"

    def as_float(self, sql: str) -> str:
        return f"CAST({sql} AS {self.float_type})"
