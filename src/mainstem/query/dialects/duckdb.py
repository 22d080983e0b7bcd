"""DuckDB, and DuckLake through it."""

from __future__ import annotations

from mainstem.query.dialects.contract import Dialect


class DuckDb(Dialect):
    def text_of(self, sql: str, pattern: str) -> str:
        return f"STRFTIME({sql}, '{pattern}')"
