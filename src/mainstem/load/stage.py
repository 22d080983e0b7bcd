"""From planned rows to Arrow tables, which is how a warehouse takes rows in bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from mainstem.warehouse.arrow import ARROW_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.warehouse import ColumnType


def staged(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, ColumnType]) -> pa.Table:
    """`rows` with the types of `columns`; columns that no row has are left out."""
    present = {column for row in rows for column in row}
    arrays = {
        column: pa.array([row.get(column) for row in rows], ARROW_TYPES[kind])
        for column, kind in columns.items()
        if column in present
    }
    return pa.table(arrays)
