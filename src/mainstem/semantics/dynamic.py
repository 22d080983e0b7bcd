"""Fields of one question alone: what people add to an explore without touching the model."""

from __future__ import annotations

from typing import TypeAlias

import msgspec


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
