"""Postgres, from 14 on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.dialects.aggregates import JsonAggregates
from mainstem.query.dialects.contract import Dialect
from mainstem.query.dialects.patterns import to_char_pattern
from mainstem.query.dialects.times import MONTHS, SECONDS

if TYPE_CHECKING:
    from mainstem.query.dialects.times import Part, Unit
    from mainstem.semantics.model import Interval


class Postgres(JsonAggregates, Dialect):
    parsed_as = "postgres"
    text_type = "TEXT"
    float_type = "DOUBLE PRECISION"

    def text_of(self, sql: str, pattern: str) -> str:
        return f"TO_CHAR({sql}, '{to_char_pattern(pattern)}')"

    def year_and_quarter(self, sql: str) -> str:
        return f"TO_CHAR({sql}, 'YYYY-\"Q\"Q')"

    def part_named(self, name: str, sql: str) -> str:
        """EXTRACT gives a NUMERIC since 14."""
        return f"CAST(EXTRACT({name} FROM {sql}) AS INTEGER)"

    def part(self, part: Part, sql: str) -> str:
        """Seconds have a fraction, which a cast would round."""
        if part == "second":
            return f"CAST(TRUNC(EXTRACT(SECOND FROM {sql})) AS INTEGER)"
        return self.part_named(part.upper(), sql)

    def rounded(self, number: str, decimals: str) -> str:
        """Only a NUMERIC is rounded to decimals."""
        return f"ROUND(CAST({number} AS NUMERIC), {self.whole(decimals)})"

    def remainder(self, number: str, divisor: str) -> str:
        return f"MOD(CAST({number} AS NUMERIC), CAST({divisor} AS NUMERIC))"

    def whole(self, number: str) -> str:
        """SUBSTR and MAKE_DATE take no BIGINT."""
        return f"CAST({number} AS INTEGER)"

    def elapsed(self, interval: Interval, start: str, end: str) -> str:
        begin, finish = self.time_of(start), self.time_of(end)
        if interval in SECONDS:
            seconds = f"EXTRACT(EPOCH FROM {finish} - {begin})"
            return f"CAST(TRUNC({seconds} / {SECONDS[interval]}) AS BIGINT)"
        whole = self._months(begin, finish)
        return f"CAST(TRUNC({whole} / {MONTHS[interval]}.0) AS BIGINT)"

    def _months(self, begin: str, finish: str) -> str:
        """AGE has no month between the ends of two months, so ends of months are counted and one is taken
        back that was not reached."""
        year, month = f"EXTRACT(YEAR FROM {finish})", f"EXTRACT(MONTH FROM {finish})"
        years = f"({year} - EXTRACT(YEAR FROM {begin})) * 12"
        count = f"({years} + {month} - EXTRACT(MONTH FROM {begin}))"
        ahead = f"{finish} >= {begin} AND {begin} + {count} * INTERVAL '1 month' > {finish}"
        back = f"{finish} < {begin} AND {finish} - {count} * INTERVAL '1 month' > {begin}"
        return f"({count} - CASE WHEN {ahead} THEN 1 WHEN {back} THEN -1 ELSE 0 END)"

    def bucketed(self, sql: str, count: int, unit: Unit) -> str:
        return f"DATE_BIN('{count} {unit}', {self.time_of(sql)}, TIMESTAMP '2000-01-01')"

    def from_epoch(self, sql: str) -> str:
        return f"(TO_TIMESTAMP({sql}) AT TIME ZONE 'UTC')"
