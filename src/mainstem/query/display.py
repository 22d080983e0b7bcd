"""One cell as people read it: formats of numbers, timeframes of dates, Yes and No."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from mainstem.semantics.value_format import NAMED, format_number

if TYPE_CHECKING:
    from mainstem.query.result import Cell, OutputColumn

NULL = "∅"
"""Looker's sign for NULL."""


def display(cell: Cell, column: OutputColumn) -> str:
    """The text Looker would show: `∅` for NULL, numbers by the column's format, else plainly."""
    match cell:
        case None:
            return NULL
        case bool():
            return "Yes" if cell else "No"
        case int() | float() | Decimal():
            return _number(cell, column)
        case datetime():
            return cell.strftime("%Y-%m-%d %H" if column.timeframe == "hour" else "%Y-%m-%d %H:%M:%S")
        case date():
            return cell.isoformat()
        case _:
            return cell


def format_of(column: OutputColumn) -> str | None:
    """The spreadsheet format a column asks for, by pattern or by name; None when it asks for none."""
    return column.value_format or NAMED.get(column.value_format_name or "")


def _number(number: int | float | Decimal, column: OutputColumn) -> str:
    asked = format_of(column)
    if asked is not None:
        return format_number(number, asked)
    return f"{number:f}" if isinstance(number, Decimal) else str(number)
