"""The words LookML has for types, timeframes, intervals and joins."""

from __future__ import annotations

from enum import StrEnum


class DimensionType(StrEnum):
    STRING = "string"
    NUMBER = "number"
    YESNO = "yesno"
    DATE = "date"
    DATE_TIME = "date_time"
    TIER = "tier"
    BIN = "bin"
    LOCATION = "location"
    DISTANCE = "distance"
    ZIPCODE = "zipcode"
    DURATION = "duration"
    """One interval between two moments; `Dimension.interval` says in which unit."""


class Timeframe(StrEnum):
    """The timeframes of a dimension group. `raw` is the column as it stands."""

    RAW = "raw"
    TIME = "time"
    TIME_OF_DAY = "time_of_day"
    MICROSECOND = "microsecond"
    MILLISECOND = "millisecond"
    MILLISECOND2 = "millisecond2"
    MILLISECOND4 = "millisecond4"
    MILLISECOND5 = "millisecond5"
    MILLISECOND8 = "millisecond8"
    MILLISECOND10 = "millisecond10"
    MILLISECOND20 = "millisecond20"
    MILLISECOND25 = "millisecond25"
    MILLISECOND40 = "millisecond40"
    MILLISECOND50 = "millisecond50"
    MILLISECOND100 = "millisecond100"
    MILLISECOND125 = "millisecond125"
    MILLISECOND200 = "millisecond200"
    MILLISECOND250 = "millisecond250"
    MILLISECOND500 = "millisecond500"
    SECOND = "second"
    MINUTE = "minute"
    MINUTE2 = "minute2"
    MINUTE3 = "minute3"
    MINUTE4 = "minute4"
    MINUTE5 = "minute5"
    MINUTE6 = "minute6"
    MINUTE10 = "minute10"
    MINUTE12 = "minute12"
    MINUTE15 = "minute15"
    MINUTE20 = "minute20"
    MINUTE30 = "minute30"
    HOUR = "hour"
    HOUR2 = "hour2"
    HOUR3 = "hour3"
    HOUR4 = "hour4"
    HOUR6 = "hour6"
    HOUR8 = "hour8"
    HOUR12 = "hour12"
    HOUR_OF_DAY = "hour_of_day"
    DATE = "date"
    DAY_OF_WEEK = "day_of_week"
    DAY_OF_WEEK_INDEX = "day_of_week_index"
    """0 is the first day of the model's week."""
    DAY_OF_MONTH = "day_of_month"
    DAY_OF_YEAR = "day_of_year"
    WEEK = "week"
    """Begins on the model's `week_start_day`."""
    WEEK_OF_YEAR = "week_of_year"
    MONTH = "month"
    MONTH_NUM = "month_num"
    MONTH_NAME = "month_name"
    FISCAL_MONTH_NUM = "fiscal_month_num"
    QUARTER = "quarter"
    QUARTER_OF_YEAR = "quarter_of_year"
    FISCAL_QUARTER = "fiscal_quarter"
    FISCAL_QUARTER_OF_YEAR = "fiscal_quarter_of_year"
    YEAR = "year"
    FISCAL_YEAR = "fiscal_year"
    YESNO = "yesno"
    """Whether there is a time at all."""


class Interval(StrEnum):
    """The intervals of a duration."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Datatype(StrEnum):
    """What the column under a date or time dimension holds."""

    DATE = "date"
    DATETIME = "datetime"
    """A date and time without a zone."""
    TIMESTAMP = "timestamp"
    EPOCH = "epoch"
    """A number: seconds since 1970-01-01 UTC."""
    YYYYMMDD = "yyyymmdd"
    """A number such as 20260131."""


class TierStyle(StrEnum):
    CLASSIC = "classic"
    INTERVAL = "interval"
    INTEGER = "integer"
    RELATIONAL = "relational"


class MeasureType(StrEnum):
    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    SUM = "sum"
    SUM_DISTINCT = "sum_distinct"
    AVERAGE = "average"
    AVERAGE_DISTINCT = "average_distinct"
    MEDIAN = "median"
    MEDIAN_DISTINCT = "median_distinct"
    PERCENTILE = "percentile"
    PERCENTILE_DISTINCT = "percentile_distinct"
    MIN = "min"
    MAX = "max"
    LIST = "list"
    NUMBER = "number"
    """An expression over other measures; it aggregates nothing itself. So are the next four."""
    STRING = "string"
    YESNO = "yesno"
    DATE = "date"
    DATE_TIME = "date_time"
    PERCENT_OF_TOTAL = "percent_of_total"
    """Of another measure: a row's share of what the rows of the result come to. So are the next two."""
    PERCENT_OF_PREVIOUS = "percent_of_previous"
    RUNNING_TOTAL = "running_total"


EXPRESSIONS = frozenset(
    {MeasureType.NUMBER, MeasureType.STRING, MeasureType.YESNO, MeasureType.DATE, MeasureType.DATE_TIME}
)
"""Measures that aggregate nothing themselves."""

OVER_ROWS = frozenset(
    {MeasureType.PERCENT_OF_TOTAL, MeasureType.PERCENT_OF_PREVIOUS, MeasureType.RUNNING_TOTAL}
)
"""Measures worked out over the rows of the result, after all else."""


class InputType(StrEnum):
    """Types of filter-only fields and parameters."""

    STRING = "string"
    NUMBER = "number"
    YESNO = "yesno"
    DATE = "date"
    DATE_TIME = "date_time"
    UNQUOTED = "unquoted"
    """Of parameters: letters, digits and underscores that go into the SQL as they are."""


class JoinType(StrEnum):
    LEFT_OUTER = "left_outer"
    INNER = "inner"
    FULL_OUTER = "full_outer"
    CROSS = "cross"


class Relationship(StrEnum):
    """Rows of the explore so far, to rows of the joined view."""

    MANY_TO_ONE = "many_to_one"
    ONE_TO_ONE = "one_to_one"
    ONE_TO_MANY = "one_to_many"
    MANY_TO_MANY = "many_to_many"
