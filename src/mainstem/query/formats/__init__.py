"""A result as text, a module per format. `FORMATS` is what a command offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.formats.csv import to_csv
from mainstem.query.formats.json import to_json
from mainstem.query.formats.table import to_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.query.result import QueryResult

FORMATS: Mapping[str, Callable[[QueryResult], str]] = {"table": to_table, "csv": to_csv, "json": to_json}

__all__ = ["FORMATS", "to_csv", "to_json", "to_table"]
