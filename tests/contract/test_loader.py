"""The loader on the parts it runs with: the log on disk and the lake."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from mainstem.events import Received, Source, encode_received
from mainstem.load import Loader, LoadReport, LoadSettings
from mainstem.log import LogSettings, open_reader, open_writer
from mainstem.warehouse.ducklake import DuckLake

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.load import Log
    from mainstem.warehouse.ducklake import LakeLocation

SOURCES = [Source("web", "My Site", ("key",))]


def write(data_dir: Path, *events: dict[str, object]) -> None:
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


def test_events_on_disk_become_rows_in_the_lake_once(lake_location: LakeLocation, tmp_path: Path) -> None:
    log: Log = open_reader(tmp_path, "events")
    lake = DuckLake(lake_location)

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
    lake.close()
