"""`measure: name { … }`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.labels import label_of
from mainstem.semantics.model import Measure, MeasureFilter, MeasureType
from mainstem.semantics.reading.formats import format_of
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import PRESENTATION, Vocabulary, words
from mainstem.semantics.syntax import Block, ListNode, Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.semantics.problems import Problems

LATER_TYPES = words(
    "sum_distinct average_distinct median median_distinct percentile percentile_distinct "
    "percent_of_previous percent_of_total running_total list date date_time string yesno "
    "period_over_period int"
)
VOCABULARY = Vocabulary(
    "a measure",
    read=words(
        "type sql filters label description hidden group_label value_format value_format_name drill_fields"
    ),
    without_effect=PRESENTATION,
    unsupported=words(
        "sql_distinct_key percentile approximate approximate_threshold precision list_field direction "
        "required_access_grants based_on based_on_time period kind value_to_date datatype convert_tz "
        "expression"
    ),
)


def read_measure(block: Block, problems: Problems) -> Measure | None:
    """None when it cannot be kept; the reason is among the problems."""
    given = Parameters(block, VOCABULARY, problems)
    if not given.has("type"):
        given.reject(
            "type",
            f"measure {block.name} has no type; valid are "
            + ", ".join(t for t in MeasureType if t not in LATER_TYPES),
        )
    kind = given.choice("type", MeasureType, MeasureType.COUNT, later=LATER_TYPES)
    sql = given.sql("sql")
    filters = tuple(_filters(given))
    value_format, value_format_name = format_of(given)
    if kind is not None and given.sound:
        _check_sql(given, kind, sql)
        _check_filters(given, kind)
    if not given.sound or kind is None:
        return None
    return Measure(
        name=block.name,
        type=kind,
        label=given.text("label") or label_of(block.name),
        origin=block.origin,
        sql=sql,
        filters=filters,
        description=given.text("description"),
        group_label=given.text("group_label"),
        hidden=given.yesno("hidden"),
        value_format=value_format,
        value_format_name=value_format_name,
        drill_fields=given.names("drill_fields"),
    )


def _check_sql(given: Parameters, kind: MeasureType, sql: str | None) -> None:
    if kind is MeasureType.COUNT and sql is not None:
        message = "a measure of type count takes no sql: it counts rows; use count_distinct to count values"
        given.reject("sql", message)
    elif kind is not MeasureType.COUNT and sql is None:
        given.reject("type", f"a measure of type {kind} needs sql")


def _check_filters(given: Parameters, kind: MeasureType) -> None:
    if kind is MeasureType.NUMBER and given.has("filters"):
        message = "a measure of type number aggregates nothing itself, so filters cannot apply to it"
        given.reject("filters", f"{message}; filter the measures it is made of")


def _filters(given: Parameters) -> Iterator[MeasureFilter]:
    """Both ways of writing: `filters: [a: "x"]`, and the older `filters: { field: a value: "x" }`."""
    for node in given.all("filters"):
        if isinstance(node, ListNode):
            for item in node.items:
                if item.key:
                    yield MeasureFilter(item.key, item.value, item.origin)
                else:
                    _reject_filter(given, item.value)
        elif isinstance(node, Block):
            values = {child.key: child.value for child in node.nodes if isinstance(child, Pair)}
            if values.keys() == {"field", "value"}:
                yield MeasureFilter(values["field"], values["value"], node.origin)
            else:
                _reject_filter(given, " ".join(values))
        else:
            _reject_filter(given, node.value)


def _reject_filter(given: Parameters, written: str) -> None:
    given.reject("filters", f'filters holds {written!r}; write filters: [field: "expression"]')
