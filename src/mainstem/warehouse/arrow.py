"""The types in which values of columns are handed to a warehouse, as Arrow has them.

A module of its own: whoever only names column types need not import Arrow.
"""

from __future__ import annotations

import pyarrow as pa

from mainstem.warehouse.contract import ColumnType

ARROW_TYPES = {
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.INT: pa.int64(),
    ColumnType.FLOAT: pa.float64(),
    ColumnType.STRING: pa.string(),
    ColumnType.DATETIME: pa.timestamp("us", "UTC"),
    ColumnType.JSON: pa.string(),
}
