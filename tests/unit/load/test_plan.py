from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.load.plan import AddColumns, AppendRows, CreateTable, MergeUsers, Plan, make_plan
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


def test_an_event_that_takes_the_name_of_the_discards_does_not_break_them() -> None:
    made = plan(row("rudder_discards", id=("string", "1"), reason=("int", 4)), row("t", n=("int", 2**70)))
    (step,) = (step for step in made.steps if isinstance(step, AppendRows) and step.name.table != "t")
    assert [entry.get("reason") for entry in step.rows] == [4, None]
    assert step.rows[1]["column_value"] == str(2**70)


def test_names_of_our_own_stand_in_the_case_of_the_warehouse() -> None:
    columns = {"ID": "int", "UUID_TS": "datetime"}
    users = Row("USERS", columns, {"ID": 2**70}, "2026-01-01")
    other = Row("T", columns, {"ID": 2**70}, "2026-01-01")
    made = make_plan([("WEB", users), ("WEB", other)], lambda _: {}, NOW, str.upper)
    rows = {step.name.table: step.rows[0] for step in made.steps if isinstance(step, AppendRows | MergeUsers)}
    assert rows["USERS"] == {"ID": str(2**70), "UUID_TS": NOW}
    assert rows["RUDDER_DISCARDS"]["COLUMN_NAME"] == "ID"
