"""Amazon Redshift. Checked as text: no test runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.dialects.aggregates import HashedAggregates
from mainstem.query.dialects.contract import Dialect
from mainstem.query.dialects.patterns import to_char_pattern
from mainstem.query.dialects.times import MONTHS, SECONDS

if TYPE_CHECKING:
    from mainstem.query.dialects.times import Part, Unit
    from mainstem.semantics.model import Interval

_LARGER: dict[str, Unit] = {"millisecond": "second", "minute": "hour", "hour": "day"}


class Redshift(HashedAggregates, Dialect):
    parsed_as = "redshift"
    float_type = "DOUBLE PRECISION"

    def text(self, value: str) -> str:
        """A backslash escapes what follows it, so each stands twice."""
        return super().text(value.replace("\\", "\\\\"))

    def hashed(self, key: str) -> str:
        digest = f"MD5(CAST({key} AS VARCHAR))"
        high, low = f"STRTOL(LEFT({digest}, 15), 16)", f"STRTOL(RIGHT({digest}, 15), 16)"
        return f"(CAST({high} AS DECIMAL(38, 0)) * 1.0e8 + CAST({low} AS DECIMAL(38, 0)))"

    def exact(self, value: str) -> str:
        return f"CAST({value} AS DECIMAL(38, 6))"

    def listed(self, value: str) -> str:
        text = f"CAST({value} AS VARCHAR)"
        return f"LISTAGG(DISTINCT {text}, ', ') WITHIN GROUP (ORDER BY {text})"

    def approximate_count_distinct(self, value: str) -> str:
        return f"APPROXIMATE COUNT(DISTINCT {value})"

    def same(self, left: str, right: str) -> str:
        """Redshift has no IS NOT DISTINCT FROM."""
        return f"({left} = {right} OR ({left} IS NULL AND {right} IS NULL))"

    def text_of(self, sql: str, pattern: str) -> str:
        return f"TO_CHAR({sql}, '{to_char_pattern(pattern)}')"

    def year_and_quarter(self, sql: str) -> str:
        return f"TO_CHAR({sql}, 'YYYY-\"Q\"Q')"

    def part(self, part: Part, sql: str) -> str:
        return self.part_named({"doy": "DOY"}.get(part, part.upper()), sql)

    def weekday(self, sql: str) -> str:
        """DOW counts from Sunday."""
        return f"MOD(EXTRACT(DOW FROM {sql}) + 6, 7)"

    def converted(self, sql: str, source: str, target: str) -> str:
        return f"CONVERT_TIMEZONE('{source}', '{target}', {sql})"

    def shifted(self, sql: str, count: int, unit: Unit) -> str:
        return f"DATEADD({unit}, {count}, {sql})" if count else sql

    def shifted_by(self, sql: str, count: str, unit: Unit) -> str:
        return f"DATEADD({unit}, CAST({count} AS INTEGER), {sql})"

    def made_date(self, year: str, month: str, day: str) -> str:
        return f"TO_DATE({self._day(year, month, day)}, 'YYYY-MM-DD')"

    def made_time(self, year: str, month: str, day: str, hour: str, minute: str, second: str) -> str:
        clock = " || ':' || ".join(map(self.as_text, (hour, minute, second)))
        return f"CAST({self._day(year, month, day)} || ' ' || {clock} AS TIMESTAMP)"

    def _day(self, year: str, month: str, day: str) -> str:
        return " || '-' || ".join(map(self.as_text, (year, month, day)))

    def elapsed(self, interval: Interval, start: str, end: str) -> str:
        """DATEDIFF counts ends of units, so whole ones are reckoned from seconds and from months between."""
        if interval in SECONDS:
            seconds = f"DATEDIFF(second, {start}, {end})"
            return seconds if interval == "second" else f"TRUNC({seconds} / {SECONDS[interval]}.0)"
        return f"TRUNC(MONTHS_BETWEEN({end}, {start}) / {MONTHS[interval]})"

    def bucketed(self, sql: str, count: int, unit: Unit) -> str:
        part = f"CAST(FLOOR(EXTRACT({unit.upper()} FROM {sql}) / {count}.0) AS INTEGER) * {count}"
        return f"DATEADD({unit}, {part}, {self.truncated(_LARGER[unit], sql)})"

    def from_epoch(self, sql: str) -> str:
        return f"(TIMESTAMP 'epoch' + {sql} * INTERVAL '1 second')"

    def now(self) -> str:
        return "GETDATE()"
