from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.load.plan import (
    MOST_COLUMNS,
    AddColumns,
    AppendRows,
    CreateTable,
    MergeUsers,
    Plan,
    make_plan,
)
from mainstem.load.schema import Row
from mainstem.warehouse import ColumnType, TableName

if TYPE_CHECKING:
    from mainstem.load.plan import Structure

NOW = datetime(2026, 1, 2, tzinfo=UTC)
T = TableName("web", "t")


def row(table: str = "t", /, **cells: tuple[str, Any]) -> Row:
    columns = {column: kind for column, (kind, _) in cells.items()} | {"uuid_ts": "datetime"}
    data = {column: value for column, (_, value) in cells.items()}
    return Row(table, columns, data, "2026-01-01T00:00:00.000Z")


def plan(*rows: Row, standing: Structure | None = None) -> Plan:
    return make_plan((("web", row) for row in rows), lambda _: standing or {}, NOW)


def test_a_new_table_is_made_with_the_types_of_the_first_values() -> None:
    made = plan(
        row(id=("string", "1"), n=("int", 1)), row(id=("string", "2"), n=("float", 1.5), m=("json", "{}"))
    )
    assert made.steps[1] == CreateTable(
        T,
        {"id": ColumnType.STRING, "n": ColumnType.INT, "uuid_ts": ColumnType.DATETIME, "m": ColumnType.JSON},
    )
    assert made.changes_structure
    assert made.discards == 1


def test_only_what_a_table_lacks_is_added() -> None:
    standing = {"t": {"id": ColumnType.STRING, "uuid_ts": ColumnType.DATETIME}}
    made = plan(row(id=("string", "1"), n=("int", 1)), standing=standing)
    assert made.steps[0] == AddColumns(T, {"n": ColumnType.INT})
    assert not plan(row(id=("string", "1")), standing=standing).changes_structure


def test_every_row_carries_the_time_of_loading_whatever_was_sent() -> None:
    made = plan(row(id=("string", "1"), uuid_ts=("string", "forged")))
    appended = {step.name.table: step for step in made.steps if isinstance(step, AppendRows)}
    assert appended["t"].rows[0]["uuid_ts"] == NOW
    assert appended["rudder_discards"].rows[0]["column_value"] == "forged"


def test_users_are_merged_by_a_key_that_is_text() -> None:
    made = plan(row("users", id=("int", 7)))
    assert isinstance(made.steps[-1], MergeUsers)
    assert made.steps[-1].rows[0]["id"] == "7"
    assert not made.steps[-1].stands


def test_an_event_named_like_the_discards_gets_a_table_of_its_own() -> None:
    made = plan(row("rudder_discards", id=("string", "1"), reason=("int", 2**70)))
    appended = {step.name.table: step.rows for step in made.steps if isinstance(step, AppendRows)}
    assert [entry["id"] for entry in appended["_rudder_discards"]] == ["1"]
    assert [entry["table_name"] for entry in appended["rudder_discards"]] == ["_rudder_discards"]


def test_names_of_our_own_stand_in_the_case_of_the_warehouse() -> None:
    columns = {"ID": "int", "UUID_TS": "datetime"}
    users = Row("USERS", columns, {"ID": 2**70}, "2026-01-01")
    other = Row("T", columns, {"ID": 2**70}, "2026-01-01")
    made = make_plan([("WEB", users), ("WEB", other)], lambda _: {}, NOW, str.upper)
    rows = {step.name.table: step.rows[0] for step in made.steps if isinstance(step, AppendRows | MergeUsers)}
    assert rows["USERS"] == {"ID": str(2**70), "UUID_TS": NOW}
    assert rows["RUDDER_DISCARDS"]["COLUMN_NAME"] == "ID"


def columns(first: int, last: int) -> dict[str, tuple[str, Any]]:
    return {f"c{n}": ("int", n) for n in range(first, last)}


def discards_of(made: Plan) -> list[Any]:
    return [
        entry
        for step in made.steps
        if isinstance(step, AppendRows) and step.name.table == "rudder_discards"
        for entry in step.rows
    ]


def test_a_table_takes_no_more_columns_than_rudderstack_allows_and_keeps_the_rest_as_discards() -> None:
    own: dict[str, tuple[str, Any]] = {"id": ("string", "1"), "received_at": ("string", "x")}
    made = plan(row("t", **columns(0, 1000), **own), row("t", **columns(500, 2000), **own))
    (created,) = (step for step in made.steps if isinstance(step, CreateTable) and step.name == T)
    assert len(created.columns) == MOST_COLUMNS
    assert {"id", "received_at", "uuid_ts"} <= created.columns.keys()
    assert [entry["column_name"] for entry in discards_of(made)] == [f"c{n}" for n in range(1597, 2000)]
    assert discards_of(made)[0]["reason"] == "the table has 1600 columns, which is the most a table may have"


def test_a_full_table_still_takes_values_of_the_columns_it_has() -> None:
    standing = {"t": {**dict.fromkeys(columns(0, 1599), ColumnType.INT), "uuid_ts": ColumnType.DATETIME}}
    made = plan(row("t", c5=("int", 5), new=("int", 6)), standing=standing)
    assert [entry["column_value"] for entry in discards_of(made)] == ["6"]
    assert not any(isinstance(step, AddColumns) for step in made.steps)


def test_room_for_the_columns_every_row_needs_is_never_given_away() -> None:
    made = plan(row("t", **columns(0, 3000), id=("string", "1")), row("t", received_at=("string", "x")))
    (created,) = (step for step in made.steps if isinstance(step, CreateTable) and step.name == T)
    assert {"id", "received_at", "uuid_ts"} <= created.columns.keys()
    assert len(created.columns) == MOST_COLUMNS


def test_all_new_columns_of_a_table_are_one_step() -> None:
    standing = {"t": {"id": ColumnType.STRING, "uuid_ts": ColumnType.DATETIME}}
    made = plan(row("t", **columns(0, 9)), row("t", **columns(5, 20)), standing=standing)
    assert [len(step.columns) for step in made.steps if isinstance(step, AddColumns)] == [20]
