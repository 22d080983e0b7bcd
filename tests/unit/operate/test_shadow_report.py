"""Our tables against another's, filled with the same events by the pure transform, differences planted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pytest
from psycopg import sql

from mainstem.errors import EnvironmentFailure, UsageError
from mainstem.events import Source, format_time
from mainstem.load.run import Loader
from mainstem.load.schema import PROVIDERS, EventMetadata, transform
from mainstem.load.settings import LoadSettings
from mainstem.operate.shadow_report import IGNORED_COLUMNS, Question, Report, make_report, report_text
from mainstem.testing.records import EventLog
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.warehouse.attaching import DuckDBFile, ParquetFolder, PostgresDatabase
from mainstem.warehouse.ducklake import DuckLake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.warehouse.attaching import AttachingWarehouse, OtherDatabase
    from mainstem.warehouse.ducklake import LakeLocation

pytestmark = pytest.mark.long

Tables = dict[str, tuple[dict[str, str], list[dict[str, Any]]]]
"""Table → (columns with RudderStack's types, rows)."""

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
POSTGRES_TYPES = {
    "int": "bigint", "float": "numeric", "string": "text", "text": "text", "boolean": "boolean",
    "datetime": "timestamptz", "json": "jsonb",
}  # fmt: skip
DUCKDB_TYPES = POSTGRES_TYPES | {"float": "DOUBLE", "string": "VARCHAR", "text": "VARCHAR", "json": "JSON"}


def events() -> Iterator[tuple[datetime, dict[str, Any]]]:
    """When each was received by us, and the event."""
    for n in range(40):
        at = NOON + timedelta(minutes=n)
        event: dict[str, Any] = {
            "type": "track",
            "event": "Order Completed",
            "messageId": f"m{n:02}",
            "userId": f"u{n % 7}",
            "context": {"ip": "10.0.0.1", "app": {"name": "shop"}},
            "properties": {"total": n + 0.5, "items": [n, {"a": "b"}], "paid": n % 2 == 0, "count": n},
        }
        if n % 3 == 0:  # the others' times are made of when they were received
            event |= {"originalTimestamp": "2026-01-02T11:00:00.000Z", "sentAt": "2026-01-02T11:00:01.000Z"}
        yield at, event
        if n % 10 == 0:
            yield at, {"type": "identify", "messageId": f"i{n}", "userId": f"u{n}", "traits": {"plan": "pro"}}


def filled(warehouse: AttachingWarehouse) -> AttachingWarehouse:
    """Ours, by the loader."""
    log = EventLog()
    for at, event in events():
        log.send(event, received_at=format_time(at))
    Loader(log, warehouse, [Source("web", "Website", ("K",))], LoadSettings()).run_once()
    return warehouse


def their_tables() -> Tables:
    """What another data plane makes of the same requests, which it got a little later."""
    tables: Tables = {}
    for at, event in events():
        received = format_time(at + timedelta(seconds=2, milliseconds=345))
        message = {
            "originalTimestamp": received,
            "sentAt": received,
            "request_ip": "10.0.0.1",
            **event,
            "receivedAt": received,
        }
        sent, original = (datetime.fromisoformat(message[name]) for name in ("sentAt", "originalTimestamp"))
        message["timestamp"] = format_time(datetime.fromisoformat(received) - (sent - original))
        metadata = EventMetadata("2abc", "http", None, "9xyz", "POSTGRES")
        for row in transform(message, provider=PROVIDERS["postgres"], metadata=metadata):
            columns, rows = tables.setdefault(row.table, ({}, []))
            columns.update(row.columns)
            rows.append({**row.data, "uuid_ts": "2026-01-02T15:00:00.000Z"})
    tables["users"] = (tables["users"][0], list({row["id"]: row for row in tables["users"][1]}.values()))
    return tables


def bare(value: Any) -> Any:
    return json.dumps(value, separators=(",", ":")) if isinstance(value, list | dict) else value


class OnPostgres:
    def __init__(self, address: PostgresAddress) -> None:
        self.address = address
        self.database: OtherDatabase = PostgresDatabase(address)

    def fill(self, tables: Tables) -> OtherDatabase:
        with psycopg.connect(**self.address.libpq()) as connection:
            connection.execute("CREATE SCHEMA rudder")
            for table, (columns, rows) in tables.items():
                kinds = [
                    sql.SQL("{} {}").format(sql.Identifier(c), sql.SQL(POSTGRES_TYPES[kind]))
                    for c, kind in columns.items()
                ]
                name = sql.Identifier("rudder", table)
                connection.execute(sql.SQL("CREATE TABLE {} ({})").format(name, sql.SQL(", ").join(kinds)))
                for row in rows:
                    fields = sql.SQL(", ").join(map(sql.Identifier, row))
                    marks = sql.SQL(", ").join(sql.Placeholder() * len(row))
                    connection.execute(
                        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(name, fields, marks),
                        [bare(value) for value in row.values()],
                    )
        return self.database


def fill_duckdb(path: Path, tables: Tables) -> DuckDBFile:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA rudder")
        for table, (columns, rows) in tables.items():
            kinds = ", ".join(f'"{c}" {DUCKDB_TYPES[kind]}' for c, kind in columns.items())
            connection.execute(f'CREATE TABLE rudder."{table}" ({kinds})')
            for row in rows:
                fields = ", ".join(f'"{c}"' for c in row)
                marks = ", ".join("?" for _ in row)
                values = [bare(value) for value in row.values()]
                connection.execute(f'INSERT INTO rudder."{table}" ({fields}) VALUES ({marks})', values)
    return DuckDBFile(path)


def plant(tables: Tables) -> None:
    """Two rows less, one more, a changed value, a column gone, one more, and another type."""
    columns, rows = tables["order_completed"]
    del rows[20], rows[10]
    rows.append({**rows[5], "id": "extra"})
    rows[7]["total"] = 99.25
    rows[9]["original_timestamp"] = "2026-01-02T10:00:00.000Z"
    for row in rows:
        row["count"] = f"{row['count']}"
        del row["context_app_name"]
        row["surplus"] = "x"
    rows[8]["count"] = "three"
    columns["count"] = "string"
    del columns["context_app_name"]
    columns["surplus"] = "string"


def report_of(warehouse: AttachingWarehouse, database: OtherDatabase, **options: Any) -> Report:
    edge = options.pop("edge", timedelta(minutes=5))
    return make_report(warehouse, Question("web", "website", database, "rudder", edge=edge, **options))


@pytest.fixture(scope="module")
def ours() -> Iterator[AttachingWarehouse]:
    warehouse = filled(MemoryWarehouse())
    yield warehouse
    warehouse.close()


def check_planted(report: Report) -> None:
    tables = {table.table: table for table in report.tables}
    assert [name for name, table in tables.items() if table.differences] == ["order_completed"]
    found = tables["order_completed"]
    assert (found.ours, found.theirs, found.both) == (30, 29, 28)
    assert (found.only_ours.count, found.only_ours.ids) == (2, ("m10", "m20"))
    assert (found.only_theirs.count, found.only_theirs.ids) == (1, ("extra",))
    assert found.columns_only_ours == {"context_app_name": 30}
    assert found.columns_only_theirs == {"surplus": 29}
    assert [(kind.column, kind.ours, kind.theirs) for kind in found.types] == [("count", "int", "string")]
    values = {value.column: value for value in found.values}
    assert {column: value.count for column, value in values.items()} == {
        "total": 1,
        "original_timestamp": 1,
        "count": 1,
    }
    [total] = values["total"].examples
    assert (total.id, total.ours) == ("m07", "7.5")
    assert total.theirs is not None
    assert float(total.theirs) == 99.25
    assert [example.id for example in values["original_timestamp"].examples] == ["m09"]
    assert not report.is_same


def test_the_same_events_are_the_same_tables_whenever_each_side_received_them(
    ours: AttachingWarehouse, tmp_path: Path
) -> None:
    report = report_of(ours, fill_duckdb(tmp_path / "their.duckdb", their_tables()))
    assert report.differences == 0, report_text(report)
    assert report.is_same
    assert {table.table for table in report.tables} == {"tracks", "order_completed", "identifies", "users"}
    assert report.ignored == tuple(sorted(IGNORED_COLUMNS))


def test_planted_differences_are_found_and_nothing_else_in_duckdb(
    ours: AttachingWarehouse, tmp_path: Path
) -> None:
    tables = their_tables()
    plant(tables)
    check_planted(report_of(ours, fill_duckdb(tmp_path / "their.duckdb", tables)))


@pytest.mark.long
def test_planted_differences_are_found_and_nothing_else_in_postgres(
    lake_location: LakeLocation, catalog: PostgresAddress
) -> None:
    tables = their_tables()
    plant(tables)
    database = OnPostgres(catalog).fill(tables)
    lake = DuckLake(lake_location)
    try:
        check_planted(report_of(filled(lake), database))
        unplanted = OnPostgres(catalog)
        with psycopg.connect(**catalog.libpq()) as connection:
            connection.execute("DROP SCHEMA rudder CASCADE")
        assert report_of(lake, unplanted.fill(their_tables())).is_same
    finally:
        lake.close()


@pytest.mark.parametrize("in_schema", [True, False])
def test_a_folder_of_parquet_is_compared_too(
    ours: AttachingWarehouse, tmp_path: Path, in_schema: bool
) -> None:
    tables = their_tables()
    plant(tables)
    fill_duckdb(tmp_path / "their.duckdb", tables)
    folder = tmp_path / "lake"
    base = folder / "rudder" if in_schema else folder
    with duckdb.connect(str(tmp_path / "their.duckdb")) as connection:
        for number, table in enumerate(tables):
            place = base / table / "2026" / "part.parquet" if number % 2 else base / f"{table}.parquet"
            place.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(f"COPY rudder.\"{table}\" TO '{place}' (FORMAT parquet)")
    check_planted(report_of(ours, ParquetFolder(folder)))


def changed(table: str, change: Callable[[list[dict[str, Any]]], object]) -> Tables:
    tables = their_tables()
    change(tables[table][1])
    return tables


def test_what_has_not_come_to_both_yet_is_left_out_and_a_late_arrival_is_no_missing_row(
    ours: AttachingWarehouse, tmp_path: Path
) -> None:
    def lag(rows: list[dict[str, Any]]) -> None:
        rows[15]["received_at"] = "2026-01-02T18:00:00.000Z"  # forwarded hours later
        rows[15]["original_timestamp"] = rows[15]["sent_at"] = rows[15]["timestamp"] = (
            "2026-01-02T11:00:00.000Z"
        )
        del rows[38:]  # not synced yet

    database = fill_duckdb(tmp_path / "their.duckdb", changed("order_completed", lag))
    report = report_of(
        ours, database, tables=frozenset({"order_completed"}), until=NOON + timedelta(minutes=37)
    )
    [table] = report.tables
    assert (table.only_ours.count, table.only_theirs.count) == (0, 0)


def test_an_explicit_time_is_taken_as_it_is_and_an_ignored_column_is_not_compared(
    ours: AttachingWarehouse, tmp_path: Path
) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        rows[12]["total"] = 0

    database = fill_duckdb(tmp_path / "their.duckdb", changed("order_completed", change))
    inside = report_of(ours, database, since=NOON, until=NOON + timedelta(minutes=60))
    assert inside.differences == 1
    assert {table.table: table.ours for table in inside.tables}["order_completed"] == 40
    assert report_of(ours, database, ignored=frozenset({*IGNORED_COLUMNS, "total"})).is_same
    assert report_of(ours, database, until=NOON + timedelta(minutes=10)).is_same


def test_rows_that_repeat_an_id_are_told_and_compared_once(ours: AttachingWarehouse, tmp_path: Path) -> None:
    database = fill_duckdb(
        tmp_path / "their.duckdb", changed("tracks", lambda rows: rows.extend([rows[12], rows[13]]))
    )
    report = report_of(ours, database)
    assert report.is_same
    assert {table.table: table.repeated_theirs for table in report.tables}["tracks"] == 2
    assert "2 rows of theirs repeat an id" in report_text(report)


def test_a_table_of_one_side_is_a_difference_as_soon_as_it_has_rows(
    ours: AttachingWarehouse, tmp_path: Path
) -> None:
    tables = their_tables()
    del tables["identifies"]
    tables["empty"] = ({"id": "string", "received_at": "datetime"}, [])
    report = report_of(ours, fill_duckdb(tmp_path / "their.duckdb", tables))
    assert {table.table: table.differences for table in report.tables if table.note} == {
        "identifies": 1,
        "empty": 0,
    }
    assert "only ours has this table" in report_text(report)


def test_the_text_says_what_differs_where_and_ends_with_the_verdict(
    ours: AttachingWarehouse, tmp_path: Path
) -> None:
    tables = their_tables()
    plant(tables)
    tables["order_completed"][1][8]["paid"] = None
    lines = report_text(report_of(ours, fill_duckdb(tmp_path / "their.duckdb", tables))).splitlines()
    assert lines[-1] == "Not the same: 9 differences in 1 table."
    assert "  only ours: 2 rows: m10, m20" in lines
    assert "  column context_app_name: only ours (30 values)" in lines
    assert "  column count: int in ours, string in theirs" in lines
    assert "  column total: 1 row with another value" in lines


def test_a_time_without_rows_counts_none_and_says_so(ours: AttachingWarehouse, tmp_path: Path) -> None:
    database = fill_duckdb(tmp_path / "their.duckdb", their_tables())
    later = NOON + timedelta(days=9)
    report = report_of(ours, database, since=later, until=later + timedelta(hours=1))
    counts = {(t.ours, t.theirs, t.both, t.only_ours.count, t.only_theirs.count) for t in report.tables}
    assert counts == {(0, 0, 0, 0, 0)}
    assert not report.is_same
    assert "Nothing to compare" in report_text(report)


def test_sides_that_hold_no_time_in_common_are_told_apart(ours: AttachingWarehouse, tmp_path: Path) -> None:
    tables = their_tables()
    for _, rows in tables.values():
        for row in rows:
            if "received_at" in row:
                row["received_at"] = "2025-01-02T03:04:05.000Z"
    database = fill_duckdb(tmp_path / "their.duckdb", tables)
    with pytest.raises(UsageError, match=r"theirs from 2025-01-02T.* to 2025.* no time is in both"):
        report_of(ours, database)


def test_what_cannot_be_compared_is_said(ours: AttachingWarehouse, tmp_path: Path) -> None:
    database = fill_duckdb(tmp_path / "their.duckdb", their_tables())
    with pytest.raises(UsageError, match="leave less out with --edge"):
        report_of(ours, database, edge=timedelta(hours=1))
    with pytest.raises(UsageError, match="no tables of those named in our schema website"):
        report_of(ours, database, tables=frozenset({"nothing"}))
    with pytest.raises(UsageError, match="no tables in schema other of"):
        make_report(ours, Question("web", "website", database, "other"))
    (tmp_path / "text").write_text("no database")
    with pytest.raises(EnvironmentFailure, match="cannot read"):
        report_of(ours, DuckDBFile(tmp_path / "text"))


def test_values_of_another_type_are_compared_as_what_they_mean(
    ours: AttachingWarehouse, tmp_path: Path
) -> None:
    tables = their_tables()
    columns, rows = tables["order_completed"]
    for row in rows:
        row["total"], row["timestamp"] = f"{row['total']:.2f}", row["timestamp"].replace("Z", "+00:00")
    rows[12]["total"], rows[13]["timestamp"], rows[14]["sent_at"] = "many", "soon", None
    columns |= {"total": "string", "timestamp": "string"}
    [found] = report_of(
        ours, fill_duckdb(tmp_path / "their.duckdb", tables), tables=frozenset({"order_completed"})
    ).tables
    assert {kind.column for kind in found.types} == {"total", "timestamp"}
    assert {value.column: [one.id for one in value.examples] for value in found.values} == {
        "total": ["m12"],
        "timestamp": ["m13"],
        "sent_at": ["m14"],
    }


def test_nothing_stays_attached(ours: AttachingWarehouse, tmp_path: Path) -> None:
    database = fill_duckdb(tmp_path / "their.duckdb", their_tables())
    for _ in range(2):
        report_of(ours, database)
    names: Sequence[Any] = ours.query("SELECT database_name FROM duckdb_databases()").to_pylist()
    assert "other" not in {row["database_name"] for row in names}
