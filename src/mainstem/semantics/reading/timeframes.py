"""Timeframes: what a dimension of each is, what it is called, and which a column can have."""

from __future__ import annotations

from mainstem.semantics.model import Datatype, DimensionType, Timeframe

_TYPES = {
    Timeframe.TIME_OF_DAY: DimensionType.STRING,
    Timeframe.HOUR_OF_DAY: DimensionType.NUMBER,
    Timeframe.DATE: DimensionType.DATE,
    Timeframe.DAY_OF_WEEK: DimensionType.STRING,
    Timeframe.DAY_OF_WEEK_INDEX: DimensionType.NUMBER,
    Timeframe.DAY_OF_MONTH: DimensionType.NUMBER,
    Timeframe.DAY_OF_YEAR: DimensionType.NUMBER,
    Timeframe.WEEK: DimensionType.DATE,
    Timeframe.WEEK_OF_YEAR: DimensionType.NUMBER,
    Timeframe.MONTH: DimensionType.STRING,
    Timeframe.MONTH_NUM: DimensionType.NUMBER,
    Timeframe.MONTH_NAME: DimensionType.STRING,
    Timeframe.FISCAL_MONTH_NUM: DimensionType.NUMBER,
    Timeframe.QUARTER: DimensionType.STRING,
    Timeframe.QUARTER_OF_YEAR: DimensionType.STRING,
    Timeframe.FISCAL_QUARTER: DimensionType.STRING,
    Timeframe.FISCAL_QUARTER_OF_YEAR: DimensionType.STRING,
    Timeframe.YEAR: DimensionType.NUMBER,
    Timeframe.FISCAL_YEAR: DimensionType.NUMBER,
    Timeframe.YESNO: DimensionType.YESNO,
}
WITHIN_A_DAY = frozenset(
    timeframe
    for timeframe in Timeframe
    if timeframe.startswith(("time", "microsecond", "millisecond", "second", "minute", "hour"))
)
"""Timeframes that a column of dates without times has not."""
_WHOLE_DAYS = frozenset({Datatype.DATE, Datatype.YYYYMMDD})


def type_of(timeframe: Timeframe, datatype: Datatype = Datatype.DATETIME) -> DimensionType:
    """What comes out: a moment, unless the timeframe is a day or longer, or a part of one."""
    if timeframe is Timeframe.RAW and datatype is Datatype.DATE:
        return DimensionType.DATE
    return _TYPES.get(timeframe, DimensionType.DATE_TIME)


def has_times(datatype: Datatype) -> bool:
    return datatype not in _WHOLE_DAYS


def label_of_timeframe(timeframe: Timeframe) -> str:
    """`day_of_week` → `Day of Week`."""
    words = str(timeframe).split("_")
    return " ".join(word if word == "of" else word.capitalize() for word in words)
