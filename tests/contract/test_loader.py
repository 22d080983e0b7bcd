"""The loader on the parts it runs with: the log on disk and the lake."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.events import Received, Source, encode_received
from mainstem.load import Loader, LoadReport, LoadSettings
from mainstem.log import LogSettings, open_reader, open_writer
from mainstem.warehouse.ducklake import DuckLake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mainstem.load import Log
    from mainstem.warehouse.ducklake import LakeLocation

SOURCES = [Source("web", "My Site", ("key",))]


@pytest.fixture
def lake(lake_location: LakeLocation) -> Iterator[DuckLake]:
    """Closed whatever the test says: a connection left open would fail the next one."""
    opened = DuckLake(lake_location)
    try:
        yield opened
    finally:
        opened.close()


def write(data_dir: Path, *events: Mapping[str, object]) -> None:
    async def append() -> None:
        writer = open_writer(data_dir, "events", "0", LogSettings())
        await writer.append(
            [
                encode_received(
                    Received(
                        "2026-01-02T03:04:05.678Z", "10.0.0.1", "web", msgspec.Raw(msgspec.json.encode(event))
                    )
                )
                for event in events
            ]
        )
        await writer.close()

    asyncio.run(append())


def test_events_on_disk_become_rows_in_the_lake_once(lake: DuckLake, tmp_path: Path) -> None:
    log: Log = open_reader(tmp_path, "events")

    def load() -> LoadReport:
        return Loader(log, lake, SOURCES, LoadSettings()).run_once()

    write(
        tmp_path,
        {
            "type": "track",
            "event": "Paid",
            "messageId": "m1",
            "properties": {"total": 5, "note": "\0", "$": [1]},
        },
        {
            "type": "identify",
            "messageId": "m2",
            "userId": "u",
            "traits": {"plan": "free", "at": "0001-01-01"},
        },
        {"type": "identify", "messageId": "m2", "userId": "u", "traits": {"plan": "pro"}},
        {"type": "trace", "messageId": "m3"},
    )
    first = load()
    assert (first.events, first.rows, first.duplicates, first.quarantined) == (4, 4, 1, 1)
    write(
        tmp_path,
        {
            "type": "track",
            "event": "Paid",
            "messageId": "m4",
            "properties": {"total": 2**80, "left": "9999-12-31"},
        },
        {"type": "track", "event": "Paid", "messageId": "m1"},
        {"type": "identify", "messageId": "m5", "userId": "u", "traits": {"plan": "pro"}},
    )
    second = load()
    assert (second.events, second.duplicates, second.discards) == (3, 1, 1)
    assert load() == LoadReport()
    paid = lake.query("SELECT id, total FROM lake.my_site.paid ORDER BY id").to_pylist()
    assert paid == [{"id": "m1", "total": 5}, {"id": "m4", "total": None}]
    assert lake.query('SELECT id, plan, "at" IS NULL AS no FROM lake.my_site.users').to_pylist() == [
        {"id": "u", "plan": "pro", "no": False}
    ]
    assert lake.query("SELECT count(*) AS n FROM lake.my_site.identifies")["n"].to_pylist() == [2]


def test_no_event_that_was_accepted_stops_those_behind_it(lake: DuckLake, tmp_path: Path) -> None:
    blendo = {"DUCKLAKE": {"options": {"useBlendoCasing": True}}}
    names = ["a\0b", "users\0", "../../up", 'quo"te', "Rudder Discards", "\0"]
    digits = {"9" * 5000: "a"}
    write(
        tmp_path,
        {"type": "identify", "messageId": "u1", "anonymousId": "a", "userId": {"id": 7}},
        {"type": "identify", "messageId": "u2", "anonymousId": "a", "userId": ["a"]},
        {"type": "group", "messageId": "g", "userId": "u", "traits": digits, "context": {"traits": digits}},
        *(
            {"type": "track", "messageId": f"t{number}", "userId": "u", "event": name, "integrations": blendo}
            for number, name in enumerate(names)
        ),
        {"type": "track", "messageId": "named", "userId": "u", "event": "Rudder Discards"},
        {"type": "page", "messageId": "last", "userId": "u"},
    )
    report = Loader(open_reader(tmp_path, "events"), lake, SOURCES, LoadSettings()).run_once()
    assert (report.events, report.quarantined, report.discards, report.commits) == (11, 0, 0, 1)
    tables = lake.columns("my_site").keys()
    assert {"ab", "_users", "______up", "quo_te", "_rudder_discards"} <= tables
    assert not {"users", "rudder_discards"} & tables
    assert lake.query("SELECT id FROM lake.my_site.pages")["id"].to_pylist() == ["last"]
    assert {path.name for path in tmp_path.iterdir()} == {"log", "extensions", "lake"}


def test_an_event_the_lake_refuses_is_quarantined_with_its_reason(lake: DuckLake, tmp_path: Path) -> None:
    """A table that somebody altered refuses what the loader has for it."""
    write(tmp_path, {"type": "page", "messageId": "p0", "userId": "u", "name": "Home"})
    loader = Loader(open_reader(tmp_path, "events"), lake, SOURCES, LoadSettings())
    loader.run_once()
    lake._connection.execute("ALTER TABLE lake.my_site.pages ALTER name SET NOT NULL")
    write(
        tmp_path,
        *(
            {"type": "track", "event": "Paid", "messageId": f"t{number}", "userId": "u"}
            for number in range(4)
        ),
        {"type": "page", "messageId": "p1", "userId": "u"},
    )
    report = loader.run_once()
    assert (report.events, report.quarantined) == (5, 1)
    [row] = lake.query("SELECT message_id, reason FROM lake.mainstem.quarantine").to_pylist()
    assert row["message_id"] == "p1"
    assert "NOT NULL" in row["reason"]
    assert lake.query("SELECT count(*) AS n FROM lake.my_site.paid")["n"].to_pylist() == [4]
