"""A cell as a page shows it: LookML's formats where a field names one, else what reads well.

Rounding is for eyes only: the value itself stands in the tile's data and in every export.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from mainstem.query.display import format_of
from mainstem.semantics.value_format import format_number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from mainstem.query.result import Cell, OutputColumn

MISSING = "–"
"""What stands where a value is NULL."""


def format_cell(value: Cell, column: OutputColumn) -> str:
    """A cell as people read it."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M" if column.timeframe == "hour" else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    asked = format_of(column)
    if asked is not None:
        return format_number(value, asked)
    return plain_number(value, grouped=column.value_format_name != "id" and column.timeframe is None)


def text_of_key(key: tuple[Cell, ...], columns: Sequence[OutputColumn]) -> str:
    """What heads a row or a pivoted column; NULL by its name, since a dash in a legend says nothing."""
    return " · ".join(
        "NULL" if value is None else format_cell(value, column)
        for value, column in zip(key, columns, strict=True)
    )


def plain_number(value: int | float | Decimal, *, grouped: bool = True) -> str:
    """A number nobody gave a format: whole numbers in full, others to two decimals."""
    comma = "#,##0" if grouped else "0"
    if isinstance(value, int) or value == int(value):
        return format_number(value, comma)
    return format_number(value, f"{comma}.##")
