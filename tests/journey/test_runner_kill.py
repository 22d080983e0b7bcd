"""Whatever dies, a task runs once at a time, as often as is written down, and comes to what it should."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import psycopg
import pytest

from mainstem.manifest import Dag, Manifest
from mainstem.orchestrate.asking import Asking
from mainstem.orchestrate.keeping.files import read_claim
from mainstem.store.runs import RunRecords, RunWriter
from mainstem.testing.runner import RunnerPlace, now, run_ended, shell, states, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.manifest import Task
    from mainstem.store import Database

pytestmark = pytest.mark.journey

_TELLING = """
exec 9>> lock.$MAINSTEM_TASK_ID
flock -n 9 || echo "overlap $MAINSTEM_TASK_ID" >> said
echo "start $MAINSTEM_TASK_ID $MAINSTEM_TRY_NUMBER" >> said
sleep {seconds}
echo "line of $MAINSTEM_TASK_ID"
echo "end $MAINSTEM_TASK_ID $MAINSTEM_TRY_NUMBER" >> said
{ending}
"""
_FLAKY = "[ $MAINSTEM_TRY_NUMBER = 2 ]"


def telling(task_id: str, *depends_on: str, ending: str = "", **changes: object) -> Task:
    return shell(task_id, _TELLING.format(seconds=0.08, ending=ending), *depends_on, **changes)


TASKS = (
    telling("a"),
    telling("b1", "a"),
    telling("b2", "a", ending=_FLAKY, retries=2, retry_delay=0.0),
    telling("b3", "a"),
    telling("c", "b1", "b2", "b3"),
    telling("d", "c", ending="exit 5"),
    telling("e", "d"),
    telling("f", "d", trigger_rule="all_done"),
    telling("g", "f", ending=_FLAKY, retries=1, retry_delay=0.0),
    telling("h", "g"),
)
STATES = {
    "a": "success",
    "b1": "success",
    "b2": "success",
    "b3": "success",
    "c": "success",
    "d": "failed",
    "e": "upstream_failed",
    "f": "success",
    "g": "success",
    "h": "success",
}
TRIES = {"a": 1, "b1": 1, "b2": 2, "b3": 1, "c": 1, "d": 1, "f": 1, "g": 2, "h": 1}


class Killable:
    """Runners as processes, one after another or beside each other."""

    def __init__(self, folder: Path, place: RunnerPlace) -> None:
        self._file = folder / "place.json"
        self._processes: list[subprocess.Popen[bytes]] = []
        self.place(place)

    def place(self, place: RunnerPlace) -> None:
        """For those that are started from now on."""
        self._file.write_bytes(msgspec.json.encode(place))

    def start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "mainstem.testing.runner", str(self._file)], stdout=subprocess.PIPE
        )
        self._processes.append(process)
        return process

    def kill_all(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()

    def end_all(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def said_once(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.fixture
def records(database: Database) -> RunRecords:
    return RunRecords(database)


@pytest.fixture
def trigger(database: Database, records: RunRecords) -> Callable[[], str]:
    def ask() -> str:
        wait_until(lambda: records.dag("d") is not None, "a runner has written its DAGs")
        return Asking(records, RunWriter(database), now).trigger("d", "ada")

    return ask


@pytest.fixture
def runners(catalog: PostgresAddress, tmp_path: Path) -> Iterator[Killable]:
    found = Killable(tmp_path, RunnerPlace.at(catalog, tmp_path, Manifest("test", (Dag("d", TASKS),))))
    yield found
    found.end_all()


def check(records: RunRecords, run_id: str, said: Path) -> None:
    """The run came to what it should, each task ran as often as is written down, and never twice at once."""
    run = run_ended(records, "d", run_id, 120)
    assert run.state == "failed"
    assert states(records.task_instances("d", run_id)) == STATES
    tries = records.tries_of_run("d", run_id)
    assert Counter(one.task_id for one in tries) == TRIES
    begun: dict[str, list[str]] = defaultdict(list)
    for line in said.read_text().splitlines():
        what, task, *rest = line.split()
        begun[task].append(" ".join([what, *rest]))
    expected = {
        task: [f"{what} {n}" for n in range(1, count + 1) for what in ("start", "end")]
        for task, count in TRIES.items()
    }
    assert begun == expected


def kill_some(runners: Killable, chance: random.Random, kills: int) -> None:
    for _ in range(kills):
        process = runners.start()
        if chance.random() < 0.7:
            said_once(process)
            time.sleep(chance.uniform(0, 0.15))
        else:  # somewhere on its way up
            time.sleep(chance.uniform(0, 0.8))
        process.kill()
        process.wait()


def test_a_runner_killed_five_times_makes_no_difference(
    runners: Killable, records: RunRecords, trigger: Callable[[], str], tmp_path: Path
) -> None:
    first = runners.start()
    run_id = trigger()
    first.kill()
    kill_some(runners, random.Random(5), 4)
    runners.start()
    check(records, run_id, tmp_path / "said")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_fifty_kills_make_no_difference(
    runners: Killable, records: RunRecords, trigger: Callable[[], str], tmp_path: Path, seed: int
) -> None:
    runners.start()
    run_id = trigger()
    runners.kill_all()
    kill_some(runners, random.Random(seed), 4)
    runners.start()
    check(records, run_id, tmp_path / "said")


@pytest.mark.slow
def test_of_two_runners_one_runs_tasks_and_the_other_takes_over_when_it_is_killed(
    runners: Killable, records: RunRecords, trigger: Callable[[], str], tmp_path: Path
) -> None:
    first = runners.start()
    assert said_once(first) == b"running tasks\n"
    second = runners.start()
    assert said_once(second) == b"standing by: another runner runs the tasks\n"
    run_id = trigger()
    wait_until((tmp_path / "said").exists, "the first task runs")
    first.kill()
    check(records, run_id, tmp_path / "said")


def test_lost_connections_make_no_difference(
    runners: Killable,
    records: RunRecords,
    trigger: Callable[[], str],
    catalog: PostgresAddress,
    postgres: PostgresAddress,
    tmp_path: Path,
) -> None:
    said_once(runners.start())
    run_id = trigger()
    with psycopg.connect(**postgres.libpq(), autocommit=True) as connection:
        for _ in range(8):
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = %s AND application_name LIKE 'runner%%'",
                (catalog.database,),
            )
            time.sleep(0.1)
    check(records, run_id, tmp_path / "said")


@pytest.mark.slow
def test_tries_whose_keepers_are_killed_are_lost_tried_again_and_never_run_twice_at_once(
    runners: Killable, records: RunRecords, database: Database, tmp_path: Path, catalog: PostgresAddress
) -> None:
    task = telling("t", retries=5, retry_delay=0.0)
    slow = msgspec.structs.replace(task, argv=("sh", "-c", task.argv[2].replace("sleep 0.08", "sleep 0.5")))
    place = RunnerPlace.at(catalog, tmp_path, Manifest("test", (Dag("d", (slow,)),)))
    runners.place(place)
    runners.start()
    wait_until(lambda: records.dag("d") is not None, "a runner has written its DAGs")
    run_id = Asking(records, RunWriter(database), now).trigger("d", "ada")
    for number in (1, 2):
        folder = place.runs / "dag_id=d" / f"run_id={run_id}" / "task_id=t" / f"attempt={number}"
        wait_until(lambda n=number: f"start t {n}\n" in told(tmp_path), "the try runs")  # type: ignore[misc]
        claim = read_claim(folder)
        assert claim is not None
        os.kill(claim.pid, signal.SIGKILL)
    run = run_ended(records, "d", run_id)
    assert run.state == "success"
    assert [(one.state, one.reason) for one in records.tries("d", run_id, "t")] == [
        ("up_for_retry", "lost: it is gone and left no exit code"),
        ("up_for_retry", "lost: it is gone and left no exit code"),
        ("success", "exit 0"),
    ]
    assert told(tmp_path).splitlines() == ["start t 1", "start t 2", "start t 3", "end t 3"]


def told(folder: Path) -> str:
    said = folder / "said"
    return said.read_text() if said.exists() else ""


def test_a_runner_that_is_told_to_end_ends_its_tries_and_says_so(
    runners: Killable, records: RunRecords, database: Database, tmp_path: Path, catalog: PostgresAddress
) -> None:
    long = shell("long", "echo up >> said; sleep 60")
    runners.place(RunnerPlace.at(catalog, tmp_path, Manifest("test", (Dag("d", (long,)),))))
    process = runners.start()
    wait_until(lambda: records.dag("d") is not None, "a runner has written its DAGs")
    run_id = Asking(records, RunWriter(database), now).trigger("d", "ada")
    wait_until((tmp_path / "said").exists, "the task runs")
    process.terminate()
    process.wait()
    (one,) = records.tries("d", run_id, "long")
    assert (one.state, one.reason) == ("failed", "stopped")
    assert [runner.ended_at is None for runner in records.runners()] == [False]


@pytest.mark.slow
def test_a_runner_that_stood_still_beyond_its_lease_leaves_alone_what_another_has_adopted(
    runners: Killable, records: RunRecords, database: Database, tmp_path: Path, catalog: PostgresAddress
) -> None:
    long = shell("long", "echo up >> said; until [ -e go ]; do sleep 0.02; done; echo done >> said")
    place = RunnerPlace.at(catalog, tmp_path, Manifest("test", (Dag("d", (long,)),)))
    runners.place(msgspec.structs.replace(place, fenced=True))
    first = runners.start()
    said_once(first)
    (own,) = records.runners()
    wait_until(lambda: records.dag("d") is not None, "a runner has written its DAGs")
    run_id = Asking(records, RunWriter(database), now).trigger("d", "ada")
    wait_until((tmp_path / "said").exists, "the task runs")
    wait_until(lambda: records.tries("d", run_id, "long")[0].handle != "", "it is written down")
    first.send_signal(signal.SIGSTOP)
    database.run("UPDATE runner_lease SET until = now()", {})  # as if its time had passed
    said_once(runners.start())
    wait_until(lambda: records.tries("d", run_id, "long")[0].runner != own.name, "the other has adopted it")
    stood_still_until = now()
    first.send_signal(signal.SIGCONT)
    asking_again = stood_still_until + timedelta(seconds=3)
    wait_until(
        lambda: any(one.name == own.name and one.heartbeat_at > asking_again for one in records.runners()),
        "the first stands by",
    )
    (tmp_path / "go").touch()
    run = run_ended(records, "d", run_id)
    assert run.state == "success"
    assert [one.state for one in records.tries("d", run_id, "long")] == ["success"]
    assert told(tmp_path) == "up\ndone\n"


def test_a_lease_that_cannot_be_renewed_ends_what_runs_before_another_may_take_over(
    runners: Killable, records: RunRecords, database: Database, tmp_path: Path, catalog: PostgresAddress
) -> None:
    long = shell("long", "echo up >> said; sleep 60")
    place = RunnerPlace.at(catalog, tmp_path, Manifest("test", (Dag("d", (long,)),)))
    runners.place(msgspec.structs.replace(place, fenced=True))
    process = runners.start()
    wait_until(lambda: records.dag("d") is not None, "a runner has written its DAGs")
    run_id = Asking(records, RunWriter(database), now).trigger("d", "ada")
    wait_until((tmp_path / "said").exists, "the task runs")
    process.kill()
    process.wait()
    (one,) = records.tries("d", run_id, "long")
    lease = tmp_path / "lease"
    assert float(lease.read_text()) > time.clock_gettime(time.CLOCK_BOOTTIME)
    lease.write_text("0")  # as if its time had passed
    folder = (place.runs / one.log).with_suffix("")
    claim = read_claim(folder)
    assert claim is not None
    os.kill(claim.pid, signal.SIGCHLD)  # it looks at the time
    wait_until((folder / "outcome").exists, "the keeper has ended the try")
    runners.start()
    run_ended(records, "d", run_id)
    (one,) = records.tries("d", run_id, "long")
    assert one.reason == "lost: no runner has renewed the lease under which it ran"
