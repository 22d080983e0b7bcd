from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mainstem.store.runs import RunRecords, RunWriter
from mainstem.store.runs.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.store import Database
    from mainstem.store.table import Table

_RUN = "scheduled__2026-01-02T07:00:00+00:00"


@pytest.fixture
def records(database: Database) -> RunRecords:
    rows = Path(__file__).with_name("revision_rows") / "0006.sql"
    with database.transaction() as connection:
        connection.execute(rows.read_bytes())
    return RunRecords(database)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_is_what_its_statements_need(
    columns_of: Callable[[Table], dict[str, str]], table: Table
) -> None:
    assert columns_of(table) == table.columns


def test_every_reading_finds_what_was_written(records: RunRecords) -> None:
    assert [dag.dag_id for dag in records.dags()] == ["by_hand", "nightly"]
    assert records.dag("absent") is None
    assert [run.run_id for run in records.dag_runs("nightly", 9)] == ["asset_triggered__1", _RUN]
    assert [run.run_id for run in records.newest_runs(1)] == ["asset_triggered__1"]
    assert [run.run_id for run in records.active_runs()] == [_RUN]
    assert [one.state for one in records.task_instances("nightly", _RUN)] == ["running", None]
    assert records.task_instances_of("nightly", [_RUN]) == records.task_instances("nightly", _RUN)
    assert records.task_instances_under_way() == records.task_instances("nightly", _RUN)
    assert [one.try_number for one in records.tries("nightly", _RUN, "build")] == [1, 2]
    assert records.tries_of_run("nightly", _RUN) == records.tries("nightly", _RUN, "build")
    assert [one.try_number for one in records.open_tries()] == [2]
    (asset,) = records.assets()
    assert (asset.asset, asset.events, asset.last.task_id) == ("lake/shop/orders", 1, "sync")
    assert records.asset_events("lake/shop/orders", 9) == [asset.last]
    assert records.consumed_by("nightly", "asset_triggered__1") == [asset.last]
    assert [queued.dag_id for queued in records.queued_assets()] == ["nightly"]
    (pool,) = records.pools()
    assert (pool.pool, pool.running_slots, pool.running, pool.queued) == ("default_pool", 1, 1, 0)
    assert [(one.name, one.lease_until is not None) for one in records.runners()] == [
        ("host-1", True),
        ("host-0", False),
    ]
    assert [alert.kind for alert in records.unsent_alerts()] == ["not_run"]
    assert len(records.alerts(9)) == 2
    assert records.manifest("a1b2") == '{"dags":[],"project":"shop"}'


def test_old_runs_are_forgotten_but_for_what_later_decisions_need(
    records: RunRecords, database: Database
) -> None:
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO dag_runs (dag_id, run_id, run_type, state, logical_date, queued_at, end_date, "
            "manifest, triggered_by) VALUES "
            "('by_hand', 'asset_triggered__2', 'asset_triggered', 'success', NULL, now(), "
            "'2026-01-02T00:00Z', 'a1b2', ''), "
            "('by_hand', 'manual__1', 'manual', 'success', '2026-01-01T00:00Z', now(), "
            "'2026-01-02T00:00Z', 'a1b2', ''), "
            "('ticking', 'scheduled__1', 'scheduled', 'success', '2026-01-01T00:00Z', now(), "
            "'2026-01-02T00:00Z', 'a1b2', ''), "
            "('ticking', 'scheduled__2', 'scheduled', 'success', '2026-01-02T00:00Z', now(), "
            "'2026-01-02T00:00Z', 'a1b2', '')"
        )
        connection.execute(
            "INSERT INTO asset_events (asset, at, dag_id, run_id, task_id, try_number) VALUES "
            "('lake/shop/orders', '2026-01-03T00:00Z', 'load', 'manual__2', 'sync', 1)"
        )
    writer = RunWriter(database)
    with writer.alone():
        gone = writer.prune(datetime(2027, 1, 1, tzinfo=UTC))
    assert sorted(gone) == [
        ("by_hand", "asset_triggered__2"),
        ("by_hand", "manual__1"),
        ("nightly", "asset_triggered__1"),
        ("ticking", "scheduled__1"),
    ]
    (asset,) = records.assets()
    assert (asset.events, asset.last.run_id) == (1, "manual__2")
    with database.transaction() as connection:
        (alerts,) = connection.execute("SELECT count(*) FROM alerts").fetchone() or (0,)
    assert alerts == 2, "alerts have an age of their own"
