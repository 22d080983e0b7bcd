"""What is written past DuckDB: which tables, and that nothing of it stays when a transaction fails."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest

from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.ducklake import DuckLake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.warehouse.ducklake import LakeLocation

T = TableName("web", "orders")
ROWS = pa.table({"id": ["a", "b"], "n": pa.array([1, 2], pa.int64()), "extra": ['{"a": 1}', None]})


@pytest.fixture
def lake(lake_location: LakeLocation) -> Iterator[DuckLake]:
    opened = DuckLake(lake_location, least_rows=2)
    with opened.transaction("make", ddl=True) as transaction:
        transaction.create_table(T, {"id": ColumnType.STRING, "n": ColumnType.INT, "extra": ColumnType.JSON})
    yield opened
    opened.close()


def files(location: LakeLocation) -> list[Path]:
    return sorted(Path(location.data_path).rglob("*.parquet"))


def writers(location: LakeLocation) -> list[str]:
    """Who wrote each file, as its footer has it."""
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT created_by FROM parquet_file_metadata(?)", [[str(file) for file in files(location)]]
        ).fetchall()
    return sorted(text.split(" ")[0] for (text,) in found)


def append(lake: DuckLake, rows: pa.Table) -> None:
    with lake.transaction("append") as transaction:
        transaction.append(T, rows)


def rows(lake: DuckLake) -> list[dict[str, object]]:
    found: list[dict[str, object]] = lake.query("SELECT * FROM lake.web.orders ORDER BY id").to_pylist()
    return found


def test_many_rows_become_a_file_of_ours_and_few_one_of_duckdbs(
    lake: DuckLake, lake_location: LakeLocation
) -> None:
    append(lake, ROWS)
    append(lake, pa.table({"id": ["c"]}))
    assert writers(lake_location) == ["DuckDB", "parquet-cpp-arrow"]
    assert [row["id"] for row in rows(lake)] == ["a", "b", "c"]
    assert lake.query("SELECT extra->>'a' AS a FROM lake.web.orders WHERE n = 1")["a"].to_pylist() == ["1"]


def test_texts_that_are_kept_once_are_texts_in_the_lake(lake: DuckLake) -> None:
    append(lake, pa.table({"id": ["a", "b"], "extra": pa.array(["1", "1"]).dictionary_encode()}))
    assert [row["extra"] for row in rows(lake)] == ["1", "1"]


def test_columns_that_the_same_transaction_adds_are_in_the_file(
    lake: DuckLake, lake_location: LakeLocation
) -> None:
    append(lake, ROWS)
    with lake.transaction("widen", ddl=True) as transaction:
        transaction.add_columns(T, {"new": ColumnType.STRING})
        transaction.append(T, pa.table({"id": ["c", "d"], "new": ["x", None]}))
    assert writers(lake_location) == ["parquet-cpp-arrow"] * 2
    assert [row["new"] for row in rows(lake)] == [None, None, "x", None]


@pytest.mark.parametrize(
    "settled",
    [
        "ALTER TABLE lake.web.orders SET PARTITIONED BY (id)",
        "ALTER TABLE lake.web.orders ALTER id SET NOT NULL",
        "CALL lake.set_option('parquet_compression', 'zstd')",
        "ALTER TABLE lake.web.orders ADD COLUMN more INTEGER",
    ],
)
def test_files_that_somebody_has_settled_are_left_to_duckdb(
    lake: DuckLake, lake_location: LakeLocation, settled: str
) -> None:
    append(lake, pa.table({"id": ["0"]}))
    lake._connection.execute(settled)
    columns = lake.columns("web")["orders"]
    more = {"more": pa.array([1, 2], pa.int64())} if "more" in columns else {}
    append(lake, pa.table({**{name: ROWS[name] for name in ROWS.column_names}, **more}))
    assert set(writers(lake_location)) == {"DuckDB"}
    assert [row["id"] for row in rows(lake)] == ["0", "a", "b"]


def test_of_a_transaction_that_fails_no_file_stays(lake: DuckLake, lake_location: LakeLocation) -> None:
    with pytest.raises(ZeroDivisionError), lake.transaction("fail") as transaction:
        transaction.append(T, ROWS)
        _ = 1 / 0
    assert files(lake_location) == []
    assert rows(lake) == []


def test_a_renamed_column_is_found_in_files_from_before(lake: DuckLake) -> None:
    append(lake, ROWS)
    lake._connection.execute("ALTER TABLE lake.web.orders RENAME n TO number")
    append(lake, pa.table({"id": ["c", "d"], "number": pa.array([3, 4], pa.int64())}))
    assert [row["number"] for row in rows(lake)] == [1, 2, 3, 4]
