"""Attach another database to a DuckDB instance, read only, and find its tables."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from mainstem.config import redact
from mainstem.errors import EnvironmentFailure
from mainstem.warehouse.attaching import DuckDBFile, OtherTable, ParquetFolder, PostgresDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mainstem.warehouse.attaching import OtherDatabase

NAME = "other"
"""What the database is attached as; one at a time."""
_SECRET = "mainstem_other"  # noqa: S105 # the name DuckDB keeps the secret under
_COLUMNS = (
    "SELECT table_name, column_name, data_type FROM duckdb_columns()"
    " WHERE database_name = ? AND schema_name = ? ORDER BY table_name, column_index"
)


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection, database: OtherDatabase, schema: str
) -> Iterator[Mapping[str, OtherTable]]:
    """As `AttachingWarehouse.attached` promises it."""
    with connection.cursor() as cursor:
        try:
            _attach(cursor, database, schema)
            tables = _tables(cursor, schema)
        except duckdb.Error as e:
            _detach(cursor)
            raise EnvironmentFailure(f"cannot read {database}: {redact(str(e))}") from None
        try:
            yield tables
        finally:
            _detach(cursor)


def _attach(cursor: duckdb.DuckDBPyConnection, database: OtherDatabase, schema: str) -> None:
    match database:
        case PostgresDatabase():
            cursor.execute(_secret_sql(database))
            mode = f"sslmode={database.address.sslmode}" if database.address.sslmode else ""
            cursor.execute(f"ATTACH {_literal(mode)} AS {NAME} (TYPE postgres, SECRET {_SECRET}, READ_ONLY)")
        case DuckDBFile():
            cursor.execute(f"ATTACH {_literal(str(database.path))} AS {NAME} (READ_ONLY)")
        case ParquetFolder():
            cursor.execute(f"ATTACH ':memory:' AS {NAME}")
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {NAME}.{_quoted(schema)}")
            for table, files in _parquet_tables(database.path, schema):
                rows = f"SELECT * FROM read_parquet({_literal(files)}, union_by_name = true)"  # noqa: S608 # a literal
                cursor.execute(f"CREATE VIEW {NAME}.{_quoted(schema)}.{_quoted(table)} AS {rows}")


def _detach(cursor: duckdb.DuckDBPyConnection) -> None:
    cursor.execute(f"DETACH DATABASE IF EXISTS {NAME}")
    cursor.execute(f"DROP SECRET IF EXISTS {_SECRET}")


def _tables(cursor: duckdb.DuckDBPyConnection, schema: str) -> Mapping[str, OtherTable]:
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in cursor.execute(_COLUMNS, [NAME, schema]).fetchall():
        columns.setdefault(table, {})[column] = kind
    return {
        table: OtherTable(f"{NAME}.{_quoted(schema)}.{_quoted(table)}", kinds)
        for table, kinds in columns.items()
    }


def _secret_sql(database: PostgresDatabase) -> str:
    """It holds the password: never log it."""
    address = database.address
    values = {
        "HOST": address.host,
        "PORT": str(address.port),
        "DATABASE": address.database,
        "USER": address.user,
    }
    if address.password is not None:
        values["PASSWORD"] = address.password.reveal()
    fields = ", ".join(f"{name} {_literal(value)}" for name, value in values.items())
    return f"CREATE OR REPLACE SECRET {_SECRET} (TYPE postgres, {fields})"


def _parquet_tables(folder: Path, schema: str) -> Iterator[tuple[str, str]]:
    """Each table with the pattern of its files."""
    base = folder / schema if (folder / schema).is_dir() else folder
    for path in sorted(base.iterdir()):
        if path.is_dir() and next(path.rglob("*.parquet"), None) is not None:
            yield path.name, f"{path}/**/*.parquet"
        elif path.suffix == ".parquet":
            yield path.stem, str(path)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
