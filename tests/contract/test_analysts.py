"""What the document for analysts says, done to the letter, on a lake that is written to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest

from mainstem.store import ensure_reader
from mainstem.store.roles import connect
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.ducklake import DuckLake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.config import PostgresAddress
    from mainstem.warehouse.ducklake import LakeLocation

DOCUMENT = Path(__file__).parents[2] / "docs" / "analysts.md"
READER = "analyst_of_tests"
VISITS = TableName("web", "visits")


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.long)])
def lake_place(request: pytest.FixtureRequest) -> LakeLocation:
    found: LakeLocation = request.getfixturevalue(
        "bucket_location" if request.param == "bucket" else "lake_location"
    )
    return found


@pytest.fixture
def analyst(postgres: PostgresAddress, lake_place: LakeLocation) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of an analyst's own, attached as the document says."""
    lake_location = lake_place
    catalog = lake_location.catalog
    ensure_reader(postgres, catalog, READER, None)
    lake = DuckLake(lake_location)
    with lake.transaction("a table", ddl=True) as transaction:
        transaction.create_table(VISITS, {"id": ColumnType.STRING})
    with lake.transaction("a row") as transaction:
        transaction.append(VISITS, pa.table({"id": ["one"]}))
    [written, of_bucket] = re.findall(r"```sql\n(.+?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    statements = (
        written.replace("/srv/example/.mainstem/postgres", catalog.host)
        .replace("DATABASE catalog", f"DATABASE '{catalog.database}'")
        .replace("USER analyst", f"USER '{READER}'")
    )
    extensions = {"extension_directory": str(lake_location.extensions)}
    with duckdb.connect(":memory:", config={**extensions, "autoinstall_known_extensions": "false"}) as own:
        for name in ("postgres_scanner", "ducklake", "httpfs"):
            own.execute(f"LOAD {name}")
        if lake_location.bucket is not None:
            own.execute(_of_bucket(of_bucket, lake_location))
        own.execute(statements)
        yield own
    lake.close()
    with connect(catalog) as owner:
        owner.execute(f'DROP OWNED BY "{catalog.user}"'.encode())
    with connect(postgres) as superuser:
        superuser.execute(f'REVOKE ALL ON DATABASE "{catalog.database}" FROM {READER}'.encode())
        superuser.execute(f"DROP ROLE {READER}".encode())


def _of_bucket(written: str, location: LakeLocation) -> str:
    """The document's statement for the bucket of a test, which is served without encryption."""
    assert location.bucket is not None
    assert location.bucket.endpoint is not None
    return (
        written.replace("s3://lake/prefix/", location.data_path)
        .replace("storage.example.com", location.bucket.endpoint)
        .replace("URL_STYLE 'path'", "URL_STYLE 'path', USE_SSL false")
    )


def test_an_analyst_reads_the_lake_with_a_duckdb_of_their_own(analyst: duckdb.DuckDBPyConnection) -> None:
    assert analyst.execute("SELECT id FROM lake.web.visits").fetchall() == [("one",)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO lake.web.visits VALUES ('two')",
        "DROP TABLE lake.web.visits",
        "CREATE TABLE lake.web.other (n INTEGER)",
    ],
)
def test_an_analyst_changes_nothing(analyst: duckdb.DuckDBPyConnection, statement: str) -> None:
    with pytest.raises(duckdb.Error, match="read-only"):
        analyst.execute(statement)


def test_an_analyst_changes_nothing_even_when_attached_to_write(analyst: duckdb.DuckDBPyConnection) -> None:
    analyst.execute("DETACH lake")
    with pytest.raises(duckdb.Error, match=r"permission denied|read-only"):
        analyst.execute(
            "ATTACH 'ducklake:postgres:' AS lake (META_SECRET lake_catalog, METADATA_SCHEMA 'lake');"
            "INSERT INTO lake.web.visits VALUES ('two')"
        )
