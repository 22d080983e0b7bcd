"""Tell a warehouse that refuses one event from a warehouse that refuses everything.

Asked only when an event has failed alone. What it writes is rolled back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.load.placement import BOOKKEEPING
from mainstem.load.stage import staged
from mainstem.warehouse import ColumnType, TableName

if TYPE_CHECKING:
    from mainstem.warehouse import Warehouse

_TABLE = TableName(BOOKKEEPING, "probe")
_COLUMNS = {"id": ColumnType.STRING, "number": ColumnType.INT}
_ROW = {"id": "probe", "number": 1}


class _EnoughSeen(Exception):
    """Rolls the transaction back."""


def make_sure_rows_are_taken(warehouse: Warehouse) -> None:
    """Make a table with a row in it, and undo that. Raises whatever the warehouse raises."""
    try:
        with warehouse.transaction("see whether rows are taken", ddl=True) as transaction:
            transaction.create_table(_TABLE, _COLUMNS)
            transaction.append(_TABLE, staged([_ROW], _COLUMNS))
            raise _EnoughSeen
    except _EnoughSeen:
        return
