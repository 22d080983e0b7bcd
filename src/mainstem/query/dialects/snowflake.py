"""Snowflake."""

from __future__ import annotations

from mainstem.query.dialects.contract import Dialect


class Snowflake(Dialect):
    def text(self, value: str) -> str:
        """A backslash escapes what follows it, quotes too, so each stands twice."""
        return super().text(value.replace("\\", "\\\\"))

    def text_of(self, sql: str, pattern: str) -> str:
        return f"TO_CHAR({sql}, '{pattern.replace('%Y', 'YYYY').replace('%m', 'MM')}')"
