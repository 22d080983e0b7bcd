"""Rows of a number filter: an operator, and one number, two, or a list of them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.filters.widgets import NumberOperator, NumberWidget
from mainstem.web.filters.rows import Operator, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

_LABELS = {
    NumberOperator.MORE: "is greater than (>)",
    NumberOperator.AT_LEAST: "is at least (≥)",
    NumberOperator.LESS: "is less than (<)",
    NumberOperator.AT_MOST: "is at most (≤)",
}
_SHAPES = {
    NumberOperator.ANY: "",
    NumberOperator.NULL: "",
    NumberOperator.NOT_NULL: "",
    NumberOperator.IS: "numbers",
    NumberOperator.IS_NOT: "numbers",
    NumberOperator.BETWEEN: "range",
    NumberOperator.NOT_BETWEEN: "range",
}
_LOW = (NumberOperator.MORE, NumberOperator.AT_LEAST)
OPERATORS = tuple(
    Operator(one.name.lower(), _LABELS.get(one, one.value), _SHAPES.get(one, "number"))
    for one in NumberOperator
)
BOUNDS = (
    ("[]", "both ends included"),
    ("[)", "without the upper end"),
    ("(]", "without the lower end"),
    ("()", "without both ends"),
)


def row_of(widget: NumberWidget) -> Row:
    operator = NumberOperator.IS if widget.operator is NumberOperator.ANY else widget.operator
    name = operator.name.lower()
    match _SHAPES.get(operator, "number"):
        case "numbers":
            return Row(name, texts={"value": ", ".join(map(written, widget.values))})
        case "range":
            ends = "[" if widget.low_included else "(", "]" if widget.high_included else ")"
            return Row(
                name, texts={"low": written(widget.low), "high": written(widget.high), "ends": "".join(ends)}
            )
        case "number":
            return Row(name, texts={"value": written(widget.low if operator in _LOW else widget.high)})
        case _:
            return Row(name)


def widget_of(row: Row, _: Sequence[str] = ()) -> NumberWidget | None:
    """None for a row without a number. Raises QueryError for a text that is none, and half a range."""
    operator = NumberOperator[row.operator.upper()]
    shape = _SHAPES.get(operator, "number")
    if not shape:
        return NumberWidget(operator)
    if row.is_blank("value", "low", "high"):
        return None
    if shape == "numbers":
        values = tuple(dict.fromkeys(number(one) for one in re.split(r"[,;\s]+", row.text("value")) if one))
        return NumberWidget(operator, values) if values else None
    if shape == "number":
        value = number(row.text("value"))
        return NumberWidget(operator, low=value) if operator in _LOW else NumberWidget(operator, high=value)
    if row.is_blank("low") or row.is_blank("high"):
        raise QueryError("A range needs both numbers; “is at least” and “is at most” take one.")
    low, high, ends = number(row.text("low")), number(row.text("high")), row.text("ends") or "[]"
    if low > high:
        raise QueryError(f"A range begins with the smaller number: {high} and {low}.")
    return NumberWidget(
        operator, low=low, high=high, low_included=ends[0] == "[", high_included=ends[-1] == "]"
    )


def number(text: str) -> Decimal:
    """Raises QueryError for what is no plain number."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite():
        raise QueryError(f"“{text}” is no number; write it as 1250 or -0.5.")
    return value


def written(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"
