"""A sheet as a workbook of Excel: values as numbers, dates and texts, in the formats that fields have.

Texts stay texts: none becomes a formula or a link. Rows past what a worksheet holds go on in another. A last
worksheet says where the numbers come from. Lines are written as they come, so memory does not grow with them.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import xlsxwriter

from mainstem.query.display import format_of
from mainstem.query.result import OutputType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from mainstem.query.result import Cell, OutputColumn
    from mainstem.query.sheets import Line, Sheet, SheetColumn

ROWS_A_SHEET = 1_048_576
_TEXT_LIMIT = 32_767
_DATES = {OutputType.DATE: "yyyy-mm-dd", OutputType.TIME: "yyyy-mm-dd hh:mm:ss"}
_EXACT = 2**53
"""Whole numbers from here on lose digits as a float, which all of Excel's numbers are."""
_WIDEST = 60
_NARROWEST = 8


def write_xlsx(
    sheet: Sheet, path: Path, about: Mapping[str, str], *, rows_a_sheet: int = ROWS_A_SHEET
) -> None:
    """`about`: what the last worksheet says, name → text."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        writing = _Writing(book, sheet.columns, rows_a_sheet)
        for batch in sheet.batches:
            for line in batch:
                writing.line(line)
        if sheet.totals is not None:
            writing.line(sheet.totals, is_total=True)
        _about(book, {**about, **{f"Note {n}": note for n, note in enumerate(sheet.notes, 1)}})


class _Writing:
    def __init__(self, book: Workbook, columns: tuple[SheetColumn, ...], rows_a_sheet: int) -> None:
        self._book = book
        self._columns = columns
        self._rows = rows_a_sheet
        self._head = book.add_format({"bold": True, "bottom": 1})
        self._formats = [_format(book, column.column) for column in columns]
        self._totals = [_format(book, column.column, bold=True) for column in columns]
        self._sheets = 0
        self._begin()

    def line(self, line: Line, *, is_total: bool = False) -> None:
        if self._row == self._rows:
            self._begin()
        formats = self._totals if is_total else self._formats
        for number, cell in enumerate(line):
            _write(self._sheet, self._row, number, cell, formats[number])
        if is_total and (not line or line[0] is None):
            self._sheet.write_string(self._row, 0, "Total", self._head)
        self._row += 1

    def _begin(self) -> None:
        self._sheets += 1
        self._sheet: Worksheet = self._book.add_worksheet(
            "Rows" if self._sheets == 1 else f"Rows {self._sheets}"
        )
        self._sheet.freeze_panes(1, 0)
        for number, column in enumerate(self._columns):
            self._sheet.set_column(number, number, max(_NARROWEST, min(len(column.label) + 2, _WIDEST)))
        for number, column in enumerate(self._columns):
            self._sheet.write_string(0, number, column.label, self._head)
        self._row = 1


def _write(sheet: Worksheet, row: int, place: int, cell: Cell, style: Format | None) -> None:
    match cell:
        case None:
            return
        case bool():
            sheet.write_string(row, place, "Yes" if cell else "No")
        case int() if abs(cell) >= _EXACT:
            sheet.write_string(row, place, str(cell))
        case int() | float() | Decimal():
            sheet.write_number(row, place, float(cell), style)
        case datetime() | date():
            if cell.year < 1900:  # Excel counts days from then on
                sheet.write_string(row, place, str(cell))
            else:
                sheet.write_datetime(row, place, cell, style)
        case _:
            sheet.write_string(row, place, cell[:_TEXT_LIMIT])


def _format(book: Workbook, column: OutputColumn, *, bold: bool = False) -> Format | None:
    wanted = _DATES.get(column.type) or (format_of(column) if column.type is OutputType.NUMBER else None)
    style: dict[str, object] = {"num_format": wanted} if wanted else {}
    if bold:
        style |= {"bold": True, "top": 1}
    return book.add_format(style) if style else None


def _about(book: Workbook, about: Mapping[str, str]) -> None:
    sheet = book.add_worksheet("About")
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "valign": "top"})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 100)
    for row, (name, text) in enumerate(about.items()):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, text[:_TEXT_LIMIT], wrapped)
