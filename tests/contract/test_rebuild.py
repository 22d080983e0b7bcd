"""On a real lake, with a loader at work: tables made anew lose nothing, double nothing, and equal."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.events import Source
from mainstem.load import Loader, LoadSettings
from mainstem.load.rebuild import Rebuilder, Scope
from mainstem.testing.records import EventLog
from mainstem.warehouse.ducklake import DuckLake, LoaderFence
from mainstem.warehouse.ducklake.rewriting import RewritingLake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.warehouse import Warehouse
    from mainstem.warehouse.ducklake import LakeLocation

SOURCES = [Source("web", "web", ("key",))]
SETTINGS = LoadSettings(commit_interval_s=0)
EVENTS = 400

pytestmark = pytest.mark.long


def send(log: EventLog, number: int) -> None:
    kind = ("track", "page", "identify", "track")[number % 4]
    log.send(
        {
            "type": kind,
            "event": f"event {number % 3}",
            "messageId": f"m{number}",
            "userId": f"u{number % 7}",
            "properties": {"n": number if number % 5 else "a text", f"p{number // 100}": True},
            "traits": {"plan": number, "deep": {"er": number % 2 == 0}},
        },
        partition=str(number % 2),
        received_at=f"2026-01-0{1 + number % 3}T00:00:00.{number:03d}Z",
    )


def rows(warehouse: Warehouse) -> dict[str, list[str]]:
    found = {}
    for table, columns in warehouse.columns("web").items():
        names = ", ".join(f'"{name}"' for name in sorted(columns) if name != "uuid_ts")
        result = warehouse.query(f'SELECT {names} FROM lake.web."{table}"')
        found[table] = sorted(map(repr, result.to_pylist()))
    return found


@pytest.fixture
def loading(lake_location: LakeLocation) -> Iterator[tuple[EventLog, Loader, DuckLake]]:
    fence = LoaderFence(lake_location.catalog)
    fence.ensure()
    lake = DuckLake(lake_location, fence=fence)
    log = EventLog()
    try:
        yield log, Loader(log, lake, SOURCES, SETTINGS), lake
    finally:
        lake.close()
        fence.close()


def test_a_rebuild_beside_a_running_loader_equals_what_would_stand_without_it(
    loading: tuple[EventLog, Loader, DuckLake], lake_location: LakeLocation
) -> None:
    log, loader, lake = loading
    for number in range(EVENTS // 2):
        send(log, number)
    loader.run_once()
    failures = list[BaseException]()

    def load() -> None:
        try:
            for number in range(EVENTS // 2, EVENTS):
                send(log, number)
                if number % 20 == 0:
                    loader.run_once()
            loader.run_once()
        except BaseException as e:  # noqa: BLE001 # to be told in the test's own thread
            failures.append(e)

    thread = threading.Thread(target=load)
    rewriting = RewritingLake(lake_location)
    thread.start()
    try:
        scopes = [Scope(), Scope(datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)), Scope()]
        for scope in scopes:
            report = Rebuilder(log, rewriting, SOURCES, SETTINGS, scope, batch_bytes=8000).run()
            assert [one.table for one in report.tables if one.changed] == []
    finally:
        thread.join()
        rewriting.close()
    assert failures == []
    found = rows(lake)
    ids = [f"'id': 'm{number}'" for number in range(EVENTS)]
    tables = ("tracks", "pages", "identifies")
    everything = [row for table in tables for row in found[table]]
    assert len(everything) == EVENTS
    assert all(any(wanted + "," in row or wanted + "}" in row for row in everything) for wanted in ids)
    assert lake.columns("mainstem_rebuild_web") == {}


def test_rows_that_were_damaged_come_back_and_the_users_too(
    loading: tuple[EventLog, Loader, DuckLake], lake_location: LakeLocation
) -> None:
    log, loader, lake = loading
    for number in range(60):
        send(log, number)
        if number % 15 == 0:
            loader.run_once()
    loader.run_once()
    before = rows(lake)
    rewriting = RewritingLake(lake_location)
    try:
        with rewriting.rewriting("an accident") as transaction:
            for table in before:
                accident: Any = transaction
                accident.query(f'DELETE FROM lake.web."{table}" WHERE uuid_ts IS NOT NULL AND random() < 0.4')
        Rebuilder(log, rewriting, SOURCES, SETTINGS, Scope()).run()
    finally:
        rewriting.close()
    assert rows(lake) == before
