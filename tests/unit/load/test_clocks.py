from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from mainstem.load.clocks import odd_clocks
from mainstem.load.plan import AppendRows
from mainstem.warehouse import ColumnType, TableName

RECEIVED = datetime(2026, 3, 10, 12, tzinfo=UTC)
LOADED = RECEIVED + timedelta(seconds=1)
PAGES, TRACKS = TableName("web", "pages"), TableName("web", "tracks")
CLOCKS = ("timestamp", "sent_at", "original_timestamp")
COLUMNS = {"id": ColumnType.STRING, **dict.fromkeys(("received_at", *CLOCKS), ColumnType.DATETIME)}


def row(name: str, **clocks: datetime | None) -> dict[str, Any]:
    return {"id": name, "received_at": RECEIVED, **dict.fromkeys(CLOCKS, RECEIVED), **clocks}


def columnar(*rows: dict[str, Any]) -> pa.Table:
    kind = pa.timestamp("us", "UTC")
    moments = {name: pa.array([row[name] for row in rows], kind) for name in ("received_at", *CLOCKS)}
    return pa.table({"id": [row["id"] for row in rows], "path": ["/"] * len(rows), **moments})


def found(*rows: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Each odd message with its reason and clock, however its rows came."""
    plain = odd_clocks([AppendRows(PAGES, COLUMNS, rows)], LOADED)
    ready = odd_clocks([AppendRows(PAGES, {}, (), (columnar(*rows),))], LOADED)
    assert plain == ready
    assert all((odd["received_at"], odd["uuid_ts"]) == (RECEIVED, LOADED) for odd in plain)
    return {odd["message_id"]: (odd["reason"], odd["clock"]) for odd in plain}


def test_clocks_that_are_about_right_are_not_told() -> None:
    hour = timedelta(hours=1)
    assert found(row("a"), row("b", timestamp=RECEIVED - 23 * hour, sent_at=RECEIVED + hour), row("c")) == {}


@pytest.mark.parametrize(
    ("clock", "off", "reason"),
    [
        ("timestamp", -timedelta(days=2), "late"),
        ("timestamp", timedelta(hours=2), "future"),
        ("timestamp", -timedelta(days=400), "absurd"),
        ("sent_at", timedelta(hours=2), "future"),
        ("sent_at", timedelta(days=400), "absurd"),
        ("original_timestamp", -timedelta(days=400), "absurd"),
        ("original_timestamp", timedelta(days=3), "future"),
    ],
)
def test_a_clock_that_is_off_is_told_with_how(clock: str, off: timedelta, reason: str) -> None:
    assert found(row("right"), row("off", **{clock: RECEIVED + off})) == {"off": (reason, clock)}


def test_an_offline_phone_sends_old_events_by_a_right_clock() -> None:
    old = RECEIVED - timedelta(days=3)
    assert found(row("a", original_timestamp=old, timestamp=old)) == {"a": ("late", "timestamp")}
    assert found(row("a", original_timestamp=old)) == {}


def test_the_worst_clock_of_an_event_is_named() -> None:
    assert found(row("a", timestamp=RECEIVED - timedelta(days=2), sent_at=datetime(1, 1, 1, tzinfo=UTC))) == {
        "a": ("absurd", "sent_at")
    }


def test_the_years_1_and_9999_and_a_missing_clock_are_no_trouble() -> None:
    assert found(
        row("first", timestamp=datetime(1, 1, 1, tzinfo=UTC), sent_at=None),
        row("last", timestamp=datetime(9999, 12, 31, 23, 59, 59, 999000, UTC)),
        row("none", timestamp=None, sent_at=None, original_timestamp=None),
    ) == {"first": ("absurd", "timestamp"), "last": ("absurd", "timestamp")}


def test_an_event_that_goes_into_two_tables_is_named_once() -> None:
    off = row("a", timestamp=RECEIVED + timedelta(days=1))
    steps = [AppendRows(TRACKS, COLUMNS, (off,)), AppendRows(TableName("web", "paid"), COLUMNS, (off,))]
    assert [(odd["namespace"], odd["table_name"]) for odd in odd_clocks(steps, LOADED)] == [("web", "tracks")]


def test_a_column_that_holds_texts_is_no_clock() -> None:
    columns = {**COLUMNS, "timestamp": ColumnType.STRING}
    assert (
        odd_clocks([AppendRows(PAGES, columns, (row("a", timestamp=None) | {"timestamp": "now"},))], LOADED)
        == []
    )
    assert odd_clocks([AppendRows(PAGES, {"id": ColumnType.STRING}, ({"id": "a"},))], LOADED) == []


def test_names_in_upper_case_are_clocks_too() -> None:
    upper = {name.upper(): kind for name, kind in COLUMNS.items()}
    off = {name.upper(): value for name, value in row("a", timestamp=RECEIVED + timedelta(days=1)).items()}
    [odd] = odd_clocks([AppendRows(PAGES, upper, (off,))], LOADED)
    assert odd["clock"] == "timestamp"
