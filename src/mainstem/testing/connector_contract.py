"""The contract suite of a connector: subclass `ConnectorContract`, give it a subject, run it with pytest.
For a source that is not asked over HTTP, subclass `SourceContract`, and try its own troubles beside it.

Whatever a service does, the warehouse ends with the service's rows: each once, none missing. It asserts on
rows and on what the service was asked, never on how.
"""

# ruff: noqa: S101  # asserting is what a suite is for

from __future__ import annotations

import os
import signal
from abc import ABC, abstractmethod
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.config import parse_config
from mainstem.connectors import Opening, find_kind
from mainstem.connectors.landing import Landing
from mainstem.connectors.run import Sync, SyncResult, Wanted
from mainstem.connectors.settings import read_connectors
from mainstem.connectors.streams import DELETED, KEY
from mainstem.saas import MemoryBudget, Patience
from mainstem.simulate.saas import ControlledClock, Fault
from mainstem.testing.connectors import RecordingLedger, StillClock
from mainstem.testing.sync_process import SyncSpec, syncing
from mainstem.testing.toml import toml_table
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.warehouse.ducklake import DuckLake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.connectors import Connector
    from mainstem.simulate.saas import Service
    from mainstem.testing.connector_subject import ConnectorSubject
    from mainstem.testing.saas import SaasHost
    from mainstem.warehouse import Warehouse
    from mainstem.warehouse.ducklake import LakeLocation

SCHEMA = "source"
EVERYTHING = Wanted()
_SETTLED = 600.0
"""Seconds after which every service shows what changed."""
_IMPATIENT = Patience(first_pause=0.1, timeout=(5.0, 1.0))


