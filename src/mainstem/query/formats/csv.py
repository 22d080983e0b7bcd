"""RFC 4180 with a header of `view.field` names, values unformatted, NULL as an empty cell."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.query.result import Cell, QueryResult


def to_csv(result: QueryResult) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in result.columns])
    writer.writerows([csv_value(cell) for cell in row] for row in result.rows)
    return text.getvalue()


def csv_value(cell: Cell) -> str:
    """A cell as CSV holds it: unformatted."""
    match cell:
        case None:
            return ""
        case bool():
            return "Yes" if cell else "No"
        case Decimal():
            return f"{cell:f}"
        case _:
            return str(cell)
