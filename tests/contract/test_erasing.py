"""Rows that were erased from a lake are in no file, no snapshot and no statistics."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from mainstem.store import find_programs
from mainstem.store.dump import find_pg_dump
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.ducklake import DuckLake, DuckLakeUpkeep
from mainstem.warehouse.ducklake.erasing import DuckLakeErasing
from mainstem.warehouse.erasing import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.config import PostgresAddress
    from mainstem.warehouse.ducklake import LakeLocation

TRACKS = TableName("web", "tracks")
ANA = "zz-ana-0815"


@pytest.fixture
def lake(lake_location: LakeLocation) -> Iterator[DuckLake]:
    opened = DuckLake(lake_location)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def erasing(
    lake: DuckLake, lake_location: LakeLocation, postgres: PostgresAddress
) -> Iterator[DuckLakeErasing]:
    opened = DuckLakeErasing(lake_location, postgres)
    try:
        yield opened
    finally:
        opened.close()


def append(lake: DuckLake, *rows: tuple[str, str, str]) -> None:
    columns = {name: ColumnType.STRING for name in ("id", "user_id", "anonymous_id")}
    if TRACKS.table not in lake.columns(TRACKS.namespace):
        with lake.transaction("make", ddl=True) as transaction:
            transaction.create_table(TRACKS, columns)
    with lake.transaction("load") as transaction:
        transaction.append(
            TRACKS, pa.table(dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))
        )


def dump(address: PostgresAddress) -> str:
    program = find_pg_dump(find_programs(None).folder)
    assert program is not None
    password = address.password.reveal() if address.password else ""
    return subprocess.run(
        [str(program), "-h", address.host, "-p", str(address.port), "-U", address.user, address.database],
        env={"PGPASSWORD": password},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_an_erased_persons_bytes_are_in_no_file_and_no_catalog(
    lake: DuckLake, erasing: DuckLakeErasing, lake_location: LakeLocation, postgres: PostgresAddress
) -> None:
    append(lake, ("1", "bob", "b"), ("2", ANA, "a"))
    append(lake, ("3", ANA, "a"))
    upkeep = DuckLakeUpkeep(lake_location, postgres)
    upkeep.merge(TRACKS, smallest=0, largest=2**20)
    upkeep.close()
    append(lake, ("4", "cyn", "c"), ("5", ANA, "a"))
    append(lake, ("6", "", "a"), ("7", "bob", "a"))
    assert ANA in dump(lake_location.catalog)
    matches = [Match("user_id", (ANA,)), Match("anonymous_id", ("a",), where_empty="user_id")]
    assert erasing.delete({TRACKS: matches}, "erase") == {TRACKS: 4}
    found = erasing.forget()
    assert found.waiting == 0
    assert sorted(lake.query("SELECT id FROM web.tracks")["id"].to_pylist()) == ["1", "4", "7"]
    files = [file for file in Path(lake_location.data_path).rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if ANA.encode() in file.read_bytes()]
    assert ANA not in dump(lake_location.catalog)
    assert lake.query("SELECT count(*) AS n FROM web.tracks WHERE user_id > 'a'")["n"].to_pylist() == [3]
    append(lake, ("8", "dan", "d"))
    assert lake.query("SELECT max(user_id) AS m FROM web.tracks")["m"].to_pylist() == ["dan"]


def test_a_table_that_is_dropped_meanwhile_has_no_rows(lake: DuckLake, erasing: DuckLakeErasing) -> None:
    append(lake, ("1", ANA, "a"))
    gone = TableName("web", "gone")
    assert TRACKS in erasing.tables()
    matches = [Match("user_id", (ANA,))]
    assert (erasing.count(gone, matches), erasing.rows(gone, matches, ["id"])) == (0, [])
    assert erasing.mentions(gone, [ANA]) == 0
    assert erasing.delete({gone: matches, TRACKS: matches}, "erase") == {TRACKS: 1}
