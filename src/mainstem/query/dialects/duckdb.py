"""DuckDB, and DuckLake through it."""

from __future__ import annotations

from mainstem.query.dialects.aggregates import ListingAggregates
from mainstem.query.dialects.contract import Dialect


class DuckDb(ListingAggregates, Dialect):
    def text_of(self, sql: str, pattern: str) -> str:
        return f"STRFTIME({sql}, '{pattern}')"
