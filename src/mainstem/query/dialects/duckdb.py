"""DuckDB, and DuckLake through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.dialects.aggregates import ListingAggregates
from mainstem.query.dialects.contract import Dialect

if TYPE_CHECKING:
    from mainstem.query.dialects.times import Unit
    from mainstem.semantics.model import Interval


class DuckDb(ListingAggregates, Dialect):
    parsed_as = "duckdb"

    def text_of(self, sql: str, pattern: str) -> str:
        return f"STRFTIME({sql}, '{pattern}')"

    def elapsed(self, interval: Interval, start: str, end: str) -> str:
        return f"DATE_SUB('{interval}', {start}, {end})"

    def bucketed(self, sql: str, count: int, unit: Unit) -> str:
        return f"TIME_BUCKET(INTERVAL '{count}' {unit.upper()}, {self.time_of(sql)})"

    def from_epoch(self, sql: str) -> str:
        return f"(TO_TIMESTAMP({sql}) AT TIME ZONE 'UTC')"

    def from_yyyymmdd(self, sql: str) -> str:
        return f"CAST(STRPTIME(CAST({sql} AS VARCHAR), '%Y%m%d') AS DATE)"
