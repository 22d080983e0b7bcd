"""What each column of a query means, for whoever shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.result import ColumnKind, OutputColumn
from mainstem.query.values import output_type
from mainstem.semantics.model import Dimension, Measure

if TYPE_CHECKING:
    from mainstem.query.plan import FieldUse, Resolved


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
        label=field.label if use.custom else f"{view_label(use.alias, resolved)} {field.label}",
        field_label=field.label,
        kind=ColumnKind.MEASURE if measured else ColumnKind.DIMENSION,
        type=output_type(field),
        pivoted=use.name in resolved.pivots,
        timeframe=field.timeframe if isinstance(field, Dimension) else None,
        value_format=field.value_format,
        value_format_name=field.value_format_name,
    )
