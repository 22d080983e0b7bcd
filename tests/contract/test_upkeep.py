"""Upkeep beside the loader, on the lake they both work on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.events import Source
from mainstem.load import Loader, LoadSettings
from mainstem.operate.upkeep import Caretaker, Chores, UpkeepSettings
from mainstem.testing.records import EventLog
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.warehouse.ducklake import DuckLake, DuckLakeUpkeep, LoaderFence

if TYPE_CHECKING:
    from mainstem.config import PostgresAddress
    from mainstem.store.upkeep import Step
    from mainstem.warehouse import Warehouse
    from mainstem.warehouse.ducklake import LakeLocation

pytestmark = pytest.mark.long

SOURCES = [Source("web", "web", ("key",))]
SETTINGS = UpkeepSettings(merge_files=4)
COMMITS = 30
AT = datetime(2026, 1, 2, 3, tzinfo=UTC)


def send(log: EventLog, number: int) -> None:
    """What comes between two commits: page views, and users of whom some come back."""
    log.send({"type": "page", "messageId": f"p{number}", "anonymousId": "a"})
    for user in {number % 7, number}:
        traits = {"seen": number}
        log.send(
            {"type": "identify", "messageId": f"i{number}-{user}", "userId": f"u{user}", "traits": traits}
        )


class Kept(list["Step"]):
    def add(self, step: Step) -> None:
        self.append(step)


def caretaker(upkeep: DuckLakeUpkeep, kept: Kept) -> Caretaker:
    chores = Chores(frozenset, lambda: None, lambda: datetime.now(UTC), lambda now: 0, None)
    return Caretaker(upkeep, kept, chores, SETTINGS)


def content(warehouse: Warehouse, table: str) -> list[dict[str, Any]]:
    found = warehouse.query(f"SELECT * FROM {table}")
    names = sorted(found.column_names)
    return sorted((dict(zip(names, map(row.get, names), strict=True)) for row in found.to_pylist()), key=str)


def test_files_stay_few_and_every_row_is_what_it_would_be_without(
    lake_location: LakeLocation, postgres: PostgresAddress
) -> None:
    fence = LoaderFence(lake_location.catalog)
    fence.ensure()
    lake, memory = DuckLake(lake_location, fence=fence), MemoryWarehouse()
    upkeep, kept = DuckLakeUpkeep(lake_location, postgres), Kept()
    log = EventLog()
    loaders = [
        Loader(log, warehouse, SOURCES, LoadSettings(), now=lambda: AT) for warehouse in (lake, memory)
    ]
    try:
        for number in range(COMMITS):
            send(log, number)
            for loader in loaders:
                assert loader.run_once().quarantined == 0
            if number % 6 == 5:
                caretaker(upkeep, kept).round()
        files = {str(table.name): len(table.files) for table in upkeep.tables() if table.files}
        tables = [f"{space}.{table}" for space in ("web", "mainstem") for table in lake.columns(space)]
        for table in tables:
            assert content(lake, table) == content(memory, table), table
    finally:
        upkeep.close()
        lake.close()
        fence.close()
        memory.close()
    assert {step.problem for step in kept} == {""}
    assert {step.step for step in kept} >= {"merge", "rewrite"}
    assert set(files) == {
        *("mainstem.load_offsets", "mainstem.message_ids"),
        *("web.pages", "web.identifies", "web.users"),
    }
    assert max(files.values()) <= 2 * SETTINGS.merge_files
