"""A runner on a database of its own, in a thread or in a process that can be killed.

`python -m mainstem.testing.runner FILE` runs one until SIGTERM; FILE is a `RunnerPlace` as JSON.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mainstem.config import PostgresAddress, Secret
from mainstem.manifest import Manifest, Task
from mainstem.orchestrate.process import ProcessRuntime
from mainstem.orchestrate.runner import Identity, JobMaker, Known, Records, Runner, RunnerSettings
from mainstem.store import Database
from mainstem.store.runs import Bell, Leases, RunRecords, RunWriter
from mainstem.supervise import on_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.manifest import DagRun, TaskInstance
    from mainstem.orchestrate.runtime import Runtime


class RunnerPlace(msgspec.Struct, frozen=True):
    """Where a runner of a test has its things."""

    host: str
    port: int
    user: str
    database: str
    password: str
    folder: str
    manifest: Manifest
    settings: RunnerSettings = RunnerSettings(stop_grace=0.2)
    fenced: bool = False
    """Whether another machine may take over: tries end with the lease."""

    @classmethod
    def at(cls, address: PostgresAddress, folder: Path, manifest: Manifest) -> RunnerPlace:
        password = address.password.reveal() if address.password else ""
        return cls(
            address.host, address.port, address.user, address.database, password, str(folder), manifest
        )

    @property
    def address(self) -> PostgresAddress:
        password = Secret(self.password) if self.password else None
        return PostgresAddress(self.host, self.port, self.user, self.database, password)

    @property
    def runs(self) -> Path:
        return Path(self.folder) / "runs"

    @property
    def lease_file(self) -> Path | None:
        return Path(self.folder) / "lease" if self.fenced else None


@contextmanager
def open_runner(
    place: RunnerPlace, runtime: Runtime | None = None, identity: Identity | None = None
) -> Iterator[Runner]:
    """A runner, not running yet."""
    database = Database(place.address, name="runner", largest=4, wait_s=2.0)
    own = runtime or ProcessRuntime(kill_after=place.settings.stop_grace, lease=place.lease_file)
    reading = RunRecords(database)
    runner = Runner(
        Records(reading, RunWriter(database), Leases(database), Bell(place.address, "runner-bell")),
        Known(place.manifest, reading.manifest),
        own,
        JobMaker(
            Path(place.folder),
            place.runs,
            dict(os.environ),
            place.settings.pass_environment,
            in_container=own.name == "podman",
        ),
        identity or Identity.of_this_process(),
        place.settings,
        lease_file=place.lease_file,
    )
    try:
        yield runner
    finally:
        runner.close()
        if isinstance(own, ProcessRuntime):
            own.close()
        database.close()


@contextmanager
def running(place: RunnerPlace, runtime: Runtime | None = None) -> Iterator[Runner]:
    """A runner in a thread; stopped in good order."""
    with open_runner(place, runtime) as runner:
        thread = threading.Thread(target=runner.run)
        thread.start()
        try:
            yield runner
        finally:
            runner.stop()
            thread.join()


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Raises AssertionError when it does not come true."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise AssertionError(f"waited in vain until {what}")
        time.sleep(0.01)


def run_ended(records: RunRecords, dag_id: str, run_id: str, seconds: float = 60.0) -> DagRun:
    """The run, once it is over."""
    found: list[DagRun] = []

    def is_over() -> bool:
        run = records.dag_run(dag_id, run_id)
        if run is not None and run.state in ("success", "failed") and not records.open_tries():
            found.append(run)
        return bool(found)

    wait_until(is_over, f"{dag_id} {run_id} has ended", seconds)
    return found[0]


def states(instances: list[TaskInstance]) -> dict[str, str | None]:
    return {one.task_id: one.state for one in instances}


def shell(task_id: str, script: str, *depends_on: str, **changes: object) -> Task:
    """A task that runs a line of shell."""
    plain = {"task_id": task_id, "argv": ["sh", "-c", script], "depends_on": list(depends_on), **changes}
    return msgspec.convert(plain, Task)


def now() -> datetime:
    return datetime.now(UTC)


def main(file: Path) -> None:
    place = msgspec.json.decode(file.read_bytes(), type=RunnerPlace)
    with open_runner(place) as runner, on_signals((signal.SIGTERM,), runner.stop):
        runner.run(lambda said: print(said, flush=True))  # noqa: T201 # who started it waits for this line


if __name__ == "__main__":
    main(Path(sys.argv[1]))
