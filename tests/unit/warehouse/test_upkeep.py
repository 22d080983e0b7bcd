"""Looking after a lake that others read and write meanwhile."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from mainstem.errors import WarehouseBusy
from mainstem.store import ANALYST, ensure_reader
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.ducklake import DuckLake, DuckLakeUpkeep, LoaderFence, Snapshots, StructureLock
from mainstem.warehouse.ducklake.connection import open_lake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.warehouse.ducklake import LakeLocation

pytestmark = pytest.mark.long

T = TableName("web", "pages")
MB = 1024 * 1024
NOW = timedelta(0)


@pytest.fixture
def lake(lake_location: LakeLocation) -> Iterator[DuckLake]:
    opened = DuckLake(lake_location)
    try:
        with opened.transaction("make", ddl=True) as transaction:
            transaction.create_table(T, {"id": ColumnType.STRING, "n": ColumnType.INT})
        yield opened
    finally:
        opened.close()


@pytest.fixture
def upkeep(lake_location: LakeLocation, postgres: PostgresAddress) -> Iterator[DuckLakeUpkeep]:
    opened = DuckLakeUpkeep(lake_location, postgres)
    try:
        yield opened
    finally:
        opened.close()


def add(lake: DuckLake, *numbers: int) -> None:
    rows = pa.table({"id": [str(n) for n in numbers], "n": pa.array(numbers, pa.int64())})
    with lake.transaction("add") as transaction:
        transaction.append(T, rows)


def numbers(lake: DuckLake, snapshot: int | None = None) -> list[int]:
    at = "" if snapshot is None else f" AT (VERSION => {snapshot})"
    found: list[int] = lake.query(f"SELECT n FROM web.pages{at} ORDER BY n")["n"].to_pylist()
    return found


def files(upkeep: DuckLakeUpkeep, name: TableName = T) -> int:
    return next(len(table.files) for table in upkeep.tables() if table.name == name)


def everything(upkeep: DuckLakeUpkeep, *keep: int) -> None:
    """All that upkeep can do, at once, as if nothing had to be waited for."""
    for table in upkeep.tables():
        upkeep.rewrite(table.name, [file.id for file in table.files if file.deleted])
        upkeep.merge(table.name, smallest=0, largest=MB)
    upkeep.expire([snapshot.id for snapshot in upkeep.snapshots()], lambda: frozenset(keep))
    upkeep.clean_up(NOW, datetime.now(UTC) + timedelta(hours=1))


def parquet_files(location: LakeLocation) -> set[Path]:
    from pathlib import Path

    return set(Path(location.data_path).rglob("*.parquet"))


def test_small_files_become_one_and_every_snapshot_reads_as_before(
    lake: DuckLake, upkeep: DuckLakeUpkeep
) -> None:
    for n in range(6):
        add(lake, n, n + 100)
    snapshots = [snapshot.id for snapshot in upkeep.snapshots()][2:]
    before = [numbers(lake, snapshot) for snapshot in snapshots]
    assert files(upkeep) == 6
    upkeep.merge(T, smallest=0, largest=MB)
    assert files(upkeep) == 1
    assert [numbers(lake, snapshot) for snapshot in snapshots] == before


def test_files_outside_the_bounds_are_left_as_they_are(lake: DuckLake, upkeep: DuckLakeUpkeep) -> None:
    for n in range(3):
        add(lake, n)
    upkeep.merge(T, smallest=MB, largest=8 * MB)
    assert files(upkeep) == 3


def test_deleted_rows_leave_the_files_and_stay_in_kept_snapshots(
    lake: DuckLake, upkeep: DuckLakeUpkeep
) -> None:
    add(lake, 1, 2, 3)
    [*_, last] = upkeep.snapshots()
    with lake.transaction("delete") as transaction:
        transaction.delete(T, "id", ["1", "2"])
    [table] = upkeep.tables()
    assert [(file.rows, file.deleted) for file in table.files] == [(3, 2)]
    assert table.rows == 1
    everything(upkeep, last.id)
    [table] = upkeep.tables()
    assert [(file.rows, file.deleted) for file in table.files] == [(1, 0)]
    assert (numbers(lake), numbers(lake, last.id)) == ([3], [1, 2, 3])


def test_files_of_a_table_with_a_column_named_filename_are_written_anew(
    lake: DuckLake, upkeep: DuckLakeUpkeep
) -> None:
    with lake.transaction("widen", ddl=True) as transaction:
        transaction.add_columns(T, {"FileName": ColumnType.STRING})
    add(lake, 1, 2)
    with lake.transaction("delete") as transaction:
        transaction.delete(T, "id", ["1"])
    everything(upkeep)
    [table] = upkeep.tables()
    assert [(file.rows, file.deleted) for file in table.files] == [(1, 0)]
    assert numbers(lake) == [2]


def test_protected_snapshots_and_the_newest_are_never_forgotten(
    lake: DuckLake, upkeep: DuckLakeUpkeep
) -> None:
    for n in range(4):
        add(lake, n)
    ids = [snapshot.id for snapshot in upkeep.snapshots()]
    protected = ids[-3]
    assert upkeep.expire(ids, lambda: frozenset({protected})) == len(ids) - 2
    assert [snapshot.id for snapshot in upkeep.snapshots()] == [protected, ids[-1]]
    assert upkeep.expire(ids, lambda: frozenset({protected})) == 0


def test_what_is_protected_is_asked_while_nobody_can_publish(lake: DuckLake, upkeep: DuckLakeUpkeep) -> None:
    add(lake, 1)
    ids = [snapshot.id for snapshot in upkeep.snapshots()]
    lock = StructureLock(upkeep._location.catalog, patience_s=0.05)

    def protected() -> frozenset[int]:
        with pytest.raises(WarehouseBusy):
            lock.acquire()
        return frozenset(ids)

    assert upkeep.expire(ids, protected) == 0
    lock.close()


def test_files_go_only_when_they_were_not_needed_for_long_enough(
    lake: DuckLake, upkeep: DuckLakeUpkeep, lake_location: LakeLocation
) -> None:
    for n in range(3):
        add(lake, n)
    upkeep.merge(T, smallest=0, largest=MB)
    upkeep.close()
    now = datetime.now(UTC)
    assert upkeep.leftovers().files == 3
    assert upkeep.clean_up(timedelta(minutes=30), now) == 0
    assert len(parquet_files(lake_location)) == 4
    assert upkeep.clean_up(timedelta(minutes=30), now + timedelta(hours=1)) == 3
    assert len(parquet_files(lake_location)) == 1
    assert upkeep.leftovers().files == 0


def test_only_old_files_of_nobody_are_swept(
    lake: DuckLake, upkeep: DuckLakeUpkeep, lake_location: LakeLocation
) -> None:
    from pathlib import Path

    add(lake, 1)
    stray = Path(lake_location.data_path) / "web" / "pages" / "ducklake-of-a-dead-writer.parquet"
    stray.write_bytes(b"PAR1")
    assert upkeep.sweep(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert upkeep.sweep(datetime.now(UTC) + timedelta(minutes=1)) == 1
    assert not stray.exists()
    assert numbers(lake) == [1]


READER = """
import sys
from pathlib import Path
from mainstem.config import PostgresAddress
from mainstem.warehouse.ducklake import LakeLocation
from mainstem.warehouse.ducklake.connection import open_lake

