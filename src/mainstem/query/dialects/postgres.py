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
        return f"ROUND(CAST({number} AS NUMERIC), {self._int(decimals)})"

    def remainder(self, number: str, divisor: str) -> str:
        return f"MOD(CAST({number} AS NUMERIC), CAST({divisor} AS NUMERIC))"

    def made_date(self, year: str, month: str, day: str) -> str:
        return f"MAKE_DATE({', '.join(map(self._int, (year, month, day)))})"

    def made_time(self, year: str, month: str, day: str, hour: str, minute: str, second: str) -> str:
        parts = ", ".join(map(self._int, (year, month, day, hour, minute)))
        return f"MAKE_TIMESTAMP({parts}, {second})"

    def _int(self, sql: str) -> str:
        return f"CAST({sql} AS INTEGER)"

    def elapsed(self, interval: Interval, start: str, end: str) -> str:
        begin, finish = self.time_of(start), self.time_of(end)
        if interval in SECONDS:
            seconds = f"EXTRACT(EPOCH FROM {finish} - {begin})"
            return f"CAST(TRUNC({seconds} / {SECONDS[interval]}) AS BIGINT)"
        age = f"AGE({finish}, {begin})"
        months = f"(EXTRACT(YEAR FROM {age}) * 12 + EXTRACT(MONTH FROM {age}))"
        return f"CAST(TRUNC({months} / {MONTHS[interval]}) AS BIGINT)"

    def bucketed(self, sql: str, count: int, unit: Unit) -> str:
        return f"DATE_BIN('{count} {unit}', {self.time_of(sql)}, TIMESTAMP '2000-01-01')"

    def from_epoch(self, sql: str) -> str:
        return f"(TO_TIMESTAMP({sql}) AT TIME ZONE 'UTC')"
