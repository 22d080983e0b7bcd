from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.errors import RuntimeUnavailable, UsageError
from mainstem.manifest import AssetSchedule, Dag, Manifest
from mainstem.orchestrate.asking import Asking
from mainstem.orchestrate.decisions import SET_ASIDE, STOPPED_FOR_CLEARING, Selection
from mainstem.orchestrate.keeping import keeps
from mainstem.orchestrate.keeping.files import read_claim, read_ending
from mainstem.orchestrate.process import ProcessRuntime
from mainstem.orchestrate.runner import OldRuns
from mainstem.store.alerts import Sightings
from mainstem.store.runs import RunRecords, RunWriter
from mainstem.testing.runner import (
    RunnerPlace,
    now,
    open_runner,
    run_ended,
    running,
    shell,
    states,
    wait_until,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.orchestrate.runtime import Job, Outcome
    from mainstem.store import Database


@pytest.fixture
def records(database: Database) -> RunRecords:
    return RunRecords(database)


@pytest.fixture
def asking(database: Database, records: RunRecords) -> Asking:
    return Asking(records, RunWriter(database), now)


@pytest.fixture
def place(catalog: PostgresAddress, tmp_path: Path) -> Callable[..., RunnerPlace]:
    def make(*tasks: Any, **changes: Any) -> RunnerPlace:
        return RunnerPlace.at(catalog, tmp_path, Manifest("test", (Dag("d", tasks, **changes),)))

    return make


def seen(records: RunRecords) -> None:
    wait_until(lambda: records.dag("d") is not None, "the runner has written its DAGs")


def test_a_dag_runs_through_with_states_tries_and_logs(
    place: Callable[..., RunnerPlace], records: RunRecords, asking: Asking
) -> None:
    at = place(
        shell("good", "echo fine"),
        shell("flaky", "[ $MAINSTEM_TRY_NUMBER = 2 ] || exit 9", "good", retries=1, retry_delay=0.0),
        shell("bad", "echo 'no end' | tr -d '\\n'; exit 3", "good"),
        shell("after_bad", "true", "bad"),
        shell("always", "true", "bad", trigger_rule="all_done"),
        shell("skipped", "exit 99", skip_on_exit_code=[99]),
    )
    with running(at):
        seen(records)
        run_id = asking.trigger("d", "ada")
        run = run_ended(records, "d", run_id)
    assert run.state == "failed"
    assert states(records.task_instances("d", run_id)) == {
        "good": "success",
        "flaky": "success",
        "bad": "failed",
        "after_bad": "upstream_failed",
        "always": "success",
        "skipped": "skipped",
    }
    tries = [
        (one.task_id, one.try_number, one.state, one.exit_code) for one in records.tries_of_run("d", run_id)
    ]
    assert sorted(tries) == [
        ("always", 1, "success", 0),
        ("bad", 1, "failed", 3),
        ("flaky", 1, "up_for_retry", 9),
        ("flaky", 2, "success", 0),
        ("good", 1, "success", 0),
        ("skipped", 1, "skipped", 99),
    ]
    (bad,) = records.tries("d", run_id, "bad")
    assert (at.runs / bad.log).read_text() == (
        f"[mainstem] d {run_id} bad: try 1 of 1\nno end\n[mainstem] failed: exit 3\n"
    )
    assert not list(at.runs.rglob("attempt=*/*"))


def test_what_waits_for_an_asset_runs_as_soon_as_it_is_new(
    catalog: PostgresAddress, tmp_path: Path, records: RunRecords, asking: Asking
) -> None:
    maker = Dag("d", (shell("make", "true", outlets=["lake/x"]),))
    waiting = Dag("waiting", (shell("use", "true"),), schedule=AssetSchedule(("lake/x",)))
    at = RunnerPlace.at(catalog, tmp_path, Manifest("test", (maker, waiting)))
    with running(at):
        seen(records)
        run_ended(records, "d", asking.trigger("d", "ada"))
        wait_until(lambda: bool(records.dag_runs("waiting", 1)), "the waiting DAG runs", 30)
        run = run_ended(records, "waiting", records.dag_runs("waiting", 1)[0].run_id)
    assert (run.run_type, run.state) == ("asset_triggered", "success")


def test_clearing_what_runs_ends_it_before_the_next_try_begins(
    place: Callable[..., RunnerPlace],
    database: Database,
    records: RunRecords,
    asking: Asking,
    tmp_path: Path,
) -> None:
    at = place(
        shell(
            "long",
            "[ -e go ] && exit 0; trap 'echo stopped >> said; exit 1' TERM; echo up >> said; sleep 60 & wait",
        )
    )
    said = tmp_path / "said"
    with running(at):
        seen(records)
        run_id = asking.trigger("d", "ada")
        wait_until(said.exists, "the task runs")
        (tmp_path / "go").touch()
        asking.clear("d", Selection(run_id))
        run = run_ended(records, "d", run_id)
    assert run.state == "success"
    assert said.read_text() == "up\nstopped\n"
    first, second = records.tries("d", run_id, "long")
    assert first.end_date is not None
    assert first.end_date <= second.start_date
    assert (first.state, second.state) == ("failed", "success")
    assert Sightings(database).ended_tries(first.start_date, first.reason) == []
    assert first.reason == STOPPED_FOR_CLEARING, "so that no alert is sent of it"


def test_a_cleared_task_runs_as_the_newest_manifest_has_it(
    place: Callable[..., RunnerPlace], records: RunRecords, asking: Asking
) -> None:
    wrong = place(shell("a", "exit 1"), shell("gone", "exit 1"))
    with running(wrong):
        seen(records)
        run_id = asking.trigger("d", "ada")
        assert run_ended(records, "d", run_id).state == "failed"
    with running(place(shell("a", "echo mended"), shell("new", "true", "a"))):
        old = records.dag_runs("d", 1)[0].manifest
        wait_until(lambda: (dag := records.dag("d")) is not None and dag.manifest != old, "it is followed")
        asking.clear("d", Selection(run_id))
        run = run_ended(records, "d", run_id)
    assert (run.state, run.manifest == old) == ("success", False)
    assert states(records.task_instances("d", run_id)) == {
        "a": "success",
        "gone": "removed",
        "new": "success",
    }


def test_a_dag_that_has_left_the_manifest_gets_no_run_that_nobody_would_begin(
    place: Callable[..., RunnerPlace], database: Database, records: RunRecords, asking: Asking
) -> None:
    with running(place(shell("a", "true"))):
        seen(records)
    writer = RunWriter(database)
    with writer.alone():
        writer.leave_dags([])
    with pytest.raises(UsageError, match="in the manifest no more"):
        asking.trigger("d", "ada")
    assert records.dag_runs("d", 9) == []


class Breaking(ProcessRuntime):
    """Breaks, once it is told to, where nobody expects it."""

    is_broken = False

    def poll(self, handle: str) -> Outcome | None:
        if self.is_broken:
            raise ValueError("nobody expects this")
        return super().poll(handle)


def test_a_runner_that_breaks_leaves_what_runs_to_the_one_that_comes_after(
    place: Callable[..., RunnerPlace], records: RunRecords, asking: Asking, tmp_path: Path
) -> None:
    at = place(shell("long", "echo up >> said; while [ ! -e go ]; do sleep 0.02; done"))
    runtime = Breaking()
    with open_runner(at, runtime) as runner, ThreadPoolExecutor() as threads:
        broken = threads.submit(runner.run)
        seen(records)
        run_id = asking.trigger("d", "ada")
        wait_until((tmp_path / "said").exists, "the task runs")
        runtime.is_broken = True
        runner.wake()
        assert isinstance(broken.exception(30), ValueError)
    (one,) = records.tries("d", run_id, "long")
    folder = (at.runs / one.log).with_suffix("")
    assert keeps(read_claim(folder))
    (tmp_path / "go").touch()
    wait_until((folder / "outcome").exists, "the task has ended")
    ending = read_ending(folder)
    assert ending is not None
    assert ending.reason == "exit 0"


def test_logs_of_runs_are_forgotten_with_them(
    place: Callable[..., RunnerPlace], database: Database, records: RunRecords, asking: Asking
) -> None:
    at = place(shell("a", "true"))
    with running(at):
        seen(records)
        run_ended(records, "d", asking.trigger("d", "ada"))
    assert list(at.runs.rglob("*.log"))
    OldRuns(RunWriter(database), at.runs, 90).forget(now() + timedelta(days=89))
    assert list(at.runs.rglob("*.log"))
    OldRuns(RunWriter(database), at.runs, 90).forget(now() + timedelta(days=91))
    assert not list(at.runs.rglob("*.log"))
    assert records.dag_runs("d", 9) == []


class Away(ProcessRuntime):
    """Cannot start anything the first three times."""

    asked = 0

    def start(self, job: Job) -> str:
        self.asked += 1
        if self.asked <= 3:
            raise RuntimeUnavailable("it is away")
        return super().start(job)


def test_a_task_that_waits_for_its_runtime_is_told_of_once(
    place: Callable[..., RunnerPlace],
    records: RunRecords,
    asking: Asking,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mainstem.orchestrate.runner.loop._AGAIN_SECONDS", 0.01)
    runtime = Away()
    with closing(runtime), running(place(shell("a", "true")), runtime):
        seen(records)
        run = run_ended(records, "d", asking.trigger("d", "ada"))
    assert (run.state, runtime.asked) == ("success", 4)
    assert [text for text in caplog.messages if "waits" in text] == ["d a waits to be started: it is away"]


def test_a_run_whose_records_contradict_themselves_fails_alone(
    catalog: PostgresAddress, tmp_path: Path, records: RunRecords, asking: Asking, database: Database
) -> None:
    dags = (
        Dag("d", (shell("one", "true"), shell("two", "true", "one"))),
        Dag("sound", (shell("a", "true"),)),
    )
    at = RunnerPlace.at(catalog, tmp_path, Manifest("test", dags))
    with running(at):
        seen(records)
    poisoned, sound = asking.trigger("d", "ada"), asking.trigger("sound", "ada")
    database.run(
        "INSERT INTO tries (dag_id, run_id, task_id, try_number, state, start_date, end_date, log, runner) "
        "VALUES ('d', %(run)s, 'one', 1, 'success', now(), now(), 'x.log', '')",
        {"run": poisoned},
    )
    with running(at):
        assert run_ended(records, "sound", sound).state == "success"
        assert run_ended(records, "d", poisoned).state == "failed"
        again = asking.trigger("d", "ada")
        assert run_ended(records, "d", again).state == "success"
    told = records.task_instances("d", poisoned)
    assert {(one.state, one.reason) for one in told} == {("failed", SET_ASIDE)}
    assert Sightings(database).failed_for(now() - timedelta(hours=1), SET_ASIDE) == {("d", poisoned)}
