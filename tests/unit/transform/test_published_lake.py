"""dbt, the publisher and readers on one real lake: what readers see is what was tested, and nothing else."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from mainstem.transform.watch import PublicationWatch
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.ducklake import DuckLake, PublishedLake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.transform import Finished
    from mainstem.transform.dbt import Dbt
    from mainstem.transform.publisher import Publisher
    from mainstem.warehouse.ducklake import LakeLocation

pytestmark = pytest.mark.long

RAW = TableName("web", "pages")
SHOWN = (
    "SELECT (SELECT n FROM lake.analytics.counted) AS counted,"
    " (SELECT n FROM lake.analytics.doubled) AS doubled,"
    " (SELECT n FROM lake.analytics.seen) AS seen,"
    " (SELECT count(*) FROM lake.web.pages) AS raw"
)
MODELS = {
    "counted.sql": "{{ config(materialized='table') }} select count(*) as n from lake.web.pages",
    "doubled.sql": "{{ config(materialized='table') }} select 2 * n as n from {{ ref('counted') }}",
    "seen.sql": "{{ config(materialized='view') }} select count(*) as n from lake.web.pages",
    "models.yml": "models:\n  - name: doubled\n    columns: [{name: n, data_tests: [not_null]}]\n",
}
TEST = "select 1 from {{ ref('counted') }} as c join {{ ref('doubled') }} as d on d.n <> 2 * c.n"


@dataclass
class Stack:
    """The parts as their processes hold them."""

    dbt: Dbt
    project: Path
    publisher: Publisher
    lake: DuckLake
    location: LakeLocation

    def build(self, *options: str) -> Finished:
        number = self.publisher.begin(("build", *options), "ada")
        assert number is not None
        return self.publisher.finish(number, self.dbt.run(("build", *options), lambda event: None))

    def load(self, rows: int = 1) -> None:
        with self.lake.transaction("events") as transaction:
            transaction.append(RAW, pa.table({"n": pa.array(range(rows), pa.int64())}))

    def break_test(self, broken: bool) -> None:
        """A test of what the models say; broken, it finds a row to complain about."""
        text = "select 1" if broken else TEST
        (self.project / "tests" / "assert_doubled.sql").write_text(text, encoding="utf-8")


@pytest.fixture
def stack(
    dbt: Dbt, dbt_project: Path, publisher: Publisher, lake: DuckLake, lake_location: LakeLocation
) -> Stack:
    for name, text in MODELS.items():
        (dbt_project / "models" / name).write_text(text, encoding="utf-8")
    (dbt_project / "tests").mkdir()
    with lake.transaction("make", ddl=True) as transaction:
        transaction.create_table(RAW, {"n": ColumnType.INT})
    stack = Stack(dbt, dbt_project, publisher, lake, replace(lake_location, memory_limit="200MB"))
    stack.break_test(False)
    return stack


@pytest.fixture
def readers(stack: Stack) -> Iterator[PublishedLake]:
    watch = PublicationWatch(stack.publisher.standing, clock=iter(range(10**9)).__next__)  # looks each time
    readers = PublishedLake(stack.location, watch.snapshot)
    yield readers
    readers.close()
    watch.close()


def shown(readers: PublishedLake) -> dict[str, int]:
    [row] = readers.query(SHOWN).to_pylist()
    return dict(row)


def test_rows_loaded_after_a_build_are_not_in_what_it_published(stack: Stack, readers: PublishedLake) -> None:
    stack.load(3)
    assert stack.build().published
    stack.load(4)
    assert shown(readers) == {"counted": 3, "doubled": 6, "seen": 3, "raw": 3}
    assert stack.build().published
    assert shown(readers) == {"counted": 7, "doubled": 14, "seen": 7, "raw": 7}


def test_a_failing_test_keeps_the_old_numbers_and_says_so(stack: Stack, readers: PublishedLake) -> None:
    stack.load(3)
    stack.build()
    stack.load(4)
    stack.break_test(True)
    outcome = stack.build()
    assert not outcome.success
    assert not outcome.published
    assert stack.lake.query("SELECT n FROM lake.analytics.counted")["n"].to_pylist() == [7], "live is new"
    assert shown(readers)["counted"] == 3
    failed = stack.publisher.standing().failed
    assert failed is not None
    assert "assert_doubled" in failed.failures[0]
    stack.break_test(False)
    assert stack.build().published
    assert shown(readers)["counted"] == 7
    assert stack.publisher.standing().failed is None


def test_a_part_a_build_without_rows_and_a_project_that_does_not_parse_publish_nothing(
    stack: Stack, readers: PublishedLake
) -> None:
    stack.load(3)
    stack.build()
    stack.load(4)
    assert "4 of 5" in stack.build("--select", "seen").consequence
    assert "--empty" in stack.build("--empty").consequence
    (stack.project / "models" / "broken.sql").write_text("select * from {{ ref('nowhere') }}", "utf-8")
    assert not stack.build().success
    assert shown(readers)["counted"] == 3
    (stack.project / "models" / "broken.sql").unlink()
    assert stack.build("--exclude", "config.materialized:snapshot").published, "it left nothing out"
    assert shown(readers)["counted"] == 7


def test_a_rollback_shows_the_numbers_of_then(stack: Stack, readers: PublishedLake) -> None:
    for _ in range(2):
        stack.load(1)
        stack.build()
    assert shown(readers)["counted"] == 2
    stack.publisher.roll_back(None, "bob", hold=False)
    assert shown(readers) == {"counted": 1, "doubled": 2, "seen": 1, "raw": 1}


def test_a_worker_killed_between_build_and_record_has_published_nothing(
    stack: Stack, readers: PublishedLake
) -> None:
    stack.load(1)
    stack.build()
    stack.load(1)
    stack.publisher.begin(("build",), "ada")
    assert stack.dbt.run(("build",), lambda event: None).success  # and dies here
    assert shown(readers)["counted"] == 1
    stack.publisher.end_unfinished()
    assert shown(readers)["counted"] == 1
    assert stack.build().published
    assert shown(readers)["counted"] == 2


def test_readers_that_start_anew_find_what_was_published(stack: Stack) -> None:
    stack.load(1)
    stack.build()
    stack.load(1)
    for _ in range(2):
        watch = PublicationWatch(stack.publisher.standing)
        readers = PublishedLake(stack.location, watch.snapshot)
        assert shown(readers)["counted"] == 1
        readers.close()
        watch.close()


def test_while_a_loader_loads_and_builds_are_published_readers_see_whole_builds(
    stack: Stack, readers: PublishedLake
) -> None:
    """The live lake is half new during each build, and always ahead of it."""
    stack.load(1)
    assert stack.build().published
    stop, problems, seen = threading.Event(), list[BaseException](), set[int]()
    loader = DuckLake(stack.location)

    def load() -> None:
        while not stop.wait(0.1):  # ten commits a second, as a lake's catalog takes them
            with loader.transaction("events") as transaction:
                transaction.append(RAW, pa.table({"n": pa.array([1], pa.int64())}))

    def read() -> None:
        while not stop.is_set():
            found = shown(readers)
            assert found["doubled"] == 2 * found["counted"]
            assert found["counted"] <= found["seen"] == found["raw"]
            seen.add(found["counted"])

    def told(work: object) -> None:
        try:
            work()  # type: ignore[operator] # a function without arguments
        except BaseException as e:  # noqa: BLE001 # told by the main thread
            problems.append(e)
            stop.set()

    threads = [threading.Thread(target=told, args=(work,)) for work in (load, read, read)]
    for thread in threads:
        thread.start()
    built = []
    for _ in range(2):
        assert stack.build().published
        built.append(stack.lake.query("SELECT n FROM lake.analytics.counted")["n"].to_pylist()[0])
        while built[-1] not in seen and not stop.wait(0.005):
            pass
    stop.set()
    for thread in threads:
        thread.join()
    loader.close()
    assert problems == []
    assert set(built) <= seen <= {1, *built}
