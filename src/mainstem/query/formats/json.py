"""A list of objects keyed by `view.field`, values unformatted; as Looker's `json` format."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from mainstem.query.result import Cell, QueryResult


def to_json(result: QueryResult) -> str:
    names = [column.name for column in result.columns]
    rows = [dict(zip(names, map(json_value, row), strict=True)) for row in result.rows]
    return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n"


def json_value(cell: Cell) -> str | float | bool | None:
    """Decimals as numbers; JSON has no other word for them. Times as SQL writes them."""
    match cell:
        case Decimal():
            return float(cell)
        case datetime():
            return cell.isoformat(sep=" ")
        case date():
            return cell.isoformat()
        case _:
            return cell
