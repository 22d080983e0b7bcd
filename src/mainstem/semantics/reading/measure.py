"""`measure: name { … }`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.semantics.model import EXPRESSIONS, OVER_ROWS, Measure, MeasureType
from mainstem.semantics.reading.filters import filters_of
from mainstem.semantics.reading.left_out import LeftOut
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.presentation import label_in, presentation_of
from mainstem.semantics.reading.tiers import number_of
from mainstem.semantics.reading.vocabulary import FIELD_WITHOUT_EFFECT, PRESENTATION, Vocabulary, words

if TYPE_CHECKING:
    from decimal import Decimal

    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block

VOCABULARY = Vocabulary(
    "measure",
    read=PRESENTATION
    | words("type sql filters sql_distinct_key percentile precision approximate list_field direction filter"),
    without_effect=FIELD_WITHOUT_EFFECT
    | words(
        "approximate_threshold order_by_field convert_tz datatype based_on based_on_time period kind "
        "value_to_date primary_key style timeframes alpha_sort"
    ),
)
_LEGACY = {
    "int": MeasureType.NUMBER,
    "float": MeasureType.NUMBER,
    "decimal": MeasureType.NUMBER,
    "avg": MeasureType.AVERAGE,
    "time": MeasureType.DATE_TIME,
    "datetime": MeasureType.DATE_TIME,
    "unquoted": MeasureType.STRING,
}
_LATER = {"period_over_period": "compares with an earlier period, which cannot be asked yet"}
_WITHOUT_FILTERS = EXPRESSIONS | OVER_ROWS
_HUNDRED = 100


def read_measure(block: Block, problems: Problems, hidden: bool = False) -> Measure | LeftOut:
    """`hidden` holds where the measure says nothing."""
    given = Parameters(block, VOCABULARY, problems)
    kind = _type(given)
    found: dict[str, Any] = presentation_of(given, hidden)
    sql = _sql(given, kind)
    if kind is not None:
        found |= _details(given, kind)
    if given.reason is not None or kind is None:
        return LeftOut(block.name, given.reason or "")
    return Measure(
        name=block.name,
        type=kind,
        label=label_in(given),
        origin=block.origin,
        sql=sql,
        **found,
    )


def _type(given: Parameters) -> MeasureType | None:
    written = given.text("type")
    if written is None:
        given.problems.warning(given.block.origin, f"measure {given.block.name} has no type; it is a string")
        return MeasureType.STRING
    if written in _LATER:
        given.reject("type", f"measure {given.block.name} of type {written} {_LATER[written]}")
        return None
    word = written.lower()
    legacy = _LEGACY.get(word)
    if word.startswith("date_") and word != MeasureType.DATE_TIME:
        legacy = MeasureType.DATE if word == "date_date" else MeasureType.DATE_TIME
    if legacy is not None:
        given.warn("type", f"type {written!r} is read as {legacy}")
        return legacy
    return given.member("type", written, MeasureType)


def _sql(given: Parameters, kind: MeasureType | None) -> str | None:
    sql = given.sql("sql")
    name = given.block.name
    if kind is MeasureType.COUNT:
        if sql is not None:
            message = f"measure {name} counts rows, so its sql has no effect; count_distinct counts values"
            given.warn("sql", message)
        return None
    if sql is None and kind is MeasureType.LIST:
        return None
    if sql is None and kind is not None:
        if kind in _WITHOUT_FILTERS:
            given.reject("type", f"measure {name} of type {kind} needs sql")
        else:
            given.warn("type", f"measure {name} of type {kind} has no sql; the column {name} is read")
        return f"${{TABLE}}.{name}"
    return sql


def _details(given: Parameters, kind: MeasureType) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if given.has("filters") or given.has("filter"):
        key = "filters" if given.has("filters") else "filter"
        if kind in _WITHOUT_FILTERS:
            message = "aggregates nothing itself, so its filters have no effect; filter what it is made of"
            given.warn(key, f"measure {given.block.name} of type {kind} {message}")
        else:
            found["filters"] = filters_of(given.block, given.problems, key)
    if given.has("sql_distinct_key"):
        found["sql_distinct_key"] = given.sql("sql_distinct_key")
    if kind in (MeasureType.PERCENTILE, MeasureType.PERCENTILE_DISTINCT):
        found["percentile"] = _percentile(given)
    if given.has("precision"):
        found["precision"] = given.number("precision")
    if given.has("approximate"):
        found["approximate"] = given.yesno("approximate")
    if kind is MeasureType.LIST:
        found["list_field"] = given.text("list_field")
        if found["list_field"] is None:
            given.reject("type", f"measure {given.block.name} is a list, which needs list_field")
    if given.has("direction"):
        found["direction"] = _direction(given)
    return found


def _percentile(given: Parameters) -> Decimal | None:
    number = number_of(given, "percentile")
    if number is None or not 0 <= number <= _HUNDRED:
        message = f"measure {given.block.name} needs a percentile from 0 to 100: `percentile: 75`"
        given.reject("percentile", message)
    return number


def _direction(given: Parameters) -> str:
    written = given.text("direction") or "row"
    if written not in ("row", "column"):
        given.reject("direction", f"unknown direction {written!r}; valid are row and column")
    return written
