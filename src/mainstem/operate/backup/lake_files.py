"""The lake as of one moment: its catalog's dump and the files that names, held together by a transaction.

While it is open upkeep removes no file, because it counts from the oldest transaction; so every file that the
dump names is there to be copied.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from mainstem.errors import UsageError, WarehouseBusy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.config import PostgresAddress

_FILES = sql.SQL(
    """
    SELECT DISTINCT s.path, s.path_is_relative, t.path, t.path_is_relative, f.path, f.path_is_relative,
        f.file_size_bytes
    FROM (
        SELECT table_id, path, path_is_relative, file_size_bytes FROM {lake}.ducklake_data_file
        UNION ALL
        SELECT table_id, path, path_is_relative, file_size_bytes FROM {lake}.ducklake_delete_file
    ) AS f
    JOIN {lake}.ducklake_table AS t USING (table_id)
    JOIN {lake}.ducklake_schema AS s USING (schema_id)
    """
)
_NEWEST = sql.SQL("SELECT coalesce(max(snapshot_id), 0) FROM {lake}.ducklake_snapshot")


@dataclass(frozen=True, order=True)
class LakeFile:
    path: str
    """Below the lake's data path."""
    size: int


@dataclass(frozen=True)
class HeldLake:
    """Valid while `held_lake` is open."""

    exported: str
    """The snapshot for `pg_dump`."""
    newest: int
    files: tuple[LakeFile, ...]


@contextmanager
def held_lake(catalog: PostgresAddress, metadata_schema: str) -> Iterator[HeldLake]:
    """Raises WarehouseBusy when the catalog does not answer, UsageError for a file outside of the lake."""
    lake = sql.Identifier(metadata_schema)
    try:
        with psycopg.connect(**catalog.libpq()) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            row = connection.execute("SELECT pg_export_snapshot()").fetchone()
            newest = connection.execute(_NEWEST.format(lake=lake)).fetchone()
            files = sorted({_file(*found) for found in connection.execute(_FILES.format(lake=lake))})
            yield HeldLake(str((row or ("",))[0]), int((newest or (0,))[0]), tuple(files))
    except psycopg.OperationalError as e:
        raise WarehouseBusy(f"the lake's catalog does not answer: {e}") from e


def _file(
    schema: str, schema_is_below: bool, table: str, table_is_below: bool, file: str, is_below: bool, size: int
) -> LakeFile:
    if not (schema_is_below and table_is_below and is_below):
        raise UsageError(
            f"the lake's file {file} lies outside of its data path and would be missing from the backup: "
            "load what it holds into a table of the lake"
        )
    return LakeFile(f"{schema}{table}{file}", size)