class Scene:
    """One service, one connector to it, one warehouse."""

    def __init__(
        self, subject: ConnectorSubject, service: Service, base_url: str, warehouse: Warehouse, folder: Path
    ) -> None:
        self.subject = subject
        self.service = service
        self.base_url = base_url
        self.warehouse = warehouse
        self.folder = folder
        self.ledger = RecordingLedger()
        self.clock = StillClock(service.clock.now(), moved=service.clock.move_to)
        self.budget = MemoryBudget(self.clock)

    def opened(self) -> Connector:
        text = toml_table(
            f"connectors.{SCHEMA}", {"type": self.subject.kind, **self.subject.settings(self.base_url)}
        )
        settings = read_connectors(parse_config(self.folder / "mainstem.toml", text, {}))[SCHEMA]
        opening = Opening(SCHEMA, settings, self.budget, self.clock, self.folder, _IMPATIENT, self.folder)
        return find_kind(self.subject.kind).open(opening)

    def sync(self, wanted: Wanted = EVERYTHING, rows_a_commit: int = 40) -> SyncResult:
        """A run some time after the last, when what changed meanwhile is shown."""
        self.settle()
        landing = Landing(self.warehouse, SCHEMA, self.clock, pseudonym=lambda text: f"k1:{text}")
        with closing(self.opened()) as connector:
            sync = Sync(SCHEMA, connector, landing, self.ledger, self.clock, rows_a_commit=rows_a_commit)
            return sync.run(wanted)

    def settle(self) -> None:
        """Later than whatever happened in the service."""
        behind = (self.service.clock.now() - self.clock.now()).total_seconds()
        self.clock.advance(max(behind, 0.0) + _SETTLED)

    def stands(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What the warehouse has undeleted, in the columns that are expected."""
        return warehouse_rows(self.warehouse, self.subject.expected(self.service))

    def assert_equal(self) -> None:
        expected = self.subject.expected(self.service)
        stands = self.stands()
        for table, rows in expected.items():
            assert stands[table] == rows, f"{table} is not what the service has"

    def fault(self, name: Any, **fields: Any) -> None:
        self.service.faults.add(Fault(name, self.subject.path, **fields))


def warehouse_rows(warehouse: Warehouse, expected: Any) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    held = warehouse.columns(SCHEMA)
    for table, rows in expected.items():
        columns = sorted({column for row in rows.values() for column in row})
        there = [column for column in columns if column in held.get(table, {})]
        name = warehouse.capabilities.qualified(SCHEMA, table)
        shown = ", ".join([KEY, *map(warehouse.capabilities.quoted, there)])
        got = warehouse.query(f"SELECT {shown} FROM {name} WHERE NOT {DELETED}").to_pylist()  # noqa: S608 # quoted
        keys = [row[KEY] for row in got]
        assert len(keys) == len(set(keys)), f"{table} has rows twice"
        found[table] = {
            row[KEY]: {column: row.get(column) for column in rows.get(row[KEY], row) if column != KEY}
            for row in got
        }
    return found


class SourceContract(ABC):
    """What holds of every source."""

    @abstractmethod
    def subject(self) -> ConnectorSubject:
        """A new one, with the same rows each time."""

    @pytest.fixture
    def scene(self, saas: SaasHost, tmp_path: Path) -> Iterator[Scene]:
        subject = self.subject()
        service = subject.make_service(ControlledClock(subject.start))
        with saas.hosting(service) as base_url, closing(MemoryWarehouse()) as warehouse:
            yield Scene(subject, service, base_url, warehouse, tmp_path)

    def test_a_full_reading_brings_every_row(self, scene: Scene) -> None:
        assert scene.sync().state == "success"
        scene.assert_equal()

    def test_the_next_run_reads_what_is_new(self, scene: Scene) -> None:
        first = scene.sync()
        scene.settle()
        scene.subject.change(scene.service)
        second = scene.sync()
        assert second.state == "success"
        scene.assert_equal()
        main = scene.subject.stream
        assert rows_of(second, main) < rows_of(first, main)

    def test_a_run_without_news_writes_nothing_of_its_main_stream(self, scene: Scene) -> None:
        scene.sync()
        before = scene.stands()
        again = scene.sync(Wanted((scene.subject.stream,)))
        assert again.state == "success"
        assert scene.stands() == before

    def test_a_removed_row_is_marked(self, scene: Scene) -> None:
        scene.sync()
        scene.settle()
        scene.subject.remove(scene.service)
        result = scene.sync(EVERYTHING if scene.subject.tells_removals else Wanted(full=True))
        assert result.state == "success"
        assert sum(stream.deleted for stream in result.streams) >= 1
        scene.assert_equal()

    def test_a_new_field_becomes_a_column_and_is_told(self, scene: Scene) -> None:
        scene.sync()
        scene.settle()
        table, column = scene.subject.add_field(scene.service)
        scene.sync()
        assert column in scene.warehouse.columns(SCHEMA)[table]
        assert any(change[1:3] == ("new_column", f"{table}.{column}") for change in scene.ledger.changes)
        scene.assert_equal()

    def test_a_field_that_is_described_no_more_is_told_once_and_its_column_stays(self, scene: Scene) -> None:
        scene.sync()
        scene.settle()
        removed = scene.subject.remove_field(scene.service)
        if removed is None:
            pytest.skip("this connector asks for no description of fields")
        scene.sync()
        scene.sync()
        table, column = removed
        told = [change[2:] for change in scene.ledger.changes if change[1] == "gone_column"]
        assert told == [(f"{table}.{column}", "")]
        assert column in scene.warehouse.columns(SCHEMA)[table]

    def test_credentials_are_checked(self, scene: Scene) -> None:
        scene.settle()
        with closing(scene.opened()) as connector:
            findings = connector.check()
        assert findings
        assert all(finding.is_good for finding in findings), findings

    @pytest.mark.long
    def test_a_sync_that_is_killed_loses_and_repeats_nothing(
        self, saas: SaasHost, tmp_path: Path, lake_location: LakeLocation
    ) -> None:
        """In a process of its own, on the lake: before, while and after a commit is done."""
        self._kill(saas, tmp_path, lake_location, ["commit", "committed"])

    @pytest.mark.slow
    def test_a_sync_that_is_killed_twenty_times_loses_and_repeats_nothing(
        self, saas: SaasHost, tmp_path: Path, lake_location: LakeLocation
    ) -> None:
        self._kill(saas, tmp_path, lake_location, ["commit", "committed", "merged", "stream"] * 5)

    def _kill(self, saas: SaasHost, tmp_path: Path, location: LakeLocation, at: list[str]) -> None:
        subject = self.subject()
        service = subject.make_service(ControlledClock(subject.start))
        with saas.hosting(service) as base_url, closing(DuckLake(location)) as lake:
            scene = Scene(subject, service, base_url, lake, tmp_path)
            text = toml_table(f"connectors.{SCHEMA}", {"type": subject.kind, **subject.settings(base_url)})
            spec = SyncSpec(text, SCHEMA, location, tmp_path, saas.address, scene.clock.now(), 5)
            for number, point in enumerate(at):
                scene.settle()
                with syncing(replace(spec, now=scene.clock.now())) as child:
                    assert child.reached(point, 1 + number % 3), f"it ended before {point}"
                    os.kill(child.pid, signal.SIGKILL)
                subject.change(service)
            assert scene.sync(rows_a_commit=5).state == "success"
            scene.assert_equal()


class ConnectorContract(SourceContract):
    """And what a service over HTTP may do besides."""

    def test_limits_are_kept_before_they_bite(self, scene: Scene) -> None:
        scene.sync()
        assert scene.service.calls["limited"] == 0
        assert scene.service.calls["ok"] > 4

    def test_a_limit_that_bites_is_waited_out(self, scene: Scene) -> None:
        scene.fault("rate_limit", after=1, seconds=40.0)
        assert scene.sync().state == "success"
        assert scene.service.calls["limited"] == 1
        assert max(scene.clock.slept) >= (40 if scene.subject.says_how_long else _IMPATIENT.first_pause / 2)
        scene.assert_equal()

    def test_a_spent_quota_keeps_what_was_read(self, scene: Scene) -> None:
        scene.fault("quota", after=2, seconds=7200.0)
        result = scene.sync()
        assert result.state in ("partial", "failed")
        assert any(stream.problem for stream in result.streams)
        before = scene.service.calls.total()
        scene.clock.advance(7200)
        assert scene.sync().state == "success"
        assert scene.service.calls.total() > before
        scene.assert_equal()

    def test_a_token_that_ends_on_the_way_is_renewed(self, scene: Scene) -> None:
        scene.fault("expired", after=2)
        assert scene.sync().state == "success"
        scene.assert_equal()

    @pytest.mark.parametrize("name", ["error", "cut", "short"])
    def test_trouble_on_the_way_leaves_no_trace(self, scene: Scene, name: str) -> None:
        scene.fault(name, after=1, times=2)
        assert scene.sync().state == "success"
        assert not scene.service.faults.left()
        scene.assert_equal()

    def test_a_request_that_is_not_answered_is_sent_again(self, scene: Scene) -> None:
        scene.fault("timeout", after=1)
        assert scene.sync().state == "success"
        scene.assert_equal()

    def test_trouble_that_lasts_fails_the_stream_and_the_next_run_goes_on(self, scene: Scene) -> None:
        scene.fault("error", after=2, times=0)
        failed = scene.sync(Wanted((scene.subject.stream,)))
        assert failed.state == "failed"
        scene.service.faults.clear()
        assert scene.sync().state == "success"
        scene.assert_equal()

    def test_rows_that_come_twice_are_written_once(self, scene: Scene) -> None:
        scene.fault("repeat", after=1, times=0, rows=3)
        assert scene.sync().state == "success"
        scene.assert_equal()

    def test_a_row_that_slipped_past_a_page_comes_with_the_next_run(self, scene: Scene) -> None:
        if not scene.subject.slips:
            pytest.skip("pages of this service leave no row out")
        scene.sync()
        scene.settle()
        scene.subject.change(scene.service)
        scene.fault("slip", rows=1)
        scene.sync()
        assert not scene.service.faults.left()
        scene.subject.change(scene.service)
        assert scene.sync().state == "success"
        scene.assert_equal()


def rows_of(result: SyncResult, stream: str) -> int:
    return next(one.rows for one in result.streams if one.stream == stream)
