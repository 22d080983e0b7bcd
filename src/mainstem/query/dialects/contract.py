"""What a dialect says in its own words. Standard SQL is the default; a dialect overrides what differs."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.dialects.aggregates import Aggregates
from mainstem.semantics.model import Datatype, Timeframe

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
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


class Dialect(Aggregates, ABC):
    quote = '"'

    @abstractmethod
    def text_of(self, sql: str, pattern: str) -> str:
        """A date or time as text; the pattern is in strftime's letters, of which %Y and %m are used."""

    def name(self, identifier: str) -> str:
        """An identifier; quoted only where it must be, for people read this."""
        plain = _PLAIN.fullmatch(identifier) and identifier not in _RESERVED
        return identifier if plain else self.quoted(identifier)

    def quoted(self, identifier: str) -> str:
        return f"{self.quote}{identifier.replace(self.quote, self.quote * 2)}{self.quote}"

    def text(self, value: str) -> str:
        """A text literal."""
        return "'" + value.replace("'", "''") + "'"

    def number(self, value: Decimal) -> str:
        return f"{value:f}"

    def moment(self, value: datetime, datatype: Datatype) -> str:
        """A literal to compare a column of that datatype with; `value` is naive."""
        if datatype is Datatype.DATE and value == value.replace(hour=0, minute=0, second=0, microsecond=0):
            return f"DATE '{value:%Y-%m-%d}'"
        return f"TIMESTAMP '{value:%Y-%m-%d %H:%M:%S}'"

    def like(self, sql: str, pattern: str) -> str:
        """`pattern` escapes with `^`."""
        return f"{sql} LIKE {self.text(pattern)} ESCAPE '^'"

    def timeframe(self, sql: str, timeframe: Timeframe, datatype: Datatype) -> str:
        """A column as one timeframe shows it: dates and times stay what they are, month and quarter become
        the text Looker shows, year a number."""
        match timeframe:
            case Timeframe.RAW:
                return sql
            case Timeframe.DATE:
                return sql if datatype is Datatype.DATE else f"CAST({sql} AS DATE)"
            case Timeframe.TIME:
                return f"DATE_TRUNC('second', {sql})"
            case Timeframe.HOUR:
                return f"DATE_TRUNC('hour', {sql})"
            case Timeframe.WEEK:
                return f"CAST(DATE_TRUNC('week', {sql}) AS DATE)"
            case Timeframe.MONTH:
                return self.text_of(sql, "%Y-%m")
            case Timeframe.QUARTER:
                return f"{self.text_of(sql, '%Y')} || '-Q' || EXTRACT(QUARTER FROM {sql})"
            case Timeframe.YEAR:
                return f"EXTRACT(YEAR FROM {sql})"
            case _:
                raise QueryError(f"timeframe {timeframe} is not supported yet")
