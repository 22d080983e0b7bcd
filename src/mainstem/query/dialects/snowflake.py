"""Snowflake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.dialects.aggregates import ROW_NUMBER, HashedAggregates
from mainstem.query.dialects.contract import Dialect
from mainstem.query.dialects.times import MONTHS, SECONDS

if TYPE_CHECKING:
    from mainstem.query.dialects.times import Part, Unit
    from mainstem.semantics.model import Interval

_PATTERN = {"%Y": "YYYY", "%m": "MM", "%d": "DD", "%H": "HH24", "%M": "MI", "%S": "SS", "%B": "MMMM"}
_PARTS = {"week": "WEEKISO", "doy": "DAYOFYEAR"}
_TIMES = ("CONVERT_TIMEZONE(", "TO_TIMESTAMP_NTZ(")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Snowflake(HashedAggregates, Dialect):
    parsed_as = "snowflake"

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
        for letter, word in _PATTERN.items():
            pattern = pattern.replace(letter, word)
        return f"TO_CHAR({sql}, '{pattern}')"

    def day_name(self, sql: str) -> str:
        """DAYNAME has three letters."""
        days = ", ".join(f"{number}, '{name}'" for number, name in enumerate(_DAYS, 1))
        return f"DECODE(EXTRACT(DAYOFWEEKISO FROM {sql}), {days})"

    def part(self, part: Part, sql: str) -> str:
        return self.part_named(_PARTS.get(part, part.upper()), sql)

    def weekday(self, sql: str) -> str:
        return f"({self.part_named('DAYOFWEEKISO', sql)} - 1)"

    def time_of(self, sql: str) -> str:
        return sql if sql.startswith(_TIMES) else f"CAST({sql} AS TIMESTAMP_NTZ)"

    def converted(self, sql: str, source: str, target: str) -> str:
        return f"CONVERT_TIMEZONE('{source}', '{target}', {self.time_of(sql)})"

    def shifted(self, sql: str, count: int, unit: Unit) -> str:
        return f"DATEADD('{unit}', {count}, {sql})" if count else sql

    def position(self, text: str, part: str) -> str:
        return f"CHARINDEX({part}, {text})"

    def log10(self, number: str) -> str:
        return f"LOG(10, {number})"

    def random(self) -> str:
        return "UNIFORM(0::FLOAT, 1::FLOAT, RANDOM())"

    def shifted_by(self, sql: str, count: str, unit: Unit) -> str:
        return f"DATEADD('{unit}', {count}, {sql})"

    def made_date(self, year: str, month: str, day: str) -> str:
        return f"DATE_FROM_PARTS({year}, {month}, {day})"

    def made_time(self, year: str, month: str, day: str, hour: str, minute: str, second: str) -> str:
        return f"TIMESTAMP_NTZ_FROM_PARTS({year}, {month}, {day}, {hour}, {minute}, {second})"

    def elapsed(self, interval: Interval, start: str, end: str) -> str:
        """TIMESTAMPDIFF counts ends of units, so whole ones are reckoned from seconds and from months
        between."""
        if interval in SECONDS:
            seconds = f"TIMESTAMPDIFF('second', {start}, {end})"
            return seconds if interval == "second" else f"TRUNC({seconds} / {SECONDS[interval]})"
        return f"TRUNC(MONTHS_BETWEEN({end}, {start}) / {MONTHS[interval]})"

    def bucketed(self, sql: str, count: int, unit: Unit) -> str:
        """TIME_SLICE knows nothing below a second."""
        if unit != "millisecond":
            return f"TIME_SLICE({self.time_of(sql)}, {count}, '{unit.upper()}')"
        milliseconds = f"FLOOR(EXTRACT(NANOSECOND FROM {sql}) / {count * 1_000_000}) * {count}"
        return f"DATEADD('millisecond', {milliseconds}, {self.truncated('second', sql)})"

    def from_epoch(self, sql: str) -> str:
        return f"TO_TIMESTAMP_NTZ({sql})"

    def now(self) -> str:
        return "SYSDATE()"
