"""What a database says of its tables: columns, types, keys, what our role may read. It decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.connectors.postgres.types import PostgresType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

TABLES = """
SELECT c.oid::bigint, n.nspname, c.relname, c.relkind::text, c.relrowsecurity,
       has_schema_privilege(n.oid, 'USAGE'), has_table_privilege(c.oid, 'SELECT')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND c.relpersistence <> 't'
ORDER BY n.nspname, c.relname
"""
COLUMNS = """
WITH RECURSIVE base (oid, typ, typmod) AS (
  SELECT oid, oid, -1 FROM pg_catalog.pg_type WHERE typtype <> 'd'
  UNION ALL
  SELECT d.oid, b.typ, d.typtypmod FROM pg_catalog.pg_type d JOIN base b ON d.typbasetype = b.oid
  WHERE d.typtype = 'd'
)
SELECT a.attrelid::bigint, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
       pg_catalog.format_type(a.atttypid, -1), t.typname, t.typnamespace = 'pg_catalog'::regnamespace,
       t.typtype::text, t.typcategory::text,
       CASE WHEN b.oid = b.typ THEN a.atttypmod ELSE b.typmod END,
       a.attnotnull, a.atthasdef OR a.attidentity <> '',
       has_column_privilege(a.attrelid, a.attnum, 'SELECT'),
       EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = a.attrelid AND i.indisvalid
               AND i.indkey[0] = a.attnum)
FROM pg_catalog.pg_attribute a JOIN base b ON b.oid = a.atttypid JOIN pg_catalog.pg_type t ON t.oid = b.typ
WHERE a.attrelid = ANY(%s::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""
KEYS = """
SELECT DISTINCT ON (i.indrelid) i.indrelid::bigint,
       ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
             WHERE k.place <= i.indnkeyatts ORDER BY k.place)
FROM pg_catalog.pg_index i
WHERE i.indrelid = ANY(%s::oid[]) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
  AND i.indexprs IS NULL
  AND NOT EXISTS (SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
                  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                  WHERE k.place <= i.indnkeyatts AND NOT a.attnotnull)
ORDER BY i.indrelid, i.indisprimary DESC, i.indnkeyatts, i.indexrelid
"""


@dataclass(frozen=True)
class FoundColumn:
    name: str
    type: str
    """As people write it: `numeric(12,2)`."""
    cast: str
    """What a text becomes a value of the column by."""
    found: PostgresType
    is_never_null: bool
    has_default: bool
    may_be_read: bool
    is_indexed: bool
    """Whether an index begins with it."""


@dataclass(frozen=True)
class FoundTable:
    oid: int
    schema: str
    name: str
    form: str
    """`relkind`: `r` table, `p` partitioned, `v` view, `m` materialised view, `f` foreign table."""
    hides_rows: bool
    """Row-level security is on: we may be shown less than there is."""
    may_enter: bool
    may_be_read: bool
    """As a whole, `xmin` too, which rights to columns do not give."""
    columns: tuple[FoundColumn, ...] = ()
    key: tuple[str, ...] = ()
    """Primary key, else the shortest unique index whose columns are never null; empty for none."""

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


def find_tables(connection: Connection, schemas: Sequence[str]) -> list[FoundTable]:
    """Every table and view of the schemas, those that may not be read too; in a transaction of its
    own. Raises psycopg's errors."""
    # So that names of types are told with their schema wherever that is needed.
    connection.execute("SET LOCAL search_path TO pg_catalog")
    heads = connection.execute(TABLES, [list(schemas)]).fetchall()
    oids = [head[0] for head in heads]
    columns: dict[int, list[FoundColumn]] = {oid: [] for oid in oids}
    for oid, name, kind, cast, typ, built_in, form, category, typmod, *facts in connection.execute(
        COLUMNS, [oids]
    ).fetchall():
        found = PostgresType(typ, built_in, form, category, typmod)
        columns[oid].append(FoundColumn(name, kind, cast, found, *facts))
    keys: dict[int, list[str]] = dict(connection.execute(KEYS, [oids]).fetchall())
    return [
        FoundTable(
            oid, schema, name, form, hides, enter, whole, tuple(columns[oid]), tuple(keys.get(oid, ()))
        )
        for oid, schema, name, form, hides, enter, whole in heads
    ]
