"""A time as one timeframe shows it.

Dates and times stay what they are. Months and quarters become the texts Looker shows (2026-01, 2026-Q1,
FY2026-Q1, Q1), parts of dates numbers or names. A name is sorted by its number.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from mainstem.errors import QueryError
from mainstem.filters.calendar import WEEKDAYS
from mainstem.query.clock import UNCONVERTED
from mainstem.semantics.model import Timeframe

if TYPE_CHECKING:
    from mainstem.query.clock import Clock
    from mainstem.query.dialects import Dialect
    from mainstem.query.dialects.times import Part, Unit
    from mainstem.semantics.model import Datatype

_TRUNCATED: dict[Timeframe, Unit] = {
    Timeframe.MILLISECOND: "millisecond",
    Timeframe.TIME: "second",
    Timeframe.SECOND: "second",
    Timeframe.MINUTE: "minute",
    Timeframe.HOUR: "hour",
}
_PARTS: dict[Timeframe, Part] = {
    Timeframe.HOUR_OF_DAY: "hour",
    Timeframe.DAY_OF_MONTH: "day",
    Timeframe.DAY_OF_YEAR: "doy",
    Timeframe.WEEK_OF_YEAR: "week",
    Timeframe.MONTH_NUM: "month",
    Timeframe.YEAR: "year",
}
_BUCKETS = re.compile(r"(millisecond|minute|hour)(\d+)")


def shown(timeframe: Timeframe, sql: str, datatype: Datatype, dialect: Dialect, clock: Clock) -> str:
    """`sql` is a time in the zone of the query, or a date."""
    if timeframe in _TRUNCATED:
        return dialect.truncated(_TRUNCATED[timeframe], sql)
    if timeframe in _PARTS:
        return dialect.part(_PARTS[timeframe], sql)
    if bucket := _BUCKETS.fullmatch(timeframe):
        return dialect.bucketed(sql, int(bucket[2]), cast("Unit", bucket[1]))
    if "fiscal" in timeframe:
        return _fiscal(timeframe, dialect.shifted(sql, -clock.fiscal_month_offset, "month"), dialect)
    match timeframe:
        case Timeframe.RAW | Timeframe.MICROSECOND:
            return sql
        case Timeframe.YESNO:
            return f"({sql} IS NOT NULL)"
        case Timeframe.DATE:
            return sql if datatype in UNCONVERTED else dialect.date_of(sql)
        case Timeframe.TIME_OF_DAY:
            return dialect.text_of(sql, "%H:%M")
        case Timeframe.DAY_OF_WEEK:
            return dialect.day_name(sql)
        case Timeframe.DAY_OF_WEEK_INDEX:
            return _day_index(sql, dialect, clock)
        case Timeframe.WEEK:
            return _week(sql, dialect, clock)
        case Timeframe.MONTH:
            return dialect.text_of(sql, "%Y-%m")
        case Timeframe.MONTH_NAME:
            return dialect.text_of(sql, "%B")
        case Timeframe.QUARTER:
            return dialect.year_and_quarter(sql)
        case Timeframe.QUARTER_OF_YEAR:
            return _quarter(sql, dialect)
        case _:
            raise QueryError(f"timeframe {timeframe} is unknown")


def order(timeframe: Timeframe, sql: str, dialect: Dialect, clock: Clock) -> str | None:
    match timeframe:
        case Timeframe.DAY_OF_WEEK:
            return _day_index(sql, dialect, clock)
        case Timeframe.MONTH_NAME:
            return dialect.part("month", sql)
        case _:
            return None


def _fiscal(timeframe: Timeframe, sql: str, dialect: Dialect) -> str:
    """`sql` is moved by the offset: the fiscal year is the year of that date."""
    match timeframe:
        case Timeframe.FISCAL_MONTH_NUM:
            return dialect.part("month", sql)
        case Timeframe.FISCAL_QUARTER:
            return f"'FY' || {dialect.year_and_quarter(sql)}"
        case Timeframe.FISCAL_QUARTER_OF_YEAR:
            return _quarter(sql, dialect)
        case _:
            return f"'FY' || {dialect.text_of(sql, '%Y')}"


def _quarter(sql: str, dialect: Dialect) -> str:
    return f"'Q' || {dialect.as_text(dialect.part('quarter', sql))}"


def _week(sql: str, dialect: Dialect, clock: Clock) -> str:
    """Weeks that begin later than Monday are Monday's of a date moved back, and the reverse."""
    ahead = -WEEKDAYS.index(clock.week_start_day) % 7
    monday = dialect.truncated("week", dialect.shifted(sql, ahead, "day"))
    return dialect.date_of(dialect.shifted(monday, -ahead, "day"))


def _day_index(sql: str, dialect: Dialect, clock: Clock) -> str:
    """0 is the first day of the model's week."""
    ahead = -WEEKDAYS.index(clock.week_start_day) % 7
    weekday = dialect.weekday(sql)
    return f"MOD({weekday} + {ahead}, 7)" if ahead else weekday
