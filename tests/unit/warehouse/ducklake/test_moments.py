"""A lake at two of its snapshots at once, and what is put between them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from mainstem.errors import QueryError
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.ducklake import DuckLake, Snapshots, open_moments
from mainstem.warehouse.ducklake.connection import open_lake

if TYPE_CHECKING:
    from mainstem.warehouse.ducklake import LakeLocation

PAGES = TableName("website", "pages")


def test_a_table_is_read_as_it_was_at_both_moments_under_its_own_name(lake_location: LakeLocation) -> None:
    snapshots = Snapshots(lake_location.catalog, lake_location.metadata_schema)
    with closing(DuckLake(lake_location)) as lake:
        with lake.transaction("first", ddl=True) as change:
            change.create_table(PAGES, {"id": ColumnType.STRING})
            change.append(PAGES, pa.table({"id": ["a"]}))
        then = snapshots.newest()
        with lake.transaction("second", ddl=True) as change:
            change.add_columns(PAGES, {"path": ColumnType.STRING})
            change.append(PAGES, pa.table({"id": ["b"], "path": ["/"]}))
    with closing(open_moments(lake_location, then, snapshots.newest())) as moments:
        assert moments.columns("then", "website.pages") == {"id": "VARCHAR"}
        assert moments.columns("now", "website.pages") == {"id": "VARCHAR", "path": "VARCHAR"}
        assert moments.columns("now", "website.none") is None
        for moment, rows in (("then", 1), ("now", 2)):
            moments.put("website.pages", f"SELECT * FROM {moments.name(moment, 'website.pages')}")  # type: ignore[arg-type]  # two literals
            assert moments.query("SELECT count(*) AS n FROM lake.website.pages").to_pylist() == [{"n": rows}]
        with pytest.raises(QueryError):
            moments.put("website.pages", "SELECT nothing FROM nowhere")


def test_what_happened_to_a_table_between_is_told_without_comparing_it(lake_location: LakeLocation) -> None:
    snapshots = Snapshots(lake_location.catalog, lake_location.metadata_schema)
    names = ("still", "added", "removed", "anew")
    tables = {name: TableName("website", name) for name in names}
    with closing(DuckLake(lake_location)) as lake:
        with lake.transaction("first", ddl=True) as change:
            for table in tables.values():
                change.create_table(table, {"id": ColumnType.STRING})
                change.append(table, pa.table({"id": ["a", "b"]}))
        then = snapshots.newest()
    with closing(open_lake(lake_location, read_only=False)) as connection:
        connection.execute("INSERT INTO lake.website.added VALUES ('c')")
        connection.execute("DELETE FROM lake.website.removed WHERE id = 'a'")
        connection.execute("INSERT INTO lake.website.removed VALUES ('c')")
        connection.execute("CREATE OR REPLACE TABLE lake.website.anew AS SELECT 'a' AS id")
        connection.execute("CREATE VIEW lake.website.seen AS SELECT * FROM lake.website.added")
    with closing(open_moments(lake_location, then, snapshots.newest())) as moments:
        assert [name for name in names if moments.is_same(f"website.{name}")] == ["still"]
        came = {name: moments.came(f"website.{name}") for name in names}
        assert [name for name in names if came[name]] == ["added"]
        assert moments.query(str(came["added"])).to_pylist() == [{"id": "c"}]
        assert moments.columns("now", "website.seen") is None
