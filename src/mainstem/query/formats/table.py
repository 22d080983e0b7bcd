"""Aligned columns for a terminal, values formatted, numbers to the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.display import display
from mainstem.query.result import OutputType

if TYPE_CHECKING:
    from mainstem.query.result import QueryResult


def to_table(result: QueryResult) -> str:
    rows = [[display(cell, c) for cell, c in zip(row, result.columns, strict=True)] for row in result.rows]
    heads = [column.name for column in result.columns]
    widths = [max(map(len, texts)) for texts in zip(heads, *rows, strict=True)]
    right = [column.type is OutputType.NUMBER for column in result.columns]
    rule = "  ".join("-" * width for width in widths)
    lines = [_line(texts, widths, right) for texts in (heads, *rows)]
    more = ["(there may be more: the limit was reached)"] if result.limit_reached else []
    return "\n".join([lines[0], rule, *lines[1:], *more]) + "\n"


def _line(texts: list[str], widths: list[int], right: list[bool]) -> str:
    cells = zip(texts, widths, right, strict=True)
    return "  ".join(t.rjust(w) if r else t.ljust(w) for t, w, r in cells).rstrip()
