"""Snowflake."""

from __future__ import annotations

from mainstem.query.dialects.aggregates import ROW_NUMBER, HashedAggregates
from mainstem.query.dialects.contract import Dialect


class Snowflake(HashedAggregates, Dialect):
    def hashed(self, key: str) -> str:
        digits = f"TO_NUMBER(MD5(CAST({key} AS VARCHAR)), '{'X' * 32}')"
        return f"CAST({digits} % 1.0e27 AS NUMBER(38, 0))"

    def exact(self, value: str) -> str:
        return f"CAST({value} AS NUMBER(38, 6))"

    def listed(self, value: str) -> str:
        text = f"CAST({value} AS VARCHAR)"
        return f"LISTAGG(DISTINCT {text}, ', ') WITHIN GROUP (ORDER BY {text})"

    def approximate_count_distinct(self, value: str) -> str:
        return f"APPROX_COUNT_DISTINCT({value})"

    def numbered(self, table: str) -> str:
        return f"(SELECT *, ROW_NUMBER() OVER (ORDER BY NULL) AS {ROW_NUMBER} FROM {table})"

    def text(self, value: str) -> str:
        """A backslash escapes what follows it, quotes too, so each stands twice."""
        return super().text(value.replace("\\", "\\\\"))

    def text_of(self, sql: str, pattern: str) -> str:
        return f"TO_CHAR({sql}, '{pattern.replace('%Y', 'YYYY').replace('%m', 'MM')}')"
