"""`dimension_group: name { type: time … }`: one dimension a timeframe, named `name_timeframe`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.labels import label_of
from mainstem.semantics.model import Datatype, Dimension, DimensionType, Timeframe
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.timezones import note_convert_tz
from mainstem.semantics.reading.vocabulary import PRESENTATION, Vocabulary, words

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block

LATER_TIMEFRAMES = words(
    "day_of_month day_of_week day_of_week_index day_of_year fiscal_month_num fiscal_quarter "
    "fiscal_quarter_of_year fiscal_year hour2 hour3 hour4 hour6 hour8 hour12 hour_of_day microsecond "
    "millisecond millisecond2 millisecond4 millisecond5 millisecond8 millisecond10 millisecond20 "
    "millisecond25 millisecond40 millisecond50 millisecond100 millisecond125 millisecond200 "
    "millisecond250 millisecond500 minute minute2 minute3 minute4 minute5 minute6 minute10 minute12 "
    "minute15 minute20 minute30 month_name month_num quarter_of_year second time_of_day week_of_year "
    "yesno"
)
VOCABULARY = Vocabulary(
    "a dimension_group",
    read=words("type timeframes sql label description hidden group_label datatype convert_tz drill_fields"),
    without_effect=PRESENTATION | words("value_format value_format_name"),
    unsupported=words("intervals sql_start sql_end required_access_grants string_datatype expression"),
)
_READ = tuple(t for t in Timeframe if t not in LATER_TIMEFRAMES)
_WITHIN_A_DAY = frozenset({Timeframe.TIME, Timeframe.HOUR})
_TYPES = {
    Timeframe.MONTH: DimensionType.STRING,
    Timeframe.QUARTER: DimensionType.STRING,
    Timeframe.YEAR: DimensionType.NUMBER,
    Timeframe.DATE: DimensionType.DATE,
    Timeframe.WEEK: DimensionType.DATE,
}


def read_dimension_group(block: Block, problems: Problems) -> tuple[Dimension, ...]:
    """Empty when the group cannot be kept."""
    given = Parameters(block, VOCABULARY, problems)
    kind = given.text("type") or "time"
    if kind == "duration":
        given.omit("type", "type: duration is not supported yet")
    elif kind != "time":
        given.reject(
            "type", f"unknown type {kind!r}{did_you_mean(kind, ['time', 'duration'])}; valid is time"
        )
    sql = given.sql("sql") if given.has("sql") else f"${{TABLE}}.{block.name}"
    note_convert_tz(given)
    later = words("epoch yyyymmdd datetime")
    datatype = given.choice("datatype", Datatype, Datatype.TIMESTAMP, later=later)
    if not given.sound or sql is None or datatype is None:
        return ()
    label = given.text("label")
    name = label_of(block.name) if label is None else label
    return tuple(
        Dimension(
            name=f"{block.name}_{timeframe}",
            type=_type_of(timeframe, datatype),
            sql=sql,
            label=f"{name} {label_of(timeframe)}".strip(),
            origin=block.origin,
            description=given.text("description"),
            group_label=given.text("group_label") or f"{name} Date".strip(),
            hidden=given.yesno("hidden"),
            drill_fields=given.names("drill_fields"),
            dimension_group=block.name,
            timeframe=timeframe,
            datatype=datatype,
        )
        for timeframe in _timeframes(given, datatype)
    )


def _timeframes(given: Parameters, datatype: Datatype) -> tuple[Timeframe, ...]:
    """In the order written; none written means all, as in Looker."""
    if not given.has("timeframes"):
        found = tuple(t for t in _READ if datatype is Datatype.TIMESTAMP or t not in _WITHIN_A_DAY)
        given.problems.warning(
            given.block.origin,
            f"dimension_group {given.block.name} names no timeframes: it gets {', '.join(found)}; "
            "the others are not supported yet",
        )
        return found
    return tuple(t for name in given.names("timeframes") if (t := _timeframe(given, name, datatype)))


def _timeframe(given: Parameters, name: str, datatype: Datatype) -> Timeframe | None:
    where = given.origin("timeframes")
    dimension = f"{given.block.name}_{name}"
    if name in _READ:
        timeframe = Timeframe(name)
        if timeframe in _WITHIN_A_DAY and datatype is Datatype.DATE:
            message = f"timeframe {name} needs a time of day, and datatype: date has none"
            given.problems.error(where, message)
            return None
        return timeframe
    if name in LATER_TIMEFRAMES:
        message = f"dimension {dimension} is left out: timeframe {name} is not supported yet"
        given.problems.warning(where, message)
        return None
    hint = did_you_mean(name, [*_READ, *LATER_TIMEFRAMES])
    valid = ", ".join(_READ)
    given.problems.error(where, f"unknown timeframe {name}{hint}; valid are {valid}")
    return None


def _type_of(timeframe: Timeframe, datatype: Datatype) -> DimensionType:
    if timeframe is Timeframe.RAW and datatype is Datatype.DATE:
        return DimensionType.DATE
    return _TYPES.get(timeframe, DimensionType.DATE_TIME)
