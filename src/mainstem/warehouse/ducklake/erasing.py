"""Erasing from a lake: rows, the files and snapshots that hold them, and what the catalog knows of them.

What was found by trying (DuckDB 1.5.5): a delete leaves the rows in their file and notes their positions
beside it, so the file is written anew; old snapshots keep the old file; and the catalog keeps for every
column of a table the smallest and largest value it ever held, which a delete does not make less, so those are
worked out again from the files that are left.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
from psycopg import sql

from mainstem.errors import FatalError, WarehouseBusy
from mainstem.privacy.mentions import mention
from mainstem.warehouse.contract import TableName
from mainstem.warehouse.ducklake.connection import CATALOG_NAME, open_lake
from mainstem.warehouse.ducklake.failures import is_passing
from mainstem.warehouse.ducklake.lock import StructureLock, UpkeepTurn
from mainstem.warehouse.ducklake.upkeep import DuckLakeUpkeep
from mainstem.warehouse.erasing import Condition, Erasing, Forgotten, Holds, Match, OldRows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mainstem.config import PostgresAddress
    from mainstem.warehouse.ducklake.connection import LakeLocation

_IN_ONE_PATTERN = 100
"""RE2 refuses patterns that are large."""
PATIENCE_SECONDS = 120.0
"""How long to wait for a build to let go of the structure lock."""

_COLUMNS = (
    "SELECT c.schema_name, c.table_name, c.column_name FROM duckdb_columns() AS c"
    " JOIN duckdb_tables() AS t ON t.table_oid = c.table_oid AND t.schema_name = c.schema_name"
    " AND t.table_name = c.table_name AND t.database_name = c.database_name"
    " WHERE c.database_name = ? ORDER BY c.schema_name, c.table_name, c.column_index"
)
_STATISTICS = sql.SQL(
    """
    UPDATE {lake}.ducklake_table_column_stats AS known
    SET min_value = CASE WHEN now.is_known THEN now.smallest END,
        max_value = CASE WHEN now.is_known THEN now.largest END
    FROM (
        SELECT c.table_id, c.column_id, min(f.min_value COLLATE "C") AS smallest,
            max(f.max_value COLLATE "C") AS largest,
            bool_and(f.data_file_id IS NULL OR coalesce(f.null_count = d.record_count, false)
                OR (f.min_value IS NOT NULL AND f.max_value IS NOT NULL)) AS is_known
        FROM {lake}.ducklake_column AS c
        LEFT JOIN {lake}.ducklake_file_column_stats AS f USING (table_id, column_id)
        LEFT JOIN {lake}.ducklake_data_file AS d ON d.data_file_id = f.data_file_id
        WHERE c.end_snapshot IS NULL AND c.column_type IN ('varchar', 'json')
        GROUP BY c.table_id, c.column_id
    ) AS now
    WHERE known.table_id = now.table_id AND known.column_id = now.column_id
        AND (known.min_value, known.max_value) IS DISTINCT FROM
            (CASE WHEN now.is_known THEN now.smallest END, CASE WHEN now.is_known THEN now.largest END)
    """
)
_CATALOG_MENTIONS = sql.SQL("SELECT count(*) FROM {table} AS whole WHERE whole::text ~ %s")
_VACUUMED = (
    "ducklake_file_column_stats",
    "ducklake_table_column_stats",
    "ducklake_data_file",
    "ducklake_delete_file",
)


class DuckLakeErasing(Erasing):
    """A lake of which this process may take rows out."""

    def __init__(self, location: LakeLocation, onlooker: PostgresAddress) -> None:
        """`onlooker` is a role that sees when the transactions of all others began."""
        self._location = location
        self._connection = open_lake(location, read_only=False)
        self._lock = StructureLock(location.catalog, patience_s=PATIENCE_SECONDS)
        self._turn = UpkeepTurn(location.catalog, patience_s=PATIENCE_SECONDS)
        self._upkeep = DuckLakeUpkeep(location, onlooker, patience_s=PATIENCE_SECONDS)

    def tables(self) -> Mapping[TableName, Sequence[str]]:
        found: dict[TableName, list[str]] = {}
        for schema, table, column in self._run(_COLUMNS, [CATALOG_NAME]):
            found.setdefault(TableName(schema, table), []).append(column)
        return found

    def rows(
        self, name: TableName, conditions: Sequence[Condition], columns: Sequence[str]
    ) -> Sequence[tuple[str | None, ...]]:
        where, values = _where(conditions)
        wanted = ", ".join(f"CAST({_quoted(column)} AS VARCHAR)" for column in columns)
        return self._run(f"SELECT DISTINCT {wanted} FROM {_table(name)} WHERE {where}", values)  # noqa: S608 # names are quoted

    def count(self, name: TableName, conditions: Sequence[Condition]) -> int:
        where, values = _where(conditions)
        rows = self._run(f"SELECT count(*) FROM {_table(name)} WHERE {where}", values)  # noqa: S608 # names are quoted
        return int(rows[0][0]) if rows else 0

    def delete(
        self, conditions: Mapping[TableName, Sequence[Condition]], message: str
    ) -> Mapping[TableName, int]:
        if not any(self.count(name, some) for name, some in conditions.items()):
            return {}
        gone: dict[TableName, int] = {}
        with self._lock, self._turn, self._cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"CALL {CATALOG_NAME}.set_commit_message('mainstem', ?)", [message])
            standing = {TableName(*row[:2]) for row in cursor.execute(_COLUMNS, [CATALOG_NAME]).fetchall()}
            for name in conditions.keys() & standing:
                some = conditions[name]
                where, values = _where(some)
                [(count,)] = cursor.execute(f"DELETE FROM {_table(name)} WHERE {where}", values).fetchall()  # noqa: S608 # names are quoted
                if count:
                    gone[name] = int(count)
            cursor.execute("COMMIT")
        return gone

    def forget(self) -> Forgotten:
        tables = 0
        for table in self._upkeep.tables():
            if deleted_from := [file.id for file in table.files if file.deleted]:
                self._upkeep.rewrite(table.name, deleted_from)
                tables += 1
        snapshots = self._upkeep.expire([one.id for one in self._upkeep.snapshots()], frozenset)
        files = self._upkeep.clean_up(timedelta(0), datetime.now(UTC) + timedelta(seconds=1))
        with self._lock, self._turn:  # nobody appends meanwhile, or what he adds would be forgotten
            self._change(_STATISTICS)
        for name in _VACUUMED:
            self._change(sql.SQL("VACUUM {lake}." + name))
        return Forgotten(tables, snapshots, files, self._upkeep.leftovers().files)

    def mentions(self, name: TableName, texts: Sequence[str]) -> int:
        row = "CAST(whole AS VARCHAR)"
        parts = [texts[at : at + _IN_ONE_PATTERN] for at in range(0, len(texts), _IN_ONE_PATTERN)]
        quick = " OR ".join(f"contains({row}, ?)" for _ in texts)
        whole = " OR ".join(f"regexp_matches({row}, ?)" for _ in parts)
        rows = self._run(
            f"SELECT count(*) FROM {_table(name)} AS whole WHERE ({quick}) AND ({whole})",  # noqa: S608 # names are quoted
            [*texts, *map(mention, parts)],
        )
        return int(rows[0][0]) if rows else 0

    def catalog_mentions(self, texts: Sequence[str]) -> Mapping[str, int]:
        """Rows of the catalog in which one of `texts` stands, by table; tables without any are left out."""
        schema = self._location.metadata_schema
        counts: dict[str, int] = {}
        with self._catalog() as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,))
            for (name,) in names.fetchall():
                question = _CATALOG_MENTIONS.format(table=sql.Identifier(schema, name))
                row = connection.execute(question, (mention(texts),)).fetchone()
                if row and row[0]:
                    counts[name] = int(row[0])
        return counts

    def close(self) -> None:
        self._upkeep.close()
        self._lock.close()
        self._turn.close()
        self._connection.close()

    def _run(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """No rows of a table that has been dropped since it was listed, as builds do with their own."""
        with self._cursor() as cursor:
            try:
                return cursor.execute(statement, list(values)).fetchall()
            except duckdb.CatalogException:
                return []
            except duckdb.BinderException as e:
                raise WarehouseBusy(f"a table has got other columns meanwhile: {e}") from e

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """What is open when an error comes is rolled back."""
        with self._connection.cursor() as cursor:
            try:
                yield cursor
            except duckdb.Error as e:
                if is_passing(e, self._location.catalog):
                    raise WarehouseBusy(f"the lake is busy: {e}") from e
                raise FatalError(f"the lake cannot be erased from: {e}") from e

    def _change(self, statement: sql.SQL) -> None:
        with self._catalog() as connection:
            connection.execute(self._named(statement))

    def _named(self, statement: sql.SQL) -> sql.Composed:
        return statement.format(lake=sql.Identifier(self._location.metadata_schema))

    @contextmanager
    def _catalog(self) -> Iterator[psycopg.Connection]:
        try:
            with psycopg.connect(**self._location.catalog.libpq(), autocommit=True) as connection:
                yield connection
        except psycopg.OperationalError as e:
            raise WarehouseBusy(f"the lake's catalog does not answer: {e}") from e


def _where(conditions: Sequence[Condition]) -> tuple[str, list[object]]:
    parts: list[str] = []
    values: list[object] = []
    for one in conditions:
        match one:
            case Match(column, texts, folded, where_empty):
                text = f"CAST({_quoted(column)} AS VARCHAR)"
                left = f"lower(trim({text}))" if folded else text
                other = f"CAST({_quoted(where_empty)} AS VARCHAR)" if where_empty else ""
                rest = f" AND ({other} IS NULL OR trim({other}) = '')" if other else ""
                parts.append(f"({left} IN (SELECT unnest(?::VARCHAR[])){rest})")
                values.append(list(texts))
            case Holds(column, texts):
                parts.append(
                    f"(list_bool_or([contains(CAST({_quoted(column)} AS VARCHAR), t) FOR t IN ?::VARCHAR[]]))"
                )
                values.append(list(texts))
            case OldRows(column, before, events):
                only = ' AND "event" IN (SELECT unnest(?::VARCHAR[]))' if events else ""
                parts.append(f"({_quoted(column)} < ?::TIMESTAMPTZ{only})")
                values += [before.isoformat(), *([list(events)] if events else [])]
    return " OR ".join(parts) or "false", values


def _table(name: TableName) -> str:
    return f"{CATALOG_NAME}.{_quoted(name.namespace)}.{_quoted(name.table)}"


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
