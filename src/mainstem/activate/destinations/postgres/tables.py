"""A table as an object: its columns, its keys, and what our role may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

from mainstem.activate.shapes import Field, Kind, Shape
from mainstem.errors import UsageError

if TYPE_CHECKING:
    import psycopg

_KINDS = {
    "int2": Kind.INTEGER, "int4": Kind.INTEGER, "int8": Kind.INTEGER, "float4": Kind.NUMBER,
    "float8": Kind.NUMBER, "numeric": Kind.NUMBER, "bool": Kind.BOOLEAN, "date": Kind.DAY,
    "timestamp": Kind.MOMENT, "timestamptz": Kind.MOMENT,
}  # fmt: skip
_COLUMNS: LiteralString = """
    SELECT a.attname AS name, t.typname AS type, a.attnotnull AS needed,
        a.atthasdef OR a.attidentity <> '' AS has_default,
        a.attgenerated <> '' OR a.attidentity = 'a' AS made,
        CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END AS length,
        CASE WHEN t.typname = 'numeric' AND a.atttypmod > 4 THEN (a.atttypmod - 4) & 65535 END AS digits,
        has_column_privilege(a.attrelid, a.attnum, 'INSERT') AS may_insert,
        has_column_privilege(a.attrelid, a.attnum, 'UPDATE') AS may_update,
        EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indisvalid
            AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) AS is_unique,
        EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = a.attrelid AND i.indisprimary
            AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) AS is_primary,
        (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum AS e
            WHERE e.enumtypid = t.oid) AS labels,
        (SELECT f.confrelid::regclass::text FROM pg_constraint AS f WHERE f.conrelid = a.attrelid
            AND f.contype = 'f' AND f.conkey = ARRAY[a.attnum] LIMIT 1) AS refers_to
    FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
    WHERE a.attrelid = %(table)s::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
_TABLES: LiteralString = """
    SELECT n.nspname || '.' || c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1 LIMIT 20"""


@dataclass(frozen=True)
class DescribedTable:
    namespace: str
    table: str
    shape: Shape
    primary: str
    """Its primary key."""


def described(connection: psycopg.Connection[Any], name: str) -> DescribedTable:
    """Raises UsageError for a table there is not, or one without a primary key of one column."""
    namespace, _, table = name.rpartition(".")
    namespace = namespace or "public"
    found = connection.execute(
        "SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        "WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p')",
        (namespace, table),
    ).fetchone()
    if found is None:
        there = ", ".join(row[0] for row in connection.execute(_TABLES).fetchall())
        raise UsageError(f"there is no table {namespace}.{table}; there are {there or 'none we may read'}")
    cursor = connection.execute(_COLUMNS, {"table": found[0]})
    names = [column.name for column in cursor.description or ()]
    columns = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    primary = next((one["name"] for one in columns if one["is_primary"]), None)
    if primary is None:
        raise UsageError(f"table {namespace}.{table} has no primary key of one column to know its rows by")
    may_delete = connection.execute(
        "SELECT has_table_privilege(%s::oid, 'DELETE')", (found[0],)
    ).fetchone() == (True,)
    shape = Shape(
        name=name,
        fields={one["name"]: _field(one) for one in columns},
        can_create=any(one["may_insert"] for one in columns),
        can_update=any(one["may_update"] for one in columns),
        can_delete=may_delete,
    )
    return DescribedTable(namespace, table, shape, primary)


def _field(column: dict[str, Any]) -> Field:
    kind = _KINDS.get(column["type"], Kind.TEXT)
    labels = tuple(column["labels"] or ())
    is_reference = bool(column["refers_to"])
    return Field(
        name=column["name"],
        kind=Kind.CHOICE if labels else Kind.REFERENCE if is_reference else kind,
        can_create=column["may_insert"] and not column["made"],
        can_update=column["may_update"] and not column["made"],
        is_needed=column["needed"] and not column["has_default"] and not column["made"],
        is_key=column["is_unique"],
        length=column["length"],
        digits=column["digits"],
        choices=labels,
        refers_to=(column["refers_to"],) if is_reference else (),
    )
