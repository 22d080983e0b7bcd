from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mainstem.errors import WarehouseBusy
from mainstem.simulate.play import SystemRows
from mainstem.simulate.world import SYSTEMS, Change, Day, Difficulty, simulate_company
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.warehouse import ColumnType, TableName

FIRST = date(2021, 1, 1)


def day(number: int, *changes: tuple[str, dict[str, Any] | None]) -> Day:
    at = datetime(2021, 1, 1, tzinfo=UTC) + timedelta(days=number)
    made = [
        Change(at, "crm", "users", key, row and {"id": key, "updated_at": str(number), **row})
        for key, row in changes
    ]
    return Day(FIRST + timedelta(days=number), [], made, [])


def users(warehouse: MemoryWarehouse) -> list[tuple[object, ...]]:
    sql = "SELECT id, name, _deleted, updated_at FROM crm.users ORDER BY id"
    return [tuple(row.values()) for row in warehouse.query(sql).to_pylist()]


def test_a_table_holds_each_row_as_it_is_and_marks_what_was_deleted() -> None:
    warehouse = MemoryWarehouse()
    rows = SystemRows(warehouse)
    assert rows.apply([day(0, ("a", {"name": "A"}), ("b", {"name": "B"}))]) == 2
    rows.apply([day(1, ("a", {"name": "AA"}))])
    rows.apply([day(2, ("b", None))])
    assert users(warehouse) == [("a", "AA", False, "1"), ("b", "B", True, "2021-01-03T00:00:00.000Z")]


def test_days_written_twice_or_together_give_the_same_rows() -> None:
    days = [
        day(0, ("a", {"name": "A"}), ("b", {"name": "B"}), ("c", {"name": "C"})),
        day(1, ("a", None), ("b", {"name": "BB"})),
        day(2, ("c", None)),
        day(3, ("c", {"name": "again"})),
    ]
    one_by_one, together, twice = MemoryWarehouse(), MemoryWarehouse(), MemoryWarehouse()
    for one in days:
        SystemRows(one_by_one).apply([one])
        SystemRows(twice).apply([one])
        SystemRows(twice).apply([one])
    SystemRows(together).apply(days)
    assert users(one_by_one) == users(together) == users(twice)
    assert users(together)[0] == ("a", "A", True, "2021-01-02T00:00:00.000Z")


def test_rows_of_systems_that_others_bring_are_passed_over() -> None:
    warehouse = MemoryWarehouse()
    rows = SystemRows(warehouse, without={"crm"})
    assert rows.apply([day(0, ("a", {"name": "A"}))]) == 0
    assert warehouse.columns("crm") == {}
    assert warehouse.columns("licences").keys() == {"licences"}


def test_tables_of_all_systems_stand_from_the_start_and_new_columns_are_added_to_old_ones() -> None:
    warehouse = MemoryWarehouse()
    with warehouse.transaction("old", ddl=True) as transaction:
        transaction.create_table(TableName("crm", "users"), {"id": ColumnType.STRING})
    SystemRows(warehouse)
    for system, tables in SYSTEMS.items():
        held = warehouse.columns(system)
        assert held.keys() == tables.keys()
        for table, columns in tables.items():
            assert held[table].keys() == {"id", *columns, "updated_at", "_deleted"}
    SystemRows(warehouse)
    assert warehouse.transactions == [("old", True), ("tables of the systems", True)]


def test_every_row_of_a_company_fits_its_table() -> None:
    eager = Difficulty(visitor_tries=0.5, trial_buys=0.9)
    warehouse = MemoryWarehouse()
    rows = SystemRows(warehouse)
    last: dict[tuple[str, str], dict[str, dict[str, Any] | None]] = {}
    waiting: list[Day] = []
    for one in simulate_company(3, 5, 30, eager):
        for change in one.changes:
            last.setdefault((change.system, change.table), {})[change.key] = change.row
            if change.row is not None:
                assert change.row.keys() <= {"id", "updated_at", *SYSTEMS[change.system][change.table]}
        waiting.append(one)
        if len(waiting) == 15:
            rows.apply(waiting)
            waiting.clear()
    rows.apply(waiting)
    assert {name for name in last} >= {("crm", "accounts"), ("support", "tickets")}
    for (system, table), kept in last.items():
        found = {
            row.pop("id"): row for row in warehouse.query(f'SELECT * FROM {system}."{table}"').to_pylist()
        }
        assert found.keys() == kept.keys()
        for key, row in kept.items():
            assert found[key].pop("_deleted") is (row is None)
            if row is not None:
                assert {name: value for name, value in found[key].items() if value is not None} == {
                    name: value for name, value in row.items() if value is not None and name != "id"
                }


def test_a_busy_warehouse_is_waited_for_and_the_rows_are_written_once() -> None:
    warehouse = MemoryWarehouse()
    rows = SystemRows(warehouse, wait=lambda seconds: None)
    failures = ["commit", "committed", "delete"]

    def fail(point: str) -> None:
        if failures and point == failures[0]:
            failures.pop(0)
            raise WarehouseBusy("somebody else is writing")

    warehouse.at = fail
    assert rows.apply([day(0, ("a", {"name": "A"}))]) == 1
    assert not failures
    assert users(warehouse) == [("a", "A", False, "0")]


def test_a_warehouse_that_stays_busy_ends_it() -> None:
    warehouse = MemoryWarehouse()
    waits: list[float] = []
    rows = SystemRows(warehouse, wait=waits.append)

    def fail(point: str) -> None:
        if point == "commit":
            raise WarehouseBusy("somebody else is writing")

    warehouse.at = fail
    with pytest.raises(WarehouseBusy):
        rows.apply([day(0, ("a", {"name": "A"}))])
    assert sum(waits) == 120
    assert users(warehouse) == []
