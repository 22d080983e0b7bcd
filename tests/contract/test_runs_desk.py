"""What pages and commands are told of runs and may ask, over the real records and beside a real runner."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mainstem.assemble import runs as assembled
from mainstem.assemble.audited_runs import AuditedRuns
from mainstem.assemble.runs import runs_desk
from mainstem.cli import run as run_command
from mainstem.errors import UsageError
from mainstem.manifest import AssetSchedule, CronSchedule, Dag, Manifest, Pool, digest, dump
from mainstem.orchestrate.runner import Identity
from mainstem.store.accounts import AuditLog
from mainstem.store.runs import Leases, RunRecords, RunWriter
from mainstem.testing.runner import RunnerPlace, run_ended, running, shell, wait_until
from mainstem.web.orchestration import Backfilling, Clearing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.store import Database
    from mainstem.web.orchestration import OrchestrationDesk

MANIFEST = Manifest(
    "test",
    (
        Dag(
            "daily",
            (
                shell("load", "echo loaded", outlets=["raw"], pool="lake"),
                shell("build", "echo trying; [ -e mended ]", "load"),
            ),
            schedule=CronSchedule("0 7 * * *", "Europe/Berlin"),
            start_date=datetime(2999, 1, 1, tzinfo=UTC),
        ),
        Dag(
            "after", (shell("mail", "true"),), schedule=AssetSchedule(("raw",)), is_paused_upon_creation=True
        ),
    ),
    pools=(Pool("lake", 3),),
)


@pytest.fixture
def place(catalog: PostgresAddress, tmp_path: Path) -> RunnerPlace:
    return RunnerPlace.at(catalog, tmp_path, MANIFEST)


@pytest.fixture
def desk(database: Database, place: RunnerPlace) -> OrchestrationDesk:
    return runs_desk(database, place.runs)


def test_what_the_runner_did_is_told_and_what_is_asked_is_done(
    place: RunnerPlace, desk: OrchestrationDesk, database: Database, tmp_path: Path
) -> None:
    reading, asking, records = desk.reading, desk.asking, RunRecords(database)
    assert reading.dags() == []
    assert reading.pools() == []
    with running(place):
        wait_until(lambda: len(reading.dags()) == 2, "the runner has written its DAGs")
        after, daily = reading.dags()
        assert (after.dag_id, after.is_paused, daily.is_paused) == ("after", True, False)
        assert [seen.is_alive for seen in reading.runners()] == [True]
        assert [(use.pool.name, use.pool.slots, use.used) for use in reading.pools()] == [
            ("default_pool", 128, 0),
            ("lake", 3, 0),
        ]
        at = datetime(2026, 1, 31, 12, tzinfo=UTC)
        run = asking.trigger("daily", at, "ada")
        assert (run.logical_date, run.triggered_by, run.run_type) == (at, "ada", "manual")
        assert run_ended(records, "daily", run.run_id).state == "failed"
        with pytest.raises(UsageError, match="DAG daily has a run of 2026-01-31T12:00:00"):
            asking.trigger("daily", at, "ada")

        (one,) = reading.tries("daily", run.run_id, "build")
        assert (one.try_number, one.state, one.exit_code) == (1, "failed", 1)
        log = desk.logs.log("daily", run.run_id, "build", 1)
        assert log is not None
        assert b"\ntrying\n" in log.read(0, log.size())
        assert desk.logs.log("daily", run.run_id, "build", 2) is None
        (asset,) = reading.assets()
        assert (asset.name, asset.dag_id, asset.task_id, asset.run_id) == ("raw", "daily", "load", run.run_id)

        wanted = Clearing("daily", run.run_id, only_failed=True)
        shown = [ti.task_id for ti in asking.would_clear(wanted)]
        assert shown == ["build"]
        assert [ti.state for ti in reading.task_instances("daily", [run.run_id])[run.run_id]] == [
            "failed",
            "success",
        ]
        (tmp_path / "mended").touch()
        assert [ti.task_id for ti in asking.clear(wanted, "ada")] == shown
        assert run_ended(records, "daily", run.run_id).state == "success"
        assert [one.state for one in reading.tries("daily", run.run_id, "build")] == ["failed", "success"]

        asking.pause("daily", True, "ada")
        assert [known.is_paused for known in reading.dags()] == [True, True]
    assert [seen.is_alive for seen in reading.runners()] == [False]
    assert [dag_run.run_id for dag_run in reading.recent_runs(5)["daily"]] == [run.run_id]
    found = reading.dag_of(run)
    assert found is not None
    assert [task.task_id for task in found.tasks] == ["load", "build"]


def test_a_backfill_makes_what_it_showed(place: RunnerPlace, desk: OrchestrationDesk) -> None:
    with running(place):
        wait_until(lambda: len(desk.reading.dags()) == 2, "the runner has written its DAGs")
        desk.asking.pause("daily", True, "ada")
    first = datetime(2026, 1, 1, tzinfo=UTC)
    wanted = Backfilling("daily", first, first + timedelta(days=2))
    shown = desk.asking.would_backfill(wanted)
    assert [tick.action for tick in shown] == ["create", "create"]
    assert desk.reading.dag_runs("daily", 10) == []
    assert desk.asking.backfill(wanted, "ada") == shown
    assert [run.logical_date for run in desk.reading.dag_runs("daily", 10)] == [
        tick.logical_date for tick in reversed(shown)
    ]
    assert [f"{tick:%H:%M}" for tick in desk.reading.next_ticks("daily", 2)] == ["06:00", "06:00"]
    assert desk.reading.next_ticks("after", 2) == []


def test_a_run_is_followed_on_the_command_line_and_again_after_it_was_mended(
    place: RunnerPlace, desk: OrchestrationDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    @contextmanager
    def opened(folder: Path, process: str) -> Iterator[OrchestrationDesk]:
        yield desk

    monkeypatch.setattr(assembled, "open_runs", opened)
    with running(place):
        wait_until(lambda: len(desk.reading.dags()) == 2, "the runner has written its DAGs")
        failed = CliRunner().invoke(run_command.command, ["daily"])
        (tmp_path / "mended").touch()
        mended = CliRunner().invoke(run_command.command, ["build"])
    assert failed.exit_code == 1
    lines = failed.stdout.splitlines()
    assert "load | loaded" in lines
    assert "build | trying" in lines
    assert lines[-2].startswith("-- failed")
    assert "exit 1" in lines[-2]
    assert mended.exit_code == 0
    assert "load | loaded" not in mended.stdout, "only what runs again is told"
    assert "build | trying" in mended.stdout


def test_the_next_ticks_are_those_that_the_runner_waits_for(
    desk: OrchestrationDesk, database: Database
) -> None:
    now = datetime.now(UTC)
    weekly = CronSchedule(f"0 0 * * {(now - timedelta(days=4)).isoweekday() % 7}")
    manifest = Manifest("p", (Dag("d", (shell("a", "true"),), schedule=weekly),))
    writer = RunWriter(database)
    with writer.alone():
        writer.keep_manifest(digest(manifest), dump(manifest).decode(), now)
        writer.keep_dag("d", digest(manifest), is_paused=True, now=now - timedelta(days=40))
        writer.set_paused("d", False, now - timedelta(days=1))
    first, second = desk.reading.next_ticks("d", 2)
    assert first > now, "none of before it was unpaused"
    assert second - first == timedelta(days=7)


def test_a_dag_stands_at_the_first_tick_that_it_missed_as_alerts_have_it(
    desk: OrchestrationDesk, database: Database
) -> None:
    now = datetime.now(UTC)
    manifest = Manifest("p", (Dag("d", (shell("a", "true"),), schedule=CronSchedule("@hourly")),))
    writer = RunWriter(database)
    with writer.alone():
        writer.keep_manifest(digest(manifest), dump(manifest).decode(), now)
        writer.keep_dag("d", digest(manifest), is_paused=False, now=now - timedelta(days=2))
        writer.set_next_dagrun("d", now - timedelta(minutes=1))
    (known,) = desk.reading.dags()
    assert known.next_run is not None
    assert timedelta(hours=47) <= now - known.next_run <= timedelta(days=2)


def test_a_runner_of_this_machine_that_hangs_is_not_alive(
    desk: OrchestrationDesk, database: Database
) -> None:
    own = Identity.of_this_process()
    Leases(database).register(own.name, own.host, own.machine, own.pid, own.born)
    assert [seen.is_alive for seen in desk.reading.runners()] == [True]
    database.run("UPDATE runners SET heartbeat_at = now() - interval '3 minutes'", {})
    assert [seen.is_alive for seen in desk.reading.runners()] == [False]


def test_what_commands_ask_is_in_the_audit_log_and_what_was_refused_is_not(
    place: RunnerPlace, desk: OrchestrationDesk, database: Database
) -> None:
    with running(place):
        wait_until(lambda: len(desk.reading.dags()) == 2, "the runner has written its DAGs")
    asking = AuditedRuns(desk.asking, database)
    asking.pause("daily", True, "ada")
    run = asking.trigger("daily", datetime(2026, 1, 31, 12, tzinfo=UTC), "ada")
    wanted = Clearing("daily", run.run_id, ("build",))
    asking.would_clear(wanted)
    asking.clear(wanted, "eve")
    asking.mark("daily", run.run_id, "load", "failed", "eve")
    with pytest.raises(UsageError, match="has no run nothing"):
        asking.mark("daily", "nothing", None, "failed", "eve")
    first = datetime(2026, 1, 1, tzinfo=UTC)
    asking.backfill(Backfilling("daily", first, first + timedelta(days=1)), "ada")
    target = f"daily {run.run_id}"
    assert [(one.actor, one.action, one.target) for one in reversed(AuditLog(database).newest(9))] == [
        ("ada", "dag.paused", "daily"),
        ("ada", "run.triggered", target),
        ("eve", "run.cleared", target),
        ("eve", "run.marked", target),
        ("ada", "run.backfilled", "daily"),
    ]
    assert AuditLog(database).newest(9, action="run.marked")[0].details == {"state": "failed", "task": "load"}
