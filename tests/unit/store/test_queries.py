from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import StoreUnavailable
from mainstem.store.queries import QueryLog, QueryRun, QueryRuns, RunFilter
from mainstem.store.queries.runs import LONGEST_ERROR, RUNS, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.store import Database
    from mainstem.store.table import Table

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN = QueryRun(
    NOON,
    "web",
    "ann@example.org",
    "/dashboards/health/tiles/visitors",
    "SELECT 1",
    0.5,
    dashboard="health",
    tile="visitors",
    model="company",
    explore="visits",
    rows=3,
    bytes=24,
)


@pytest.fixture
def runs(database: Database) -> QueryRuns:
    return QueryRuns(database)


@pytest.mark.parametrize("table", [RUNS, TEXTS], ids=lambda table: table.name)
def test_the_tables_are_as_the_repository_needs_them(
    columns_of: Callable[[Table], dict[str, str]], table: Table
) -> None:
    assert columns_of(table) == table.columns


def test_a_run_is_found_again_with_its_text(runs: QueryRuns) -> None:
    runs.add([RUN, replace(RUN, login=None, error="no such column", rows=None, bytes=None)])
    failed, kept = runs.newest(10, RunFilter())
    for name in ("at", "via", "page", "dashboard", "tile", "model", "explore", "seconds", "cached", "sql"):
        assert getattr(kept, name) == getattr(RUN, name), name
    assert (kept.login, kept.rows, kept.bytes, kept.error) == ("ann@example.org", 3, 24, None)
    assert (failed.login, failed.error, failed.sql) == (None, "no such column", "SELECT 1")


def test_runs_are_narrowed_by_each_filter(runs: QueryRuns) -> None:
    other = replace(
        RUN,
        at=NOON + timedelta(hours=1),
        login="bob",
        dashboard=None,
        model="shop",
        via="dbt",
        sql="SELECT 2",
    )
    runs.add([RUN, replace(other, error="broken")])
    for wanted in (
        RunFilter(since=NOON + timedelta(minutes=1)),
        RunFilter(login="bob"),
        RunFilter(explore="shop.visits"),
        RunFilter(via="dbt"),
        RunFilter(hash=other.hash),
        RunFilter(failed=True),
    ):
        assert [run.login for run in runs.newest(10, wanted)] == ["bob"], wanted
    assert [run.login for run in runs.newest(10, RunFilter(dashboard="health"))] == ["ann@example.org"]


def test_older_runs_follow_without_gap_or_repetition(runs: QueryRuns) -> None:
    runs.add([replace(RUN, seconds=float(n)) for n in range(5)])
    first = runs.newest(2, RunFilter())
    second = runs.newest(9, RunFilter(), before=first[-1].id)
    assert [run.seconds for run in (*first, *second)] == [4, 3, 2, 1, 0]
    assert [run.seconds for run in runs.slowest(2, RunFilter())] == [4, 3]


def test_runs_are_added_up_by_text_user_dashboard_and_explore(runs: QueryRuns) -> None:
    runs.add(
        [RUN, replace(RUN, seconds=1.5, error="x"), replace(RUN, login="bob", sql="SELECT 2", seconds=9)]
    )
    [frequent, other] = runs.grouped("query", 10, RunFilter(), "runs")
    assert (frequent.runs, frequent.failed, frequent.seconds, frequent.slowest) == (2, 1, 2.0, 1.5)
    assert (frequent.sql, frequent.rows, frequent.bytes, frequent.mean) == ("SELECT 1", 6, 48, 1.0)
    assert other.sql == "SELECT 2"
    assert [group.label for group in runs.grouped("user", 10, RunFilter())] == ["bob", "ann@example.org"]
    assert [(g.label, g.runs) for g in runs.grouped("dashboard", 10, RunFilter())] == [("health", 3)]
    assert [(g.label, g.runs) for g in runs.grouped("explore", 10, RunFilter())] == [("company.visits", 3)]


def test_a_text_is_kept_once_and_forgotten_before_its_runs(runs: QueryRuns, database: Database) -> None:
    runs.add([RUN, RUN])
    runs.add([replace(RUN, at=NOON + timedelta(days=1))])
    with database.transaction() as connection:
        assert connection.execute("SELECT count(*) FROM query_texts").fetchone() == (1,)
    assert runs.prune(NOON, NOON + timedelta(days=1)) == 0
    assert all(run.sql == "SELECT 1" for run in runs.newest(9, RunFilter()))
    assert runs.prune(NOON + timedelta(hours=1), NOON + timedelta(days=2)) == 2
    [kept] = runs.newest(9, RunFilter())
    assert kept.sql is None


def test_what_postgres_cannot_hold_is_kept_as_far_as_it_can(runs: QueryRuns) -> None:
    runs.add([replace(RUN, sql="SELECT '\0\ud800'", error="e" * 9000)])
    [kept] = runs.newest(9, RunFilter())
    assert kept.sql == "SELECT '\N{SYMBOL FOR NULL}?'"
    assert kept.error == "e" * LONGEST_ERROR


class Shelf:
    """Keeps runs in memory; fails while a test wants."""

    def __init__(self) -> None:
        self.runs: list[QueryRun] = []
        self.failure: Exception | None = None
        self.tried = threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def add(self, runs: Sequence[QueryRun]) -> None:
        self.tried.set()
        assert self.may_go_on.wait(30)
        if self.failure is not None:
            raise self.failure
        self.runs += runs


def test_noted_runs_are_written_in_order_at_the_latest_when_the_log_is_closed() -> None:
    shelf = Shelf()
    log = QueryLog(shelf, every_s=3600)
    noted = [replace(RUN, seconds=float(n)) for n in range(1200)]
    for run in noted:
        log.note(run)
    log.close(30)
    assert shelf.runs == noted
    log.close()


def test_runs_that_could_not_be_written_are_written_later() -> None:
    shelf = Shelf()
    shelf.failure = StoreUnavailable("away")
    log = QueryLog(shelf, every_s=0.001)
    log.note(RUN)
    assert shelf.tried.wait(30)
    shelf.failure = None
    log.close(30)
    assert shelf.runs == [RUN]


def test_noting_neither_waits_nor_grows_while_the_database_hangs(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf()
    shelf.may_go_on.clear()
    log = QueryLog(shelf, room=3, every_s=0.001)
    log.note(RUN)
    assert shelf.tried.wait(30)
    for _ in range(9):
        log.note(RUN)
    shelf.may_go_on.set()
    log.close(30)
    assert len(shelf.runs) == 3
    assert "7 queries are missing in the query log" in caplog.text


def test_a_run_the_database_does_not_take_keeps_no_later_one_out(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf()
    shelf.failure = ValueError("odd")
    log = QueryLog(shelf, every_s=0.001)
    log.note(RUN)
    while "left out of the query log" not in caplog.text:
        assert shelf.tried.wait(30)
    shelf.failure = None
    log.note(replace(RUN, seconds=2))
    log.close(30)
    assert [run.seconds for run in shelf.runs] == [2]
