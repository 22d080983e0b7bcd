from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import UsageError, WarehouseBusy
from mainstem.events import Source
from mainstem.load import Loader, LoadSettings
from mainstem.load.rebuild import Rebuilder, RebuildReport, Scope
from mainstem.testing.records import EventLog
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Callable

WEB = Source("web", "web", ("key",))
NOW = datetime(2026, 1, 10, tzinfo=UTC)
JAN_2, JAN_3 = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)


class Log(EventLog):
    """One whose beginning may have been deleted."""

    begins = 0

    def start(self, partition: str) -> int:
        return self.begins


class Bench:
    def __init__(self) -> None:
        self.log, self.warehouse, self.now = Log(), MemoryWarehouse(), NOW
        self.settings = LoadSettings()
        self.sources = [WEB]
        self.loader = Loader(self.log, self.warehouse, self.sources, self.settings, now=self.tick)

    def tick(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def track(self, message_id: str, day: str = "2026-01-02", **properties: object) -> None:
        event: dict[str, object] = {"type": "track", "event": "clicked", "messageId": message_id}
        self.log.send({**event, "properties": properties}, received_at=f"{day}T08:00:00.000Z")

    def load(self) -> None:
        self.loader.run_once()

    def rebuild(self, scope: Scope = Scope(), **options: bool) -> RebuildReport:  # noqa: B008 # frozen
        rebuilder = Rebuilder(self.log, self.warehouse, self.sources, self.settings, scope)
        return rebuilder.run(**options)

    def ids(self, table: str = "clicked") -> list[str]:
        return sorted(self.warehouse.query(f"SELECT id FROM memory.web.{table}").column(0).to_pylist())

    def numbers(self) -> list[int]:
        """Not by the warehouse's own way, which a test may be watching."""
        found = self.warehouse._connection.cursor().execute("SELECT n FROM memory.web.clicked ORDER BY id")
        return [n for (n,) in found.fetchall()]

    def run(self, sql: str) -> None:
        with self.warehouse.transaction("by hand", ddl=True) as transaction:
            transaction.query(sql)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_range_replaces_its_own_rows_and_no_others(bench: Bench) -> None:
    for number, day in enumerate(("2026-01-01", "2026-01-02", "2026-01-03")):
        bench.track(f"m{number}", day, n=number)
    bench.load()
    bench.run("UPDATE memory.web.clicked SET n = 99")
    report = bench.rebuild(Scope(JAN_2, JAN_3))
    assert bench.numbers() == [99, 1, 99]
    assert {one.table: (one.rows_before, one.rows, one.changed) for one in report.tables} == {
        "web.clicked": (1, 1, 2),
        "web.tracks": (1, 1, 0),
    }


def test_a_dry_run_says_what_would_change_and_changes_nothing(bench: Bench) -> None:
    bench.track("m1", n=1)
    bench.load()
    bench.run("UPDATE memory.web.clicked SET n = 99")
    report = bench.rebuild(dry_run=True)
    assert [one.table for one in report.tables if one.changed] == ["web.clicked"]
    assert bench.warehouse.query("SELECT n FROM memory.web.clicked").column(0).to_pylist() == [99]
    assert [name for name in bench.warehouse.namespaces() if "rebuild" in name] == []


def test_rows_that_the_log_does_not_make_again_stop_it_before_anything_changes(bench: Bench) -> None:
    bench.track("m1")
    bench.load()
    bench.run("INSERT INTO memory.web.clicked BY NAME SELECT 'foreign' AS id, now() AS received_at")
    with pytest.raises(UsageError, match=r"web\.clicked \(1\).*--lose-rows"):
        bench.rebuild()
    assert bench.ids() == ["foreign", "m1"]
    report = bench.rebuild(lose_rows=True)
    assert bench.ids() == ["m1"]
    assert [(one.table, one.rows) for one in report.missing] == [("web.clicked", 1)]


def test_a_log_whose_beginning_is_gone_says_which_partition(bench: Bench) -> None:
    bench.track("m1")
    bench.load()
    bench.track("m2")
    bench.load()
    bench.log.begins = bench.log.read("0", 0, 1).next_offset
    with pytest.raises(UsageError, match="of 0 the oldest are no longer kept"):
        bench.rebuild()
    assert bench.ids() == ["m1", "m2"]
    bench.rebuild(Scope(JAN_3))
    assert bench.ids() == ["m1", "m2"]


def test_what_the_loader_quarantined_stays_there(bench: Bench) -> None:
    bench.track("m1")
    bench.load()
    bench.track("odd")
    bench.warehouse.at = _failing("append", 1, ValueError)
    bench.load()
    bench.warehouse.at = lambda _: None
    held = bench.warehouse.query("SELECT message_id FROM memory.mainstem.quarantine").column(0).to_pylist()
    assert held == ["odd"]
    bench.rebuild()
    assert bench.ids() == ["m1"]


def test_tables_that_are_not_made_of_events_are_left_alone(bench: Bench) -> None:
    bench.track("m1")
    bench.load()
    bench.run("CREATE TABLE memory.web.notes AS SELECT 'x' AS id, now() AS received_at")
    bench.rebuild()
    assert bench.ids("notes") == ["x"]


def test_a_column_of_another_type_by_todays_rules_makes_its_table_anew(bench: Bench) -> None:
    bench.track("m1", n=[1])
    bench.load()
    bench.settings = LoadSettings(json_paths=("track.properties.n",))
    report = bench.rebuild()
    (clicked,) = [one for one in report.tables if one.table == "web.clicked"]
    assert clicked.recreated == ("n",)
    assert bench.warehouse.columns("web")["clicked"]["n"].value == "json"


def test_only_the_tables_that_are_named_change(bench: Bench) -> None:
    bench.track("m1")
    bench.load()
    bench.run("DELETE FROM memory.web.clicked")
    bench.run("DELETE FROM memory.web.tracks")
    bench.rebuild(Scope(tables=frozenset({"clicked"})))
    assert (bench.ids("clicked"), bench.ids("tracks")) == (["m1"], [])


def test_sources_that_share_a_namespace_are_made_anew_together(bench: Bench) -> None:
    bench.sources.append(Source("app", "App", ("other",), namespace="web"))
    bench.loader = Loader(bench.log, bench.warehouse, bench.sources, bench.settings, now=bench.tick)
    bench.track("m1")
    bench.log.send({"type": "track", "event": "clicked", "messageId": "m2"}, source_id="app")
    bench.load()
    bench.rebuild(Scope(source_ids=frozenset({"web"})))
    assert bench.ids() == ["m1", "m2"]


def test_what_is_loaded_while_tables_are_made_is_in_the_new_ones_once(bench: Bench) -> None:
    bench.track("m1")
    bench.load()
    watched = bench.warehouse.at

    def load_more(point: str) -> None:
        """Between the tables' making and their taking the place of the others."""
        if point == "commit":
            bench.warehouse.at = watched
            bench.track("m2", fresh=True)
            bench.load()

    bench.warehouse.at = load_more
    bench.rebuild()
    assert bench.ids() == bench.ids("tracks") == ["m1", "m2"]
    bench.track("m3", fresh=True, fresher=1)
    bench.load()
    assert bench.ids() == ["m1", "m2", "m3"]


POINTS = (
    "columns",
    "read",
    "begin",
    "create_table",
    "append",
    "delete",
    "copy",
    "drop",
    "commit",
    "committed",
)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("error", [KeyboardInterrupt, pytest.param(WarehouseBusy, marks=pytest.mark.long)])
def test_broken_off_anywhere_leaves_old_tables_or_new_and_can_be_done_again(
    bench: Bench, point: str, error: type[BaseException]
) -> None:
    bench.track("m1", n=1)
    bench.track("m2", n=2)
    bench.load()
    bench.run("UPDATE memory.web.clicked SET n = 99")
    for nth in range(1, 8):
        bench.warehouse.at = _failing(point, nth, error)
        with suppress(KeyboardInterrupt, WarehouseBusy):
            bench.rebuild()
        bench.warehouse.at = lambda _: None
        found = bench.numbers()
        assert found in ([99, 99], [1, 2])
        assert bench.ids("tracks") == ["m1", "m2"]
    bench.rebuild()
    assert bench.warehouse.query("SELECT sum(n) FROM memory.web.clicked").column(0)[0].as_py() == 3
    assert [name for name in bench.warehouse.namespaces() if "rebuild" in name] == []


def _failing(point: str, nth: int, error: type[BaseException]) -> Callable[[str], None]:
    left = [nth]

    def at(reached: str) -> None:
        if reached == point:
            left[0] -= 1
            if left[0] == 0:
                raise error

    return at


def test_nothing_to_rebuild_is_said(bench: Bench) -> None:
    with pytest.raises(UsageError, match="nothing has been loaded"):
        bench.rebuild()


def test_readers_see_the_old_rows_until_the_new_ones_are_in_place(bench: Bench) -> None:
    bench.track("m1", n=1)
    bench.load()
    bench.run("UPDATE memory.web.clicked SET n = 99")
    seen: list[int] = []

    def look(_: str) -> None:
        seen.extend(bench.numbers())

    bench.warehouse.at = look
    bench.rebuild()
    bench.warehouse.at = lambda _: None
    assert set(seen) == {99, 1}
    assert seen == sorted(seen, reverse=True)
