"""The contract suite of a warehouse: subclass `WarehouseContract`, say how to open yours, and run it with
pytest.

Every implementation of `Warehouse` passes it. It knows no engine: tables are named as the warehouse's own
capabilities name them, and no timing is asked for.
"""

# ruff: noqa: S101, S608  # asserting is what a suite is for; the names in its SQL are its own

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from mainstem.errors import QueryError
from mainstem.warehouse import ColumnType, TableName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.warehouse import Warehouse

T = TableName("web", "at")
COLUMNS = {
    "id": ColumnType.STRING,
    "order": ColumnType.INT,
    "price": ColumnType.FLOAT,
    "ok": ColumnType.BOOLEAN,
    "seen": ColumnType.DATETIME,
    "extra": ColumnType.JSON,
}


def rows(*ids: str) -> pa.Table:
    return pa.table(
        {
            "id": list(ids),
            "order": pa.array(range(len(ids)), pa.int64()),
            "price": [1.5] * len(ids),
            "ok": [True] * len(ids),
            "seen": pa.array(
                [datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)] * len(ids), pa.timestamp("us", "UTC")
            ),
            "extra": ['{"a": [1]}'] * len(ids),
        }
    )


def made(warehouse: Warehouse, *ids: str) -> None:
    with warehouse.transaction("make", ddl=True) as transaction:
        transaction.create_table(T, COLUMNS)
        transaction.append(T, rows(*ids))


def ids(warehouse: Warehouse) -> list[str]:
    table = warehouse.capabilities.qualified(T.namespace, T.table)
    return sorted(warehouse.query(f"SELECT id FROM {table}")["id"].to_pylist())


class WarehouseContract(ABC):
    """What the loader and everybody who reads rely on. Each test begins with an empty warehouse."""

    @abstractmethod
    def open_warehouse(self) -> Warehouse:
        """The warehouse under test, which is closed after it."""

    @pytest.fixture
    def warehouse(self) -> Iterator[Warehouse]:
        opened = self.open_warehouse()
        yield opened
        opened.close()

    def test_columns_come_back_with_the_types_they_were_made_with(self, warehouse: Warehouse) -> None:
        made(warehouse)
        assert warehouse.columns("web") == {"at": COLUMNS}
        assert warehouse.columns("nowhere") == {}

    def test_values_come_back_as_they_went_in(self, warehouse: Warehouse) -> None:
        made(warehouse, "a")
        table = warehouse.capabilities.qualified("web", "at")
        assert warehouse.query(f"SELECT * FROM {table}").to_pylist() == rows("a").to_pylist()

    def test_what_a_failed_block_did_is_gone(self, warehouse: Warehouse) -> None:
        made(warehouse, "a")
        with pytest.raises(ZeroDivisionError), warehouse.transaction("fail") as transaction:
            transaction.append(T, rows("b"))
            _ = 1 / 0
        assert ids(warehouse) == ["a"]

    def test_a_transaction_sees_its_own_rows_and_others_do_not_until_commit(
        self, warehouse: Warehouse
    ) -> None:
        made(warehouse, "a")
        table = warehouse.capabilities.qualified("web", "at")
        with warehouse.transaction("look") as transaction:
            transaction.append(T, rows("b"))
            assert transaction.query(f"SELECT count(*) AS n FROM {table}")["n"].to_pylist() == [2]
            assert ids(warehouse) == ["a"]
        assert ids(warehouse) == ["a", "b"]

    def test_added_columns_are_null_in_rows_that_stand_and_missing_ones_in_new_rows(
        self, warehouse: Warehouse
    ) -> None:
        made(warehouse, "a")
        with warehouse.transaction("widen", ddl=True) as transaction:
            transaction.add_columns(T, {"select": ColumnType.STRING})
            transaction.append(T, pa.table({"select": ["x"], "id": ["b"]}))
        table = warehouse.capabilities.qualified("web", "at")
        found = warehouse.query(f'SELECT id, "select", price FROM {table} ORDER BY id').to_pylist()
        assert found == [{"id": "a", "select": None, "price": 1.5}, {"id": "b", "select": "x", "price": None}]

    def test_delete_removes_exactly_the_named_rows_and_counts_them(self, warehouse: Warehouse) -> None:
        made(warehouse, "a", "b", "c")
        with warehouse.transaction("delete") as transaction:
            assert transaction.delete(T, "id", ["a", "c", "nobody"]) == 2
        assert ids(warehouse) == ["b"]

    def test_structure_does_not_change_without_the_lock(self, warehouse: Warehouse) -> None:
        with pytest.raises(ValueError, match="ddl=True"), warehouse.transaction("sneak") as transaction:
            transaction.create_table(T, COLUMNS)

    def test_sql_that_is_not_valid_is_a_query_error(self, warehouse: Warehouse) -> None:
        with pytest.raises(QueryError, match="nothing_here"):
            warehouse.query("SELECT * FROM nothing_here")

    def test_names_of_two_parts_are_found(self, warehouse: Warehouse) -> None:
        made(warehouse, "a")
        assert warehouse.query('SELECT id FROM web."at"').num_rows == 1

    def test_parameters_are_values_never_sql(self, warehouse: Warehouse) -> None:
        made(warehouse, "a'b")
        table = warehouse.capabilities.qualified("web", "at")
        assert warehouse.query(f"SELECT id FROM {table} WHERE id = ?", ["a'b"]).num_rows == 1
