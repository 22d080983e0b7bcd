"""A sheet as CSV (RFC 4180, UTF-8 with its mark, so that spreadsheets read it right), piece by piece.

Texts that a spreadsheet would take for a formula are written with an apostrophe before them: what visitors
put into an event must not run on the machine of whoever opens the file.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from mainstem.query.display import display
from mainstem.query.formats.csv import csv_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mainstem.query.result import Cell
    from mainstem.query.sheets import Line, Sheet

MARK = "\ufeff"
_ACTING = ("=", "+", "-", "@", "\t", "\r")


def csv_pieces(sheet: Sheet, *, formatted: bool, names: bool) -> Iterator[str]:
    """With `formatted` cells are as pages show them; with `names` the head has `view.field`s, not labels."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    head = [column.name if names else column.label for column in sheet.columns]
    writer.writerow([_harmless(one) for one in head])
    yield MARK + _taken(text)
    for batch in sheet.batches:
        writer.writerows(_line(line, sheet, formatted=formatted) for line in batch)
        yield _taken(text)
    if sheet.totals is not None:
        writer.writerow(_line(sheet.totals, sheet, formatted=formatted))
        yield _taken(text)


def _line(line: Line, sheet: Sheet, *, formatted: bool) -> Sequence[str]:
    return [
        _cell(cell) if cell is None or not formatted else _harmless_text(cell, display(cell, column.column))
        for cell, column in zip(line, sheet.columns, strict=True)
    ]


def _cell(cell: Cell) -> str:
    return _harmless_text(cell, csv_value(cell))


def _harmless_text(cell: Cell, text: str) -> str:
    """A negative number is no formula; a text may be."""
    return _harmless(text) if isinstance(cell, str) else text


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_ACTING) else text


def _taken(text: io.StringIO) -> str:
    taken = text.getvalue()
    text.seek(0)
    text.truncate()
    return taken
