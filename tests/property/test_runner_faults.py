"""The runner against records that fail at any statement, and a runtime in memory: what comes of a run is the
same as without failures, and no try is ever started twice."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from mainstem.manifest import Dag, Manifest
from mainstem.orchestrate.asking import Asking
from mainstem.orchestrate.keeping.machine import this_machine
from mainstem.orchestrate.runner import Identity, JobMaker, Known, Records, Runner, RunnerSettings
from mainstem.orchestrate.runtime import Outcome, Runtime
from mainstem.store import Database, upgrade
from mainstem.store.runs import Bell, Leases, RunRecords, RunWriter
from mainstem.testing.runner import now, run_ended, shell, states, wait_until

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.orchestrate.runtime import Job
    from mainstem.store.database import Connection


class MemoryRuntime(Runtime):
    """Every try has ended as soon as it was started, as its script says: `ok`, or a code for each try."""

    name = "memory"

    def __init__(self) -> None:
        self.starts: Counter[tuple[str, int]] = Counter()
        self._outcomes: dict[str, Outcome] = {}

    def start(self, job: Job) -> str:
        handle = str(job.folder)
        if handle not in self._outcomes:
            self.starts[job.task_id, job.try_number] += 1
            codes = [int(code) for code in job.argv[2].split()]
            code = codes[min(job.try_number, len(codes)) - 1]
            self._outcomes[handle] = Outcome("exited", code, f"exit {code}")
        return handle

    def poll(self, handle: str) -> Outcome | None:
        return self._outcomes[handle]

    def wait(self, handles: tuple[str, ...], seconds: float) -> None:
        """All have ended."""

    def stop(self, handle: str, grace: float) -> None:
        """All have ended."""

    def found(self, folder: Path) -> str | None:
        return str(folder) if str(folder) in self._outcomes else None

    def forget(self, handle: str) -> None:
        """A test looks at it afterwards."""


class FailingDatabase(Database):
    """Loses its connection now and then: before a transaction, in it, or after it was committed."""

    def __init__(self, address: PostgresAddress, chance: random.Random) -> None:
        super().__init__(address, name="failing", largest=3)
        self._chance = chance
        self.often = 0.0
        self.failures = 0

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        joins = getattr(self._open, "connection", None) is not None
        with super().transaction() as connection:
            if self._fails():
                raise psycopg.OperationalError("lost before the statement")
            yield connection
        if not joins and self._fails():
            raise _lost_answer()

    def _fails(self) -> bool:
        failed = self._chance.random() < self.often
        self.failures += failed
        return failed


def _lost_answer() -> Exception:
    from mainstem.errors import StoreUnavailable

    return StoreUnavailable("the answer to COMMIT was lost")


TASKS = (
    shell("a", "0"),
    shell("b", "1 0", "a", retries=1, retry_delay=0.0),
    shell("c", "0", "a"),
    shell("d", "7", "b", "c"),
    shell("e", "0", "d"),
    shell("f", "1 1 0", "d", trigger_rule="all_done", retries=3, retry_delay=0.0),
    shell("g", "0", "f"),
)
STATES = {
    "a": "success",
    "b": "success",
    "c": "success",
    "d": "failed",
    "e": "upstream_failed",
    "f": "success",
    "g": "success",
}
STARTS = {
    ("a", 1): 1,
    ("b", 1): 1,
    ("b", 2): 1,
    ("c", 1): 1,
    ("d", 1): 1,
    ("f", 1): 1,
    ("f", 2): 1,
    ("f", 3): 1,
    ("g", 1): 1,
}


@contextmanager
def running(runner: Runner) -> Iterator[threading.Thread]:
    import threading

    thread = threading.Thread(target=runner.run)
    thread.start()
    try:
        yield thread
    finally:
        runner.stop()
        thread.join()
        runner.close()


@pytest.mark.parametrize("seed", range(3))
def test_failing_records_make_no_difference(
    catalog: PostgresAddress, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mainstem.orchestrate.runner.loop._AGAIN_SECONDS", 0.01)
    upgrade(catalog)
    sound, failing = Database(catalog, name="test", largest=2), FailingDatabase(catalog, random.Random(seed))
    records, runtime = RunRecords(sound), MemoryRuntime()
    reading = RunRecords(failing)
    runner = Runner(
        Records(reading, RunWriter(failing), Leases(failing), Bell(catalog, "bell")),
        Known(Manifest("test", (Dag("d", TASKS),)), reading.manifest),
        runtime,
        JobMaker(tmp_path, tmp_path / "runs", {}),
        Identity(f"runner-{seed}", "here", this_machine(), 1, 0),
        RunnerSettings(),
        lease_file=None,
    )
    failing.often = 0.04
    with running(runner) as thread:
        wait_until(lambda: records.dag("d") is not None, "the runner has written its DAGs")
        run_id = Asking(records, RunWriter(sound), now).trigger("d", "ada")
        run = run_ended(records, "d", run_id)
        failing.often = 0.0
        assert thread.is_alive()
    assert run.state == "failed"
    assert states(records.task_instances("d", run_id)) == STATES
    assert runtime.starts == STARTS
    assert Counter((one.task_id, one.try_number) for one in records.tries_of_run("d", run_id)) == STARTS
    assert failing.failures > 0
    failing.close()
    sound.close()
