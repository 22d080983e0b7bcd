"""The published lake: one snapshot at a time, whatever is written, published or broken meanwhile."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest

from mainstem.config import PostgresAddress
from mainstem.errors import NothingPublished, UsageError, WarehouseBusy
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.ducklake import DuckLake, PublishedLake, Snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.warehouse.ducklake import LakeLocation

RAW = TableName("web", "pages")
SUM = "SELECT coalesce(sum(n), 0) AS s FROM lake.web.pages"


class Desk:
    """Says what is published; a test sets it."""

    def __init__(self) -> None:
        self.snapshot: int | None = None
        self.problem: Exception | None = None

    def __call__(self) -> int | None:
        if self.problem is not None:
            raise self.problem
        return self.snapshot


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def lake(lake_location: LakeLocation) -> Iterator[DuckLake]:
    lake = DuckLake(lake_location)
    with lake.transaction("make", ddl=True) as transaction:
        transaction.create_table(RAW, {"n": ColumnType.INT})
    yield lake
    lake.close()


@pytest.fixture
def published(lake: DuckLake, lake_location: LakeLocation, desk: Desk) -> Iterator[PublishedLake]:
    published = PublishedLake(replace(lake_location, memory_limit="200MB"), desk)
    yield published
    published.close()


@pytest.fixture
def snapshots(lake_location: LakeLocation) -> Snapshots:
    return Snapshots(lake_location.catalog, lake_location.metadata_schema)


def add(lake: DuckLake, *numbers: int) -> None:
    with lake.transaction("add") as transaction:
        transaction.append(RAW, pa.table({"n": pa.array(numbers, pa.int64())}))


def total(warehouse: PublishedLake | DuckLake) -> int:
    return int(warehouse.query(SUM)["s"].to_pylist()[0])


def test_before_the_first_publication_a_query_says_what_to_do(published: PublishedLake) -> None:
    with pytest.raises(NothingPublished, match="mainstem build"):
        published.query("SELECT 1 AS a")
    with pytest.raises(NothingPublished):
        published.columns("web")


def test_rows_and_columns_added_later_are_not_in_the_published_snapshot(
    lake: DuckLake, published: PublishedLake, desk: Desk, snapshots: Snapshots
) -> None:
    add(lake, 1)
    desk.snapshot = snapshots.newest()
    add(lake, 10)
    with lake.transaction("widen", ddl=True) as transaction:
        transaction.add_columns(RAW, {"later": ColumnType.STRING})
    assert total(published) == 1
    assert published.columns("web") == {"pages": {"n": ColumnType.INT}}
    assert total(lake) == 11


def test_a_view_reads_its_tables_as_they_were(
    lake: DuckLake, published: PublishedLake, desk: Desk, snapshots: Snapshots, lake_location: LakeLocation
) -> None:
    from mainstem.warehouse.ducklake.connection import open_lake

    add(lake, 1)
    with open_lake(lake_location, read_only=False) as connection:
        connection.execute("CREATE VIEW lake.web.counted AS SELECT count(*) AS c FROM lake.web.pages")
        desk.snapshot = snapshots.newest()
        add(lake, 2)
        connection.execute("CREATE OR REPLACE TABLE lake.web.pages AS SELECT 'other' AS name")
    assert published.query("SELECT c FROM lake.web.counted")["c"].to_pylist() == [1]


def test_a_new_publication_is_served_from_the_next_query_on_and_a_rollback_too(
    lake: DuckLake, published: PublishedLake, desk: Desk, snapshots: Snapshots
) -> None:
    seen = []
    for number in (1, 10):
        add(lake, number)
        desk.snapshot = snapshots.newest()
        seen.append((desk.snapshot, total(published)))
    assert [found for _, found in seen] == [1, 11]
    desk.snapshot = seen[0][0]
    assert total(published) == 1
    assert published.snapshot == seen[0][0]


def test_while_it_cannot_be_known_what_is_published_the_last_known_is_served(
    lake: DuckLake, published: PublishedLake, desk: Desk, snapshots: Snapshots
) -> None:
    desk.problem = WarehouseBusy("away")
    with pytest.raises(WarehouseBusy, match="away"):
        total(published)
    desk.problem = None
    add(lake, 1)
    desk.snapshot = snapshots.newest()
    assert total(published) == 1
    desk.problem = WarehouseBusy("away")
    assert total(published) == 1


def test_a_publication_that_cannot_be_opened_leaves_the_one_before_in_place(
    lake: DuckLake, published: PublishedLake, desk: Desk, snapshots: Snapshots
) -> None:
    add(lake, 1)
    desk.snapshot = snapshots.newest()
    assert total(published) == 1
    desk.snapshot = 10_000
    assert total(published) == 1


def test_a_query_in_flight_ends_on_the_snapshot_it_began_on(
    lake: DuckLake, published: PublishedLake, desk: Desk, snapshots: Snapshots
) -> None:
    """The instance it runs on is retired while it runs, and closed when it has ended."""
    add(lake, 1)
    desk.snapshot = snapshots.newest()
    with published._leased() as old:  # what `query` does around its statement
        add(lake, 10)
        desk.snapshot = snapshots.newest()
        assert total(published) == 11
        assert old.execute(SUM).fetchall() == [(1,)]
    with pytest.raises(duckdb.ConnectionException):
        old.execute(SUM)


@pytest.mark.long
def test_readers_on_many_threads_see_whole_publications_while_they_change(
    lake: DuckLake, published: PublishedLake, desk: Desk, snapshots: Snapshots
) -> None:
    """Every publication holds 1, 2, … k whole; the loader is always one row ahead of it."""
    add(lake, 1)
    desk.snapshot, valid = snapshots.newest(), {1}
    stop, problems, seen = threading.Event(), list[BaseException](), set[int]()

    def read() -> None:
        try:
            while not stop.is_set():
                found = total(published)
                seen.add(found)
                assert found in valid
        except BaseException as e:  # noqa: BLE001 # told by the main thread
            problems.append(e)
            stop.set()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(2, 12):
        add(lake, number * 1000)
        snapshot, whole = snapshots.newest(), total(lake)
        add(lake, 1)
        valid.add(whole)
        desk.snapshot = snapshot
        while whole not in seen and not stop.wait(0.005):
            pass
    stop.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert seen == valid


def test_what_is_published_cannot_be_written_to(published: PublishedLake) -> None:
    with pytest.raises(UsageError, match="only read"):
        published.transaction("try", ddl=True)


def test_a_closed_one_answers_no_more(published: PublishedLake, lake: DuckLake, desk: Desk) -> None:
    desk.snapshot = 1
    published.query("SELECT 1 AS a")
    published.close()
    published.close()
    with pytest.raises(UsageError, match="closed"):
        published.query("SELECT 1 AS a")


def test_snapshots_are_listed_from_the_catalog(lake: DuckLake, snapshots: Snapshots) -> None:
    before = snapshots.newest()
    add(lake, 1)
    assert snapshots.newest() == before + 1
    assert snapshots.exists(before)
    assert not snapshots.exists(before + 2)


def test_without_a_catalog_no_snapshots_are_listed(tmp_path_factory: pytest.TempPathFactory) -> None:
    nobody = PostgresAddress(str(tmp_path_factory.mktemp("nobody")), 5432, "u", "d")
    with pytest.raises(WarehouseBusy, match="cannot be listed"):
        Snapshots(nobody, "lake").newest()
