"""From a number to the rows behind it: the same question for one cell, with the fields its measure names."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from mainstem.filters import exact_text
from mainstem.query.result import ColumnKind, OutputType
from mainstem.web.explore.address import address_of
from mainstem.web.explore.question import Question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.query.result import Cell, OutputColumn

_DRILL_LIMIT = 500


def drill_address(
    question: Question, columns: Sequence[OutputColumn], row: Mapping[str, Cell], name: str
) -> str:
    """Where the cell `name` of a row leads, `row` being the values of its dimensions; empty where its measure
    names no fields, or a value cannot be filtered by."""
    measure = next((column for column in columns if column.name == name), None)
    if measure is None or not measure.drill_fields or measure.kind is ColumnKind.DIMENSION:
        return ""
    filters = dict(question.request.filters)
    for column in columns:
        if column.kind is ColumnKind.DIMENSION and column.name in row:
            expression = filter_for(column, row[column.name])
            if expression is None:
                return ""
            filters[column.name] = expression
    asked = question.request
    custom = {one.name for one in asked.dynamic_fields}
    if custom & filters.keys():
        return ""
    request = type(asked)(
        model=asked.model,
        explore=asked.explore,
        fields=tuple(dict.fromkeys(measure.drill_fields)),
        filters=filters,
        filter_expression=asked.filter_expression,
        limit=_DRILL_LIMIT,
        timezone=asked.timezone,
    )
    return address_of(Question(request=request, visualization="table"))


def filter_for(column: OutputColumn, value: Cell) -> str | None:
    """The filter expression that lets through just this value of a dimension; None where there is none."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "Yes" if value else "No"
        case datetime() if column.timeframe == "hour":
            return f"{value:%Y-%m-%d %H}:00 for 1 hour"
        case datetime():
            return None if value.microsecond else f"{value:%Y-%m-%d %H:%M:%S} for 1 second"
        case date() if column.timeframe == "week":
            return f"{value.isoformat()} for 1 week"
        case date():
            return value.isoformat()
        case int() | Decimal():
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        case float():
            return repr(value)
        case _ if column.timeframe in ("month", "quarter"):
            return value
        case _:
            return exact_text(value) if column.type is OutputType.STRING else None
