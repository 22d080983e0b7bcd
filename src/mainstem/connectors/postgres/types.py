"""Postgres's types as types of columns, and how a value is asked for so that none is bent on the way.

What has no type of its own here is text as Postgres writes it: uuid, enums, ranges, intervals, addresses.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.warehouse import ColumnType

_PLAIN = {
    "bool": ColumnType.BOOLEAN,
    "int2": ColumnType.INT,
    "int4": ColumnType.INT,
    "int8": ColumnType.INT,
    "oid": ColumnType.INT,
    "float4": ColumnType.FLOAT,
    "float8": ColumnType.FLOAT,
    "date": ColumnType.DATETIME,
    "timestamptz": ColumnType.DATETIME,
    "timestamp": ColumnType.DATETIME,
    "json": ColumnType.JSON,
    "jsonb": ColumnType.JSON,
}
_LONGEST_INT = 18
"""Digits that always fit into 64 bits."""
_EXACT = 15
"""Digits that a double always gives back."""
_HEADER = 4
"""Of a typmod; PostgreSQL's VARHDRSZ."""


@dataclass(frozen=True)
class PostgresType:
    """As `pg_type` has it, domains undone."""

    name: str
    """`typname`."""
    is_built_in: bool
    form: str
    """`typtype`: `b`ase, `c`omposite, `e`num, `r`ange, `m`ultirange, `p`seudo."""
    category: str
    """`typcategory`: `A` for arrays."""
    typmod: int = -1


@dataclass(frozen=True)
class Mapped:
    kind: ColumnType
    shown: str
    """The expression that is selected, `{}` for the column."""
    keeps_digits: bool = False
    """Whether a value may have more digits than a double; they are kept beside it then."""


def mapped(found: PostgresType, time_zone: str = "UTC") -> Mapped:
    if found.category == "A" or found.form == "c" or found.name == "hstore":
        return Mapped(ColumnType.JSON, "to_json({})")
    if not found.is_built_in or found.form != "b":
        return Mapped(ColumnType.STRING, "{}::text")
    if found.name == "numeric":
        return _numeric(found.typmod)
    if found.name == "money":
        return Mapped(ColumnType.FLOAT, "{}::numeric", keeps_digits=True)
    if found.name == "timestamp" and time_zone != "UTC":
        zone = time_zone.replace("'", "''").replace("%", "%%")
        return Mapped(ColumnType.DATETIME, f"({{}} AT TIME ZONE '{zone}')")
    kind = _PLAIN.get(found.name)
    return Mapped(ColumnType.STRING, "{}::text") if kind is None else Mapped(kind, "{}")


def _numeric(typmod: int) -> Mapped:
    """Whole numbers of 18 digits are whole numbers; all else is a double."""
    if typmod < _HEADER:
        return Mapped(ColumnType.FLOAT, "{}", keeps_digits=True)
    precision = ((typmod - _HEADER) >> 16) & 0xFFFF
    scale = (((typmod - _HEADER) & 0x7FF) ^ 1024) - 1024
    if scale <= 0 and precision - scale <= _LONGEST_INT:
        return Mapped(ColumnType.INT, "{}")
    return Mapped(ColumnType.FLOAT, "{}", keeps_digits=max(precision, precision - scale) > _EXACT)
