"""What each column of a query means, for whoever shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.result import ColumnKind, OutputColumn
from mainstem.query.templates import NoTemplates, has_liquid
from mainstem.query.values import output_type
from mainstem.semantics.fields import drill_fields
from mainstem.semantics.labels import heading_of
from mainstem.semantics.model import OVER_ROWS, Dimension, Measure, MeasureType, Parameter

if TYPE_CHECKING:
    from mainstem.query.plan import FieldUse, Resolved
    from mainstem.query.templates import Templates


def output_columns(resolved: Resolved, templates: Templates | None = None) -> tuple[OutputColumn, ...]:
    """`templates` renders labels that hold Liquid; without it they stay as written."""
    uses = (*resolved.dimensions, *resolved.measures)
    return tuple(_column(resolved, use, templates or NoTemplates()) for use in uses)


def _column(resolved: Resolved, use: FieldUse, templates: Templates) -> OutputColumn:
    field = use.field
    measured = isinstance(field, Measure)
    label = _label(resolved, use, templates)
    heading = field.view_label or heading_of(resolved.explore, use.alias, resolved.views[use.alias])
    return OutputColumn(
        name=use.name,
        label=label if use.custom else f"{heading} {label}".strip(),
        field_label=label,
        kind=ColumnKind.MEASURE if measured else ColumnKind.DIMENSION,
        type=output_type(field),
        pivoted=use.name in resolved.pivots,
        timeframe=field.timeframe if isinstance(field, Dimension) else None,
        value_format=field.value_format,
        value_format_name=field.value_format_name or _own_format(field),
        over_rows=field.type if isinstance(field, Measure) and field.type in OVER_ROWS else None,
        direction=field.direction if isinstance(field, Measure) and field.type in OVER_ROWS else None,
        html=field.html,
        links=field.links,
        drill_fields=() if use.custom else drill_fields(resolved.views, use.alias, field),
    )


def _own_format(field: Dimension | Measure) -> str | None:
    """Shares are shown as Looker shows them where they say nothing else."""
    plain = field.value_format is None and isinstance(field, Measure)
    return "percent_2" if plain and field.type in _SHARES else None


_SHARES = frozenset({MeasureType.PERCENT_OF_TOTAL, MeasureType.PERCENT_OF_PREVIOUS})


def _label(resolved: Resolved, use: FieldUse, templates: Templates) -> str:
    field = use.field
    chosen = _chosen(resolved, use) if field.label_from_parameter else None
    label = chosen or field.label
    return templates.render(label, use.alias).strip() if has_liquid(label) else label


def _chosen(resolved: Resolved, use: FieldUse) -> str | None:
    """The label of what the parameter holds."""
    name = use.field.label_from_parameter or ""
    full = name if "." in name else f"{use.alias}.{name}"
    for one in resolved.inputs:
        if one.name == full and isinstance(one.field, Parameter):
            values = one.field.allowed_values
            value = one.value or (values[0].value if values else "")
            return next((allowed.label for allowed in values if allowed.value == value), value or None)
    return None
