"""Calls are counted for all processes at once; runs of connectors and what became of their streams."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import UsageError
from mainstem.saas import Account, LedgerBudget, Limit, Quota
from mainstem.store.connectors import (
    ACCOUNTS,
    CALLS,
    CHANGES,
    RUNS,
    STREAMS,
    ApiCalls,
    KeptStream,
    SyncFence,
    SyncRuns,
)
from mainstem.testing.connectors import StillClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.config import PostgresAddress
    from mainstem.store import Database
    from mainstem.store.table import Table

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACCOUNT = Account("zendesk:acme", (Limit("minute", 7, 60), Limit("day", 10, 86_400)), reserve=5)
READ = KeptStream(1, "tickets", "running", NOW, None, 0, 0, 0, 0, 0, 0.0, None, None, "")


@pytest.mark.parametrize("table", [ACCOUNTS, CALLS, RUNS, STREAMS, CHANGES], ids=lambda table: table.name)
def test_the_tables_are_what_the_repositories_need(
    columns_of: Callable[[Table], dict[str, str]], table: Table
) -> None:
    assert columns_of(table) == table.columns


def test_processes_that_ask_at_once_get_no_more_than_the_limit(database: Database) -> None:
    budget = LedgerBudget(ApiCalls(database), StillClock())
    taken: list[float] = []

    def ask() -> None:
        taken.extend(budget.take(ACCOUNT, "/api") for _ in range(6))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken)[:8].count(0.0) == 7


def test_a_ledger_waits_as_a_memory_does(database: Database) -> None:
    clock = StillClock()
    budget = LedgerBudget(ApiCalls(database), clock)
    calls = 0
    while calls < 10:
        wait = budget.take(ACCOUNT, "/api")
        calls += wait == 0.0
        clock.sleep(wait)
    assert [round(seconds) for seconds in clock.slept if seconds] == [61]
    assert budget.take(ACCOUNT, "/api") > 80_000


def test_what_one_process_was_told_holds_for_all(database: Database) -> None:
    clock = StillClock()
    first, second = (LedgerBudget(ApiCalls(database), clock) for _ in range(2))
    first.hold(ACCOUNT, 30)
    assert second.take(ACCOUNT, "/") == pytest.approx(30)
    clock.advance(30)
    first.observe(ACCOUNT, Quota(5, 100, clock.now() + timedelta(hours=1)))
    assert second.take(ACCOUNT, "/") == pytest.approx(3600)
    assert second.quota(ACCOUNT) == Quota(5, 100, clock.now() + timedelta(hours=1))


def test_a_run_that_never_ended_is_broken_off_by_the_next(database: Database) -> None:
    runs = SyncRuns(database)
    first = runs.begin("help", "zendesk", "incremental", NOW)
    runs.note_stream(replace(READ, run_id=first))
    second = runs.begin("help", "zendesk", "full", NOW + timedelta(hours=1))
    assert [(run.id, run.state) for run in runs.newest(9, "help")] == [
        (second, "running"),
        (first, "broken_off"),
    ]
    assert [stream.state for stream in runs.streams_of(first)] == ["broken_off"]


def test_a_stream_is_noted_as_it_goes_on(database: Database) -> None:
    runs = SyncRuns(database)
    run = runs.begin("help", "zendesk", "incremental", NOW)
    runs.note_stream(replace(READ, run_id=run))
    done = replace(READ, run_id=run, state="success", ended_at=NOW, rows=9, calls=2, complete_through=NOW)
    runs.note_stream(done)
    runs.note_change(run, "help", "tickets", NOW, "new_column", "ticket.colour", "string")
    runs.finish(run, NOW, "success")
    assert runs.last_of_each("help") == [done]
    assert [change.column_name for change in runs.changes(9, "help")] == ["ticket.colour"]


def test_of_old_runs_the_newest_of_each_connector_stays(database: Database) -> None:
    runs = SyncRuns(database)
    for connector in ("a", "a", "b"):
        runs.finish(runs.begin(connector, "zendesk", "full", NOW), NOW, "success")
    assert runs.prune(NOW + timedelta(days=1)) == 1
    assert [run.connector for run in runs.newest(9)] == ["b", "a"]


def test_one_connector_is_synced_once_at_a_time(catalog: PostgresAddress) -> None:
    fence = SyncFence(catalog)
    refused = pytest.raises(UsageError, match="another sync of help")
    with fence.held("help"), fence.held("crm"), refused, fence.held("help"):
        pass
    with fence.held("help"):
        pass
