"""What tells the rows of a view apart, and which measures need to know.

A key is NULL exactly where a joined row is missing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from mainstem.query.dialects.aggregates import ROW_NUMBER
from mainstem.semantics.model import MeasureType

if TYPE_CHECKING:
    from mainstem.query.dialects import Dialect
    from mainstem.query.plan import Aggregate, Joined

_COLUMN = re.compile(r'[\w"`]+\.[\w"`]+')
ADDING = frozenset({MeasureType.SUM, MeasureType.AVERAGE, MeasureType.MEDIAN, MeasureType.PERCENTILE})
"""Types that a repeated row changes, but for counts."""
DISTINCT = {
    MeasureType.SUM_DISTINCT: MeasureType.SUM,
    MeasureType.AVERAGE_DISTINCT: MeasureType.AVERAGE,
    MeasureType.MEDIAN_DISTINCT: MeasureType.MEDIAN,
    MeasureType.PERCENTILE_DISTINCT: MeasureType.PERCENTILE,
}
"""Types that take each value of a key once, and what they then are."""


class Keys:
    """The keys of one query; notes in `numbered` the views whose rows have to be numbered for it."""

    def __init__(self, joined: Joined, dialect: Dialect) -> None:
        self.numbered: set[str] = set()
        self._joined = joined
        self._dialect = dialect

    def of(self, part: Aggregate) -> str:
        """The primary key, or the number of the row."""
        if part.primary_key is not None:
            return part.primary_key
        self.numbered.add(part.alias)
        return f"{self._dialect.name(part.alias)}.{ROW_NUMBER}"

    def once(self, part: Aggregate) -> str | None:
        """The key each value counts once for; None where no row is repeated, or where that does no harm."""
        if part.type in DISTINCT:
            return part.distinct_key or self.of(part)
        if part.type in ADDING and self.is_repeated(self._valued(part)):
            return self.of(self._valued(part))
        return None

    def _valued(self, part: Aggregate) -> Aggregate:
        """As of the view whose rows the values are of: the one of those read of which each row has one row
        of every other. A price an order has, times a quantity of its items, is a value of each item."""
        read = {part.alias: part.primary_key, **dict(part.others)}
        for alias, key in read.items():
            finest = read.keys() - {alias} <= self._joined.ones.get(alias, frozenset())
            if finest and self._is_told_apart(alias, key):
                return msgspec.structs.replace(part, alias=alias, primary_key=key)
        return part

    def is_repeated(self, part: Aggregate) -> bool:
        """Of rows that nothing tells apart, as rows from a raw clause, it is not known."""
        return part.alias in self._joined.fanned_out and self._is_told_apart(part.alias, part.primary_key)

    def is_optional(self, part: Aggregate) -> bool:
        return part.alias in self._joined.optional and self._is_told_apart(part.alias, part.primary_key)

    def _is_told_apart(self, alias: str, key: str | None) -> bool:
        return key is not None or alias not in self._joined.unnumbered

    def value(self, part: Aggregate) -> str:
        """The SQL aggregated: NULL where the measure's filters do not hold, and where the joined row is
        missing, which `COALESCE(x, 0)` would not be. What counts once a key counts for no key as nothing."""
        sql = part.sql or ""
        key = self._present(part, sql)
        condition = " AND ".join(filter(None, (key and f"{key} IS NOT NULL", part.condition)))
        if part.type is MeasureType.COUNT_DISTINCT and condition:
            return ", ".join(when(condition, one) for one in listed(sql))
        return when(condition, sql)

    def _present(self, part: Aggregate, sql: str) -> str | None:
        """The key without which there is no value, where the value itself would not say so."""
        if part.type in DISTINCT and part.distinct_key:
            return part.distinct_key if part.distinct_key != sql else None
        return self.of(part) if self.is_optional(part) and not _COLUMN.fullmatch(sql) else None


def listed(sql: str) -> list[str]:
    """The expressions of a list: different pairs of values may be counted as well."""
    if "," not in sql:
        return [sql]
    found, depth, quote, begin = [], 0, "", 0
    for at, character in enumerate(sql):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"`":
            quote = character
        elif character == "," and depth == 0:
            found.append(sql[begin:at].strip())
            begin = at + 1
        else:
            depth += (character in "([") - (character in ")]")
    return [*found, sql[begin:].strip()]


def when(condition: str | None, sql: str) -> str:
    return f"CASE WHEN {condition} THEN {sql} END" if condition else sql