host, port, user, database, data_path, extensions = sys.argv[1:7]
location = LakeLocation(
    PostgresAddress(host, int(port), user, database), "lake", data_path, Path(extensions), threads=1
)
lake = open_lake(location, read_only=True)
{body}
"""

IN_A_TRANSACTION = """
lake.execute("BEGIN")
def look():
    print(lake.execute("SELECT count(*), sum(n) FROM lake.web.pages").fetchone(), flush=True)
look()
for _ in sys.stdin:
    look()
"""

IN_ONE_LONG_QUERY = """
rows = lake.execute("SELECT n FROM lake.web.pages").fetch_record_batch(100)
first = rows.read_next_batch()
print(first.num_rows, flush=True)
sys.stdin.readline()
total = first.num_rows + sum(batch.num_rows for batch in rows)
print(total, flush=True)
"""


def reader(location: LakeLocation, body: str, user: str | None = None) -> subprocess.Popen[str]:
    catalog = location.catalog
    where = (catalog.host, str(catalog.port), user or catalog.user, catalog.database)
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            READER.format(body=body),
            *where,
            location.data_path,
            str(location.extensions),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def told(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.mark.long
@pytest.mark.parametrize("is_analyst", [False, True])
def test_a_transaction_of_another_process_keeps_every_file_it_began_with(
    lake: DuckLake,
    upkeep: DuckLakeUpkeep,
    lake_location: LakeLocation,
    postgres: PostgresAddress,
    is_analyst: bool,
) -> None:
    if is_analyst:
        ensure_reader(postgres, lake_location.catalog, ANALYST, None)
    for n in range(8):
        add(lake, *range(n * 10, n * 10 + 10))
    with reader(lake_location, IN_A_TRANSACTION, ANALYST if is_analyst else None) as process:
        assert told(process) == "(80, 3160)"
        with lake.transaction("delete") as transaction:
            transaction.delete(T, "id", [str(n) for n in range(40)])
        for _ in range(2):
            add(lake, 1000)
            everything(upkeep)
            tell(process)
            assert told(process) == "(80, 3160)"
        assert upkeep.leftovers().reader_since is not None
        process.communicate()
    assert process.returncode == 0
    assert len(numbers(lake)) == 42
    left = upkeep.leftovers().files
    assert left > 0
    assert upkeep.clean_up(NOW, datetime.now(UTC) + timedelta(hours=1)) == left
    assert len(numbers(lake)) == 42


@pytest.mark.long
def test_a_long_query_of_another_process_ends_on_the_files_it_began_with(
    lake: DuckLake, upkeep: DuckLakeUpkeep, lake_location: LakeLocation
) -> None:
    for n in range(20):
        add(lake, *range(n * 3000, n * 3000 + 3000))
    with reader(lake_location, IN_ONE_LONG_QUERY) as process:
        assert told(process) == "100"
        everything(upkeep)
        assert upkeep.leftovers().files >= 20
        tell(process)
        assert told(process) == "60000"
    assert process.returncode == 0


def test_a_snapshot_that_is_read_from_stays_whole_through_all_upkeep(
    lake: DuckLake, upkeep: DuckLakeUpkeep, lake_location: LakeLocation
) -> None:
    for n in range(5):
        add(lake, n)
    published = Snapshots(lake_location.catalog, "lake").newest()
    with open_lake(lake_location, read_only=True, snapshot=published) as connection:
        for n in range(3):
            with lake.transaction("delete") as transaction:
                transaction.delete(T, "id", [str(n)])
            add(lake, n + 50)
            everything(upkeep, published)
            found = connection.execute("SELECT n FROM lake.web.pages ORDER BY n").fetchall()
            assert found == [(0,), (1,), (2,), (3,), (4,)]


@pytest.mark.parametrize("seed", range(2))
def test_rows_of_every_table_and_kept_snapshot_are_what_they_were(
    lake: DuckLake, upkeep: DuckLakeUpkeep, seed: int
) -> None:
    chance, kept = random.Random(seed), dict[int, list[int]]()
    for n in range(20):
        match chance.choice(["add", "add", "add", "delete", "column", "upkeep"]):
            case "add":
                add(lake, *range(n * 10, n * 10 + chance.randint(1, 9)))
            case "delete":  # the least and the greatest too: bounds must not follow them into the past
                gone = (
                    [chance.randrange(n * 10 + 1) for _ in range(n)] + numbers(lake)[:2] + numbers(lake)[-2:]
                )
                with lake.transaction("delete") as transaction:
                    transaction.delete(T, "id", list(map(str, gone)))
            case "column":
                with lake.transaction("widen", ddl=True) as transaction:
                    transaction.add_columns(T, {f"c{n}": ColumnType.FLOAT})
            case _:
                now = numbers(lake)
                everything(upkeep, *kept)
                assert numbers(lake) == now
        if chance.random() < 0.3:
            kept[upkeep.snapshots()[-1].id] = numbers(lake)
    everything(upkeep, *kept)
    assert {snapshot: numbers(lake, snapshot) for snapshot in kept} == kept


def test_a_conflict_leaves_everything_as_it_was(lake: DuckLake, upkeep: DuckLakeUpkeep) -> None:
    for n in range(4):
        add(lake, n)
    upkeep.merge(T, smallest=MB, largest=8 * MB)  # nothing to do, and now it is connected
    engine = upkeep._connection
    assert engine is not None
    engine.execute("BEGIN")
    engine.execute(
        f"CALL ducklake_merge_adjacent_files('lake', 'pages', schema => 'web', max_file_size => {MB})"
    )
    with lake.transaction("delete") as transaction:
        transaction.delete(T, "id", ["1"])
    with pytest.raises(WarehouseBusy, match="another transaction has deleted from it"):
        upkeep._execute("COMMIT")
    assert numbers(lake) == [0, 2, 3]
    upkeep.merge(T, smallest=0, largest=MB)
    assert numbers(lake) == [0, 2, 3]


def test_who_waits_too_long_for_the_lock_steps_back(
    lake: DuckLake, lake_location: LakeLocation, postgres: PostgresAddress
) -> None:
    add(lake, 1)
    upkeep = DuckLakeUpkeep(lake_location, postgres, patience_s=0.05)
    with StructureLock(lake_location.catalog) as held, pytest.raises(WarehouseBusy, match="lock timeout"):
        upkeep.merge(T, smallest=0, largest=MB)
    held.close()
    upkeep.merge(T, smallest=0, largest=MB)
    upkeep.close()


def test_a_loader_that_deletes_never_loses_to_a_merge(
    lake_location: LakeLocation, lake: DuckLake, upkeep: DuckLakeUpkeep
) -> None:
    fence = LoaderFence(lake_location.catalog)
    fence.ensure()
    loader = DuckLake(lake_location, fence=fence)
    problems: list[BaseException] = []
    done = threading.Event()

    def load() -> None:
        try:
            for n in range(30):
                with loader.transaction("load") as transaction:
                    transaction.delete(T, "id", ["user"])
                    transaction.append(T, pa.table({"id": ["user"], "n": pa.array([n], pa.int64())}))
        except BaseException as e:  # noqa: BLE001 # told by the main thread
            problems.append(e)
        finally:
            done.set()

    add(lake, *range(10))
    thread = threading.Thread(target=load)
    thread.start()
    merges = 0
    while not done.is_set():
        upkeep.merge(T, smallest=0, largest=MB)
        merges += 1
    thread.join()
    loader.close()
    fence.close()
    assert problems == []
    assert merges
    assert numbers(lake) == [*range(10), 29]


KEEPER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from mainstem.config import PostgresAddress
from mainstem.warehouse import TableName
from mainstem.warehouse.ducklake import DuckLakeUpkeep, LakeLocation

host, port, user, database, data_path, extensions, *keep = sys.argv[1:]
catalog = PostgresAddress(host, int(port), user, database)
upkeep = DuckLakeUpkeep(LakeLocation(catalog, "lake", data_path, Path(extensions)), catalog)
print("begun", flush=True)
while True:
    for table in upkeep.tables():
        upkeep.rewrite(table.name, [file.id for file in table.files if file.deleted])
        upkeep.merge(table.name, smallest=0, largest=1024**2)
    ids = [snapshot.id for snapshot in upkeep.snapshots()]
    upkeep.expire(ids, lambda: frozenset(map(int, keep)))
    upkeep.clean_up(timedelta(0), datetime.now(UTC) + timedelta(hours=1))
"""


