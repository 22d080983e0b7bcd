from __future__ import annotations

import pyarrow as pa

from mainstem.load.loaded import LoadedIds
from mainstem.load.schema import PROVIDERS
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.warehouse import ColumnType, TableName

EVENTS = {"id": ColumnType.STRING, "uuid_ts": ColumnType.DATETIME}


def warehouse_with(**tables: list[str]) -> MemoryWarehouse:
    warehouse = MemoryWarehouse()
    with warehouse.transaction("", ddl=True) as transaction:
        for table, ids in tables.items():
            transaction.create_table(TableName("web", table), EVENTS)
            transaction.append(TableName("web", table), pa.table({"id": ids}))
    return warehouse


def test_ids_are_found_in_the_tables_of_every_type_and_no_user_is_a_message() -> None:
    warehouse = warehouse_with(tracks=["m1"], pages=["m2"], clicked=["m1"], users=["m3"])
    loaded = LoadedIds(warehouse, "web", PROVIDERS["ducklake"])
    assert loaded.among(["m1", "m2", "m3", "m4"]) == {"m1", "m2"}
    assert loaded.among([]) == frozenset()


def test_without_a_table_of_all_track_events_each_of_theirs_is_asked() -> None:
    loaded = LoadedIds(warehouse_with(clicked=["m1"], pages=["m2"]), "web", PROVIDERS["ducklake"])
    assert loaded.among(["m1", "m2"]) == {"m1", "m2"}


def test_nothing_is_loaded_into_a_namespace_that_is_not_there() -> None:
    assert LoadedIds(MemoryWarehouse(), "web", PROVIDERS["ducklake"]).among(["m1"]) == frozenset()
