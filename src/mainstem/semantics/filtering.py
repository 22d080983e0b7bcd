"""Which filter grammar a field has, by its type and timeframe."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mainstem.filters import (
    Condition,
    parse_date,
    parse_location,
    parse_number,
    parse_string,
    parse_tier,
    parse_yesno,
)
from mainstem.semantics.model import (
    Dimension,
    DimensionType,
    FilterField,
    InputType,
    Measure,
    MeasureType,
    Parameter,
    Timeframe,
)
from mainstem.semantics.tiers import tier_labels

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.semantics.model import ViewField


class Grammar(StrEnum):
    STRING = "string"
    NUMBER = "number"
    DATE = "date"
    YESNO = "yesno"
    TIER = "tier"
    LOCATION = "location"


_DIMENSIONS = {
    DimensionType.STRING: Grammar.STRING,
    DimensionType.ZIPCODE: Grammar.STRING,
    DimensionType.NUMBER: Grammar.NUMBER,
    DimensionType.DISTANCE: Grammar.NUMBER,
    DimensionType.DURATION: Grammar.NUMBER,
    DimensionType.YESNO: Grammar.YESNO,
    DimensionType.DATE: Grammar.DATE,
    DimensionType.DATE_TIME: Grammar.DATE,
    DimensionType.TIER: Grammar.TIER,
    DimensionType.BIN: Grammar.TIER,
    DimensionType.LOCATION: Grammar.LOCATION,
}
_TIMEFRAMES = {
    Timeframe.YESNO: Grammar.YESNO,
    Timeframe.TIME_OF_DAY: Grammar.STRING,
    Timeframe.DAY_OF_WEEK: Grammar.STRING,
    Timeframe.MONTH_NAME: Grammar.STRING,
    Timeframe.QUARTER_OF_YEAR: Grammar.STRING,
    Timeframe.FISCAL_QUARTER_OF_YEAR: Grammar.STRING,
    Timeframe.HOUR_OF_DAY: Grammar.NUMBER,
    Timeframe.DAY_OF_WEEK_INDEX: Grammar.NUMBER,
    Timeframe.DAY_OF_MONTH: Grammar.NUMBER,
    Timeframe.DAY_OF_YEAR: Grammar.NUMBER,
    Timeframe.WEEK_OF_YEAR: Grammar.NUMBER,
    Timeframe.MONTH_NUM: Grammar.NUMBER,
    Timeframe.FISCAL_MONTH_NUM: Grammar.NUMBER,
}
"""Timeframes that name a part of a date; every other one is filtered by dates."""
_MEASURES = {
    MeasureType.STRING: Grammar.STRING,
    MeasureType.LIST: Grammar.STRING,
    MeasureType.YESNO: Grammar.YESNO,
    MeasureType.DATE: Grammar.DATE,
    MeasureType.DATE_TIME: Grammar.DATE,
}
_INPUTS = {
    InputType.STRING: Grammar.STRING,
    InputType.UNQUOTED: Grammar.STRING,
    InputType.NUMBER: Grammar.NUMBER,
    InputType.YESNO: Grammar.YESNO,
    InputType.DATE: Grammar.DATE,
    InputType.DATE_TIME: Grammar.DATE,
}


def grammar_of(field: ViewField) -> Grammar:
    match field:
        case Measure(type=kind):
            return _MEASURES.get(kind, Grammar.NUMBER)
        case FilterField(type=given) | Parameter(type=given):
            return _INPUTS[given]
        case Dimension(timeframe=None, type=kind):
            return _DIMENSIONS[kind]
        case Dimension(timeframe=timeframe):
            return _TIMEFRAMES.get(timeframe, Grammar.DATE)  # type: ignore[arg-type] # None is the case above


def condition_of(
    field: ViewField,
    expression: str,
    now: datetime,
    *,
    week_start_day: str = "monday",
    fiscal_month_offset: int = 0,
) -> Condition:
    """What a filter expression on that field means. `now` is naive, in the time zone of the query; the rest
    is the model's. Raises QueryError."""
    match grammar_of(field):
        case Grammar.STRING:
            return parse_string(expression)
        case Grammar.NUMBER:
            return parse_number(expression)
        case Grammar.YESNO:
            return parse_yesno(expression)
        case Grammar.DATE:
            return parse_date(
                expression, now, week_start_day=week_start_day, fiscal_month_offset=fiscal_month_offset
            )
        case Grammar.TIER:
            return parse_tier(
                expression, tier_labels(field.tiers, field.style) if isinstance(field, Dimension) else ()
            )
        case Grammar.LOCATION:
            return parse_location(expression)


def filters_by_date(field: ViewField) -> bool:
    """Whether its filter is about time, whatever the field shows: a month is filtered by dates, the name of
    a month by text."""
    return grammar_of(field) is Grammar.DATE
