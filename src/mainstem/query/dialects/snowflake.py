"""Snowflake."""

from __future__ import annotations

from mainstem.query.dialects.contract import Dialect


class Snowflake(Dialect):
    def text_of(self, sql: str, pattern: str) -> str:
        return f"TO_CHAR({sql}, '{pattern.replace('%Y', 'YYYY').replace('%m', 'MM')}')"
