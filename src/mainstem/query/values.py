"""What the cells of a field are."""

from __future__ import annotations

from mainstem.query.result import OutputType
from mainstem.semantics.model import Datatype, Dimension, DimensionType, Measure, MeasureType, Timeframe

_DIMENSIONS = {
    DimensionType.NUMBER: OutputType.NUMBER,
    DimensionType.DISTANCE: OutputType.NUMBER,
    DimensionType.DURATION: OutputType.NUMBER,
    DimensionType.YESNO: OutputType.YESNO,
    DimensionType.DATE: OutputType.DATE,
    DimensionType.DATE_TIME: OutputType.TIME,
}
_MEASURES = {
    MeasureType.STRING: OutputType.STRING,
    MeasureType.LIST: OutputType.STRING,
    MeasureType.YESNO: OutputType.YESNO,
    MeasureType.DATE: OutputType.DATE,
    MeasureType.DATE_TIME: OutputType.TIME,
}
_TIMEFRAMES = {
    Timeframe.YESNO: OutputType.YESNO,
    Timeframe.DATE: OutputType.DATE,
    Timeframe.WEEK: OutputType.DATE,
    **dict.fromkeys(
        (
            Timeframe.HOUR_OF_DAY,
            Timeframe.DAY_OF_WEEK_INDEX,
            Timeframe.DAY_OF_MONTH,
            Timeframe.DAY_OF_YEAR,
            Timeframe.WEEK_OF_YEAR,
            Timeframe.MONTH_NUM,
            Timeframe.FISCAL_MONTH_NUM,
            Timeframe.YEAR,
        ),
        OutputType.NUMBER,
    ),
    **dict.fromkeys(
        (
            Timeframe.TIME_OF_DAY,
            Timeframe.DAY_OF_WEEK,
            Timeframe.MONTH,
            Timeframe.MONTH_NAME,
            Timeframe.QUARTER,
            Timeframe.QUARTER_OF_YEAR,
            Timeframe.FISCAL_QUARTER,
            Timeframe.FISCAL_QUARTER_OF_YEAR,
            Timeframe.FISCAL_YEAR,
        ),
        OutputType.STRING,
    ),
}


def output_type(field: Dimension | Measure) -> OutputType:
    """Numbers unless it is known better of measures, text of dimensions."""
    if isinstance(field, Measure):
        return _MEASURES.get(field.type, OutputType.NUMBER)
    if field.timeframe is Timeframe.RAW:
        return _raw(field.datatype)
    if field.timeframe is not None:
        return _TIMEFRAMES.get(field.timeframe, OutputType.TIME)
    return OutputType.STRING if field.case else _DIMENSIONS.get(field.type, OutputType.STRING)


def _raw(datatype: Datatype | None) -> OutputType:
    """The column as it stands."""
    match datatype:
        case Datatype.DATE:
            return OutputType.DATE
        case Datatype.EPOCH | Datatype.YYYYMMDD:
            return OutputType.NUMBER
        case _:
            return OutputType.TIME
