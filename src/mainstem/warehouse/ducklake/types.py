"""RudderStack's column types as DuckDB's, both ways."""

from __future__ import annotations

from mainstem.warehouse.contract import ColumnType

SQL_TYPES = {
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.INT: "BIGINT",
    ColumnType.FLOAT: "DOUBLE",
    ColumnType.STRING: "VARCHAR",
    ColumnType.DATETIME: "TIMESTAMP WITH TIME ZONE",
    ColumnType.JSON: "JSON",
}

_OTHER_SPELLINGS = {
    "TINYINT": ColumnType.INT,
    "SMALLINT": ColumnType.INT,
    "INTEGER": ColumnType.INT,
    "FLOAT": ColumnType.FLOAT,
    "DATE": ColumnType.DATETIME,
    "TIMESTAMP": ColumnType.DATETIME,
}

_COLUMN_TYPES = {sql: kind for kind, sql in SQL_TYPES.items()} | _OTHER_SPELLINGS


def column_type(sql_type: str) -> ColumnType:
    """The RudderStack type of a column; what has no counterpart (a list, a decimal) counts as string."""
    return _COLUMN_TYPES.get(sql_type.upper(), ColumnType.STRING)
