"""Parquet files written beside those of DuckLake and handed to it: rows at less than half of INSERT's price.

What a file holds DuckLake reads from its footer: columns by name, counts, smallest and greatest values. Two
rows of 47 columns cost 7.8 µs by INSERT, 2.2 written here and 0.8 handed over. It writes no table whose
owner has settled how its files are to be (by partitions, an order, a compression) or that a column is never
NULL, which a file is not asked for, and none whose columns have other types than the rows: those are
DuckLake's own to write.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mainstem.warehouse.ducklake.literals import identifier, literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import duckdb

    from mainstem.warehouse.contract import TableName

LEAST_ROWS = 100
"""From here on a file is cheaper: of one row by INSERT 7.5 ms and 6 by a file, of a thousand 10.6 and 7.8."""
_MOST_ROWS_A_GROUP = 122_880
"""DuckDB's own, so that readers skip as much as in its files."""
_PATTERN = frozenset("*?[]")
"""A path with one of these names many files to DuckLake."""
_SAMPLE = 256
_REPEATS = 0.5
"""Share of distinct values in a sample above which a dictionary is not tried: that costs as much again."""
_JSON = pa.json_(pa.string())
_TYPES = {
    pa.bool_(): ("boolean",),
    pa.int64(): ("int64",),
    pa.float64(): ("float64",),
    pa.string(): ("varchar", "json"),
    pa.timestamp("us", "UTC"): ("timestamptz",),
}
"""What a column of the lake may be, in the catalog's words, for a file to hold it as this."""

_PLACES = """
SELECT t.table_name, CASE WHEN s.path_is_relative AND t.path_is_relative THEN s.path || t.path END AS folder,
    (SELECT json_object_agg(c.column_name, c.column_type) FROM {lake}.ducklake_column AS c
        WHERE c.table_id = t.table_id AND c.end_snapshot IS NULL AND c.parent_column IS NULL)::text AS columns
FROM {lake}.ducklake_table AS t JOIN {lake}.ducklake_schema AS s USING (schema_id)
WHERE t.end_snapshot IS NULL AND s.end_snapshot IS NULL AND s.schema_name = {schema}
    AND NOT EXISTS (SELECT 1 FROM {lake}.ducklake_column AS n
        WHERE n.table_id = t.table_id AND n.end_snapshot IS NULL AND NOT n.nulls_allowed)
    AND NOT EXISTS (SELECT 1 FROM {lake}.ducklake_partition_info AS p
        WHERE p.table_id = t.table_id AND p.end_snapshot IS NULL)
    AND NOT EXISTS (SELECT 1 FROM {lake}.ducklake_sort_info AS o
        WHERE o.table_id = t.table_id AND o.end_snapshot IS NULL)
    AND NOT EXISTS (SELECT 1 FROM {lake}.ducklake_metadata AS m
        WHERE m.key LIKE 'parquet%' OR m.key LIKE '%file%' OR (m.key = 'encrypted' AND m.value <> 'false'))
"""


class Place(NamedTuple):
    """Where the files of a table lie, and what its columns are."""

    folder: Path
    columns: dict[str, str]
    """Each with its type in the catalog's words."""


class FileWriter:
    """Writes files into a lake whose data lie in a folder."""

    def __init__(
        self, catalog_name: str, metadata_schema: str, data_path: str, least_rows: int = LEAST_ROWS
    ) -> None:
        self._catalog_name = catalog_name
        self._lake = identifier(metadata_schema)
        self._data_path = Path(data_path)
        self.least_rows = least_rows

    def places(self, cursor: duckdb.DuckDBPyConnection, namespace: str) -> Mapping[str, Place]:
        """The tables of a namespace that stand, but for those whose files are DuckLake's to write."""
        question = _PLACES.format(lake=self._lake, schema=literal(namespace))
        metadata = literal(f"__ducklake_metadata_{self._catalog_name}")
        rows = cursor.execute(f"FROM postgres_query({metadata}, {literal(question)})").fetchall()
        return {
            table: Place(self._data_path / folder, msgspec.json.decode(columns, type=dict[str, str]))
            for table, folder, columns in rows
            if folder and not _PATTERN & set(str(self._data_path / folder))
        }

    def write(self, rows: pa.Table, place: Place) -> Path:
        """A new file with `rows`, which `fits`. What of it was written before an error is removed."""
        place.folder.mkdir(parents=True, exist_ok=True)
        file = place.folder / f"ducklake-{uuid.uuid4()}.parquet"
        try:
            pq.write_table(
                _with_json(rows, place),
                file,
                row_group_size=_MOST_ROWS_A_GROUP,
                use_dictionary=[name for name in rows.column_names if _repeats(rows.column(name))],
                store_schema=False,
            )
            _keep(file)
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        return file

    def hand_over(self, cursor: duckdb.DuckDBPyConnection, name: TableName, file: Path) -> None:
        """Make the rows of `file` the table's, in the transaction that is open."""
        place = ", ".join(map(literal, (self._catalog_name, name.table, str(file))))
        options = f"schema => {literal(name.namespace)}, allow_missing => true"
        cursor.execute(f"CALL ducklake_add_data_files({place}, {options})")


def fits(rows: pa.Table, place: Place, added: Collection[str]) -> bool:
    """Whether a file may hold `rows` as they are; `added` are columns that this transaction has added."""
    return all(
        field.name in added or place.columns.get(field.name) in _TYPES.get(_value_type(field.type), ())
        for field in rows.schema
    )


def _keep(file: Path) -> None:
    """On the disk before the catalog names it: the catalog outlives a loss of power."""
    for path in (file, file.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _value_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _with_json(rows: pa.Table, place: Place) -> pa.Table:
    """Texts that are JSON in the lake say so in the file too, or it would not be taken."""
    for position, name in enumerate(rows.column_names):
        if place.columns.get(name) == "json":
            rows = rows.set_column(position, name, rows.column(name).cast(_JSON))
    return rows


def _repeats(column: pa.ChunkedArray) -> bool:
    if pa.types.is_dictionary(column.type):
        return True
    sample = column.slice(0, _SAMPLE)
    return len(pc.unique(sample)) <= _REPEATS * len(sample)
