"""The formats of files, each with what is needed to send it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.query.formats.sheet_csv import csv_pieces
from mainstem.query.formats.sheet_json import json_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mainstem.query.sheets import Sheet
    from mainstem.web.export.wanted import Wanted


@dataclass(frozen=True)
class FileFormat:
    name: str
    """Of the file's ending."""
    label: str
    media_type: str
    pieces: Callable[[Sheet, Wanted], Iterator[str]] | None
    """None: a file that has to be made before it can be sent."""


FILE_FORMATS: Mapping[str, FileFormat] = {
    one.name: one
    for one in (
        FileFormat(
            "csv",
            "CSV",
            "text/csv; charset=utf-8",
            lambda sheet, wanted: csv_pieces(sheet, formatted=wanted.formatted, names=wanted.names),
        ),
        FileFormat("json", "JSON", "application/json", lambda sheet, _: json_pieces(sheet)),
        FileFormat(
            "xlsx",
            "Excel",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            None,
        ),
    )
}
