"""Rows of a text filter: an operator, and values that are taken literally."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.filters.widgets import StringOperator, StringWidget
from mainstem.web.filters.rows import Operator, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

_BARE = (
    *(StringOperator.ANY, StringOperator.EMPTY, StringOperator.NOT_EMPTY),
    *(StringOperator.NULL, StringOperator.NOT_NULL),
)
_LABELS = {StringOperator.EMPTY: "is blank", StringOperator.NOT_EMPTY: "is not blank"}
OPERATORS = tuple(
    Operator(one.name.lower(), _LABELS.get(one, one.value), "" if one in _BARE else "values")
    for one in StringOperator
)


def row_of(widget: StringWidget) -> Row:
    """Any value is shown as `is` without a value yet: what most people look for next."""
    kind = StringOperator.IS if widget.operator is StringOperator.ANY else widget.operator
    return Row(kind.name.lower(), widget.values)


def widget_of(row: Row, _: Sequence[str] = ()) -> StringWidget | None:
    """None for a row without a value. Raises QueryError for an operator there is not."""
    operator = StringOperator[row.operator.upper()]
    if operator in _BARE:
        return StringWidget(operator)
    added = row.texts.get("add", "")
    values = tuple(dict.fromkeys((*row.values, *([added] if added.strip() else []))))
    return StringWidget(operator, values) if values else None
