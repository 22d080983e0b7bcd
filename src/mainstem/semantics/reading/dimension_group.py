"""`dimension_group: name { type: time … }`: one dimension a timeframe, named `name_timeframe`; and
`type: duration`: one an interval, named `intervals_name` (`days_open`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.semantics.model import Datatype, Dimension, DimensionType, Interval, Timeframe
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.reading.left_out import LeftOut
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.presentation import label_in, presentation_of
from mainstem.semantics.reading.timeframes import WITHIN_A_DAY, has_times, label_of_timeframe, type_of
from mainstem.semantics.reading.vocabulary import FIELD_WITHOUT_EFFECT, PRESENTATION, Vocabulary, words

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block

VOCABULARY = Vocabulary(
    "dimension_group",
    read=PRESENTATION
    | words("type timeframes intervals sql sql_start sql_end datatype convert_tz primary_key order_by_field"),
    without_effect=FIELD_WITHOUT_EFFECT | words("string_datatype style alpha_sort"),
)
_DEFAULT = tuple(timeframe for timeframe in Timeframe if timeframe is not Timeframe.YESNO)
_BY_NAME = {str(timeframe): timeframe for timeframe in Timeframe}
_INTERVALS = {str(interval): interval for interval in Interval} | {f"{one}s": one for one in Interval}


def read_dimension_group(
    block: Block, problems: Problems, hidden: bool = False
) -> tuple[tuple[Dimension, ...], tuple[LeftOut, ...]]:
    """Its dimensions, and what was left out of it: the group whole, or single dimensions."""
    given = Parameters(block, VOCABULARY, problems)
    kind = (given.text("type") or "time").lower()
    if kind in ("time", "date", "date_time", "datetime"):
        if kind != "time":
            given.warn("type", f"type {given.text('type')!r} of a dimension_group is read as time")
        return _times(given, hidden)
    if kind == "duration":
        return _durations(given, hidden)
    hint = did_you_mean(kind, ["time", "duration"])
    given.reject("type", f"unknown type {kind!r}{hint}; valid are time and duration")
    return (), (LeftOut(block.name, given.reason or ""),)


def _times(given: Parameters, hidden: bool) -> tuple[tuple[Dimension, ...], tuple[LeftOut, ...]]:
    block = given.block
    sql = given.sql("sql") or f"${{TABLE}}.{block.name}"
    datatype = given.choice("datatype", Datatype, Datatype.DATETIME)
    common = presentation_of(given, hidden)
    if given.reason is not None or datatype is None:
        return (), (LeftOut(block.name, given.reason or ""),)
    title = label_in(given)
    common.setdefault("group_label", f"{title} Date".strip())
    convert_tz = given.yesno("convert_tz", True)
    primary_key = given.yesno("primary_key")
    timeframes, left_out = _timeframes(given, datatype)
    return tuple(
        Dimension(
            name=f"{block.name}_{timeframe}",
            type=type_of(timeframe, datatype),
            sql=sql,
            label=f"{title} {label_of_timeframe(timeframe)}".strip(),
            origin=block.origin,
            primary_key=primary_key and timeframe is timeframes[0],
            dimension_group=block.name,
            timeframe=timeframe,
            datatype=datatype,
            convert_tz=convert_tz,
            **common,
        )
        for timeframe in timeframes
    ), left_out


def _timeframes(given: Parameters, datatype: Datatype) -> tuple[tuple[Timeframe, ...], tuple[LeftOut, ...]]:
    """In the order written; none written means all, as in Looker."""
    if not given.has("timeframes"):
        return tuple(t for t in _DEFAULT if has_times(datatype) or t not in WITHIN_A_DAY), ()
    found: dict[Timeframe, None] = {}
    left_out: list[LeftOut] = []
    for name in given.names("timeframes"):
        timeframe = _BY_NAME.get(name) or _BY_NAME.get(name.lower())
        if timeframe is None:
            hint = did_you_mean(name, _BY_NAME)
            message = f"unknown timeframe {name}{hint}; valid are {', '.join(_BY_NAME)}"
            given.problems.error(given.origin("timeframes"), message)
            left_out.append(LeftOut(f"{given.block.name}_{name}", f"unknown timeframe {name}"))
        else:
            if timeframe in WITHIN_A_DAY and not has_times(datatype):
                given.warn(
                    "timeframes",
                    f"timeframe {name} of {given.block.name} is always midnight: {datatype} has no times",
                )
            found[timeframe] = None
    return tuple(found), tuple(left_out)


def _durations(given: Parameters, hidden: bool) -> tuple[tuple[Dimension, ...], tuple[LeftOut, ...]]:
    block = given.block
    start, end = given.sql("sql_start"), given.sql("sql_end")
    for key, sql in (("sql_start", start), ("sql_end", end)):
        if sql is None and given.reason is None:
            given.reject("type", f"dimension_group {block.name} is a duration, which needs {key}")
    common: dict[str, Any] = presentation_of(given, hidden)
    intervals = _intervals(given)
    datatype = given.choice("datatype", Datatype, Datatype.DATETIME)
    if given.reason is not None:
        return (), (LeftOut(block.name, given.reason),)
    title = label_in(given)
    common.setdefault("group_label", f"Duration {title}".strip())
    return tuple(
        Dimension(
            name=f"{interval}s_{block.name}",
            type=DimensionType.DURATION,
            sql="",
            label=f"{interval.capitalize()}s {title}".strip(),
            origin=block.origin,
            dimension_group=block.name,
            interval=interval,
            sql_start=start,
            sql_end=end,
            datatype=datatype if given.has("datatype") else None,
            **common,
        )
        for interval in intervals
    ), ()


def _intervals(given: Parameters) -> tuple[Interval, ...]:
    if not given.has("intervals"):
        return tuple(Interval)
    found: dict[Interval, None] = {}
    for name in given.names("intervals"):
        interval = _INTERVALS.get(name.lower())
        if interval is None:
            hint = did_you_mean(name, list(Interval))
            message = f"unknown interval {name}{hint}; valid are {', '.join(Interval)}"
            given.problems.error(given.origin("intervals"), message)
        else:
            found[interval] = None
    return tuple(found)
