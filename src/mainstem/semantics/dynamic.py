"""Fields of one question alone: what people add to an explore without touching the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHORTCUTS = {
    "percent_of_column_sum": "${{{0}}} / sum(${{{0}}})",
    "percent_of_row": "${{{0}}} / sum(pivot_row(${{{0}}}))",
    "percent_of_previous": "${{{0}}} / offset(${{{0}}}, -1)",
    "percent_of_previous_row": "${{{0}}} / offset(${{{0}}}, 1)",
    "percent_difference_from_previous": "${{{0}}} / offset(${{{0}}}, -1) - 1",
    "percent_difference_from_previous_row": "${{{0}}} / offset(${{{0}}}, 1) - 1",
    "running_total": "running_total(${{{0}}})",
    "rank_of_column": "rank(${{{0}}}, ${{{0}}})",
}
"""What Looker's shortcut calculations (`calculation_type`) stand for, the field they are made of as {0}."""


class CustomDimension(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="category", tag="dimension"
):
    """An expression without table functions."""

    name: str
    expression: str
    label: str | None = None
    description: str | None = None
    value_format: str | None = None
    value_format_name: str | None = None


class CustomMeasure(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="category", tag="measure"
):
    """Made from a field: aggregated as `type` says, or a measure with filters of its own."""

    name: str
    based_on: str
    """`view.field`, or the name of a custom dimension."""
    type: str | None = None
    """A measure type; None where `based_on` is a measure."""
    filters: dict[str, str] = {}
    filter_expression: str | None = None
    label: str | None = None
    description: str | None = None
    value_format: str | None = None
    value_format_name: str | None = None


class TableCalculation(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="category",
    tag="table_calculation",
):
    """A column worked out from the rows of the answer."""

    name: str
    expression: str
    label: str | None = None
    value_format: str | None = None
    value_format_name: str | None = None
    hidden: bool = False


DynamicField: TypeAlias = CustomDimension | CustomMeasure | TableCalculation


def shortcut_expression(calculation_type: str, arguments: Sequence[Any]) -> str | None:
    """What a field that Looker wrote by `calculation_type` and `args` says; None for an unknown type."""
    if not arguments or not isinstance(arguments[0], str):
        return None
    if calculation_type == "group_by" and len(arguments) > 1 and isinstance(arguments[1], list):
        groups = [
            (str(one.get("label", "")), str(one.get("filter", "")))
            for one in arguments[1]
            if isinstance(one, dict)
        ]
        other = arguments[2] if len(arguments) > 2 else None
        return group_expression(arguments[0], groups, str(other) if other else None)
    shortcut = _SHORTCUTS.get(calculation_type)
    return shortcut.format(arguments[0]) if shortcut else None


def group_expression(field: str, groups: Sequence[tuple[str, str]], other: str | None) -> str:
    """A text for each value of a dimension: the label of the first (label, filter expression) it fulfils,
    else `other`, else null."""
    branches = [
        f"when(matches_filter(${{{field}}}, `{_between_ticks(wanted)}`), {quoted(label)})"
        for label, wanted in groups
    ]
    rest = "null" if other is None else quoted(other)
    return f"case({', '.join([*branches, rest])})"


def quoted(text: str) -> str:
    """As a text stands in an expression."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _between_ticks(text: str) -> str:
    return text.replace("`", "")