@pytest.mark.long
def test_killed_at_any_moment_it_has_lost_and_damaged_nothing(
    lake: DuckLake, upkeep: DuckLakeUpkeep, lake_location: LakeLocation
) -> None:
    chance, catalog = random.Random(7), lake_location.catalog
    where = (catalog.host, str(catalog.port), catalog.user, catalog.database)
    expected: list[int] = []
    kept: dict[int, list[int]] = {}
    for turn in range(3):
        arguments = [*where, lake_location.data_path, str(lake_location.extensions), *map(str, kept)]
        with subprocess.Popen(
            [sys.executable, "-c", KEEPER, *arguments], stdout=subprocess.PIPE, text=True
        ) as process:
            assert told(process) == "begun"
            for n in range(chance.randint(3, 12)):
                add(lake, number := turn * 100 + n)
                expected.append(number)
            process.kill()
        assert numbers(lake) == expected
        assert {snapshot: numbers(lake, snapshot) for snapshot in kept} == kept
        kept[upkeep.snapshots()[-1].id] = list(expected)
    everything(upkeep, *kept)
    upkeep.sweep(datetime.now(UTC) + timedelta(minutes=1))
    assert numbers(lake) == expected
    assert {snapshot: numbers(lake, snapshot) for snapshot in kept} == kept


