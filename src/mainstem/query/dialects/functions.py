"""Functions of text, numbers and dates that dialects name or spell differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.query.dialects.times import Unit


class Functions:
    """As DuckDB and Postgres have them."""

    def position(self, text: str, part: str) -> str:
        """From 1; 0 where it is not found."""
        return f"STRPOS({text}, {part})"

    def rounded(self, number: str, decimals: str) -> str:
        """Halves go away from zero."""
        return f"ROUND({number}, {decimals})"

    def remainder(self, number: str, divisor: str) -> str:
        return f"MOD({number}, {divisor})"

    def log10(self, number: str) -> str:
        return f"LOG({number})"

    def random(self) -> str:
        """From 0 up to 1."""
        return "RANDOM()"

    def whole(self, number: str) -> str:
        return f"CAST({number} AS BIGINT)"

    def shifted_by(self, sql: str, count: str, unit: Unit) -> str:
        """A time so many units later, the count being SQL."""
        return f"({sql} + {self.whole(count)} * INTERVAL '1' {unit.upper()})"

    def made_date(self, year: str, month: str, day: str) -> str:
        parts = ", ".join(map(self.whole, (year, month, day)))
        return f"MAKE_DATE({parts})"

    def made_time(self, year: str, month: str, day: str, hour: str, minute: str, second: str) -> str:
        parts = ", ".join(map(self.whole, (year, month, day, hour, minute)))
        return f"MAKE_TIMESTAMP({parts}, {second})"
