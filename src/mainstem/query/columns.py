"""What each column of a query means, for whoever shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.result import ColumnKind, OutputColumn, OutputType
from mainstem.semantics.model import Dimension, DimensionType, Measure

if TYPE_CHECKING:
    from mainstem.query.plan import FieldUse, Resolved

_TYPES = {
    DimensionType.STRING: OutputType.STRING,
    DimensionType.NUMBER: OutputType.NUMBER,
    DimensionType.YESNO: OutputType.YESNO,
    DimensionType.DATE: OutputType.DATE,
    DimensionType.DATE_TIME: OutputType.TIME,
}


def output_columns(resolved: Resolved) -> tuple[OutputColumn, ...]:
    return tuple(_column(resolved, use) for use in (*resolved.dimensions, *resolved.measures))


def view_label(resolved_alias: str, resolved: Resolved) -> str:
    """The label fields of a view are headed with: the join's or explore's `view_label`, else the view's."""
    explore = resolved.explore
    if resolved_alias == explore.alias:
        return explore.view_label or resolved.views[resolved_alias].label
    return explore.joins[resolved_alias].view_label or resolved.views[resolved_alias].label


def _column(resolved: Resolved, use: FieldUse) -> OutputColumn:
    field = use.field
    measured = isinstance(field, Measure)
    return OutputColumn(
        name=use.name,
        label=f"{view_label(use.alias, resolved)} {field.label}",
        field_label=field.label,
        kind=ColumnKind.MEASURE if measured else ColumnKind.DIMENSION,
        type=OutputType.NUMBER if isinstance(field, Measure) else _TYPES[field.type],
        pivoted=use.name in resolved.pivots,
        timeframe=field.timeframe if isinstance(field, Dimension) else None,
        value_format=field.value_format,
        value_format_name=field.value_format_name,
    )