def test_a_day_of_message_ids_leaves_with_its_files(
    lake: DuckLake, upkeep: DuckLakeUpkeep, lake_location: LakeLocation
) -> None:
    name = TableName("mainstem", "message_ids")
    with lake.transaction("make", ddl=True) as transaction:
        transaction.create_table(
            name, {"key": ColumnType.STRING, "day": ColumnType.STRING}, partition_by="day"
        )
    for n in range(6):
        with lake.transaction("load") as transaction:
            transaction.append(name, pa.table({"key": [str(n)], "day": [f"2026-01-0{1 + n % 2}"]}))
    upkeep.merge(name, smallest=0, largest=MB)
    assert files(upkeep, name) == 2
    with lake.transaction("forget") as transaction:
        assert transaction.delete(name, "day", ["2026-01-01"]) == 3
    [table] = [table for table in upkeep.tables() if table.name == name]
    assert [(file.rows, file.deleted) for file in table.files] == [(3, 0)]


def test_tables_are_told_with_the_groups_that_can_be_merged(lake: DuckLake, upkeep: DuckLakeUpkeep) -> None:
    add(lake, 1)
    add(lake, 2)
    with lake.transaction("widen", ddl=True) as transaction:
        transaction.add_columns(T, {"more": ColumnType.INT})
    add(lake, 3)
    [table] = upkeep.tables()
    first, second, third = (file.group for file in table.files)
    assert first == second != third
    assert table.bytes == sum(file.bytes for file in table.files) > 0


def test_a_postgres_that_is_away_is_told_as_busy(lake_location: LakeLocation, tmp_path: Path) -> None:
    from dataclasses import replace

    nowhere = replace(lake_location.catalog, host=str(tmp_path))
    upkeep = DuckLakeUpkeep(replace(lake_location, catalog=nowhere), nowhere)
    for question in (upkeep.tables, upkeep.snapshots, upkeep.leftovers):
        with pytest.raises(WarehouseBusy, match="does not answer"):
            question()
