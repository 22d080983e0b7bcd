"""How a dialect reckons with dates and times: the few operations every timeframe and duration is made of.

Arguments are operands (a column, a call, something in parentheses), and so is what comes back. Times are
without a zone unless a column has one; what is in a zone of its own is taken as the session shows it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from mainstem.semantics.model import Datatype, Interval

Unit: TypeAlias = Literal[
    "microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"
]
Part: TypeAlias = Literal["year", "quarter", "month", "week", "day", "doy", "hour", "minute", "second"]
"""`week` is the ISO week's number, `day` of the month, `doy` of the year."""

SECONDS = {
    Interval.SECOND: 1,
    Interval.MINUTE: 60,
    Interval.HOUR: 3600,
    Interval.DAY: 86_400,
    Interval.WEEK: 604_800,
}
MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}


class Times(ABC):
    """Standard SQL, as DuckDB and Postgres have it."""

    @abstractmethod
    def text_of(self, sql: str, pattern: str) -> str:
        """A date or time as text; the pattern is in strftime's letters: %Y %m %d %H %M %S %A %B."""

    @abstractmethod
    def elapsed(self, interval: Interval, start: str, end: str) -> str:
        """Whole intervals from one moment to the other, towards zero: a month only counts from the day of
        the month it began on."""

    @abstractmethod
    def bucketed(self, sql: str, count: int, unit: Unit) -> str:
        """The beginning of the stretch of `count` units, counted from midnight; `count` divides the next
        larger unit."""

    @abstractmethod
    def from_epoch(self, sql: str) -> str:
        """Seconds since 1970 → a time in UTC."""

    def from_yyyymmdd(self, sql: str) -> str:
        """A number like 20260131 → a date."""
        return f"TO_DATE(CAST({sql} AS VARCHAR), 'YYYYMMDD')"

    def converted(self, sql: str, source: str, target: str) -> str:
        """A time of one zone as the clocks of the other show it; names are IANA's."""
        return f"(CAST({sql} AS TIMESTAMP) AT TIME ZONE '{source}' AT TIME ZONE '{target}')"

    def date_of(self, sql: str) -> str:
        return f"CAST({sql} AS DATE)"

    def time_of(self, sql: str) -> str:
        return f"CAST({sql} AS TIMESTAMP)"

    def truncated(self, unit: Unit, sql: str) -> str:
        """The beginning of that unit; weeks begin on Monday."""
        return f"DATE_TRUNC('{unit}', {sql})"

    def shifted(self, sql: str, count: int, unit: Unit) -> str:
        """So many units later, or earlier when negative."""
        if count == 0:
            return sql
        return f"({sql} {'-' if count < 0 else '+'} INTERVAL '{abs(count)}' {unit.upper()})"

    def part(self, part: Part, sql: str) -> str:
        """A whole number."""
        return f"EXTRACT({part.upper()} FROM {sql})"

    def weekday(self, sql: str) -> str:
        """0 is Monday, 6 Sunday."""
        return f"({self.part_named('ISODOW', sql)} - 1)"

    def part_named(self, name: str, sql: str) -> str:
        return f"EXTRACT({name} FROM {sql})"

    def day_name(self, sql: str) -> str:
        """Monday, Tuesday, …"""
        return self.text_of(sql, "%A")

    def year_and_quarter(self, sql: str) -> str:
        """2026-Q1"""
        return f"{self.text_of(sql, '%Y')} || '-Q' || {self.part('quarter', sql)}"

    def moment(self, value: datetime, datatype: Datatype) -> str:
        """A literal to compare a column of that datatype with; `value` is naive, in the database's zone
        (of an epoch: in UTC)."""
        if datatype is Datatype.EPOCH:
            return str(int(value.replace(tzinfo=UTC).timestamp()))
        if datatype is Datatype.YYYYMMDD:
            return f"{_next_day(value):%Y%m%d}"
        if datatype is Datatype.DATE and value == value.replace(hour=0, minute=0, second=0, microsecond=0):
            return self.date(value)
        return self.timestamp(value, datatype)

    def date(self, value: datetime) -> str:
        return f"DATE '{value:%Y-%m-%d}'"

    def timestamp(self, value: datetime, datatype: Datatype) -> str:
        return f"TIMESTAMP '{value:%Y-%m-%d %H:%M:%S}'"

    def now(self) -> str:
        """The present, without a zone, in UTC."""
        return "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')"


def _next_day(value: datetime) -> datetime:
    """The first midnight that is not before it: days are bounded by `>=` and `<`."""
    day = value.replace(hour=0, minute=0, second=0, microsecond=0)
    return day if day == value else day + timedelta(days=1)
