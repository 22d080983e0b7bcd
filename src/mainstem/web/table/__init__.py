"""An answer as a table of a page: what each cell says, where it leads, how it is painted.

Promise: no row, NULL and 0 are three different things, and each says so. Totals are those of the warehouse,
never added up here. What comes from the model as HTML is cleaned.
"""

from __future__ import annotations

from mainstem.web.table.build import table_of
from mainstem.web.table.model import BodyCell, HeadCell, Paint, Row, Table

__all__ = ["BodyCell", "HeadCell", "Paint", "Row", "Table", "table_of"]
