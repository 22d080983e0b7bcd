"""Wall time that the runner adds to a task: a chain of 100 `/bin/true`, each waiting for the one before.

From the moment the run is asked for to its end, ÷ 100, minus what a bare fork, exec and wait of the same
program takes in this process. A task is a row before it is started and another when it has ended: each is
a commit of Postgres, which the limit has beside it, one fsynced write of 8 KB. Lower is better.
"""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.figure import Figure, Outcome, Round, Spread
from benchmarks.rounds import interleaved
from mainstem.assemble.postgres import postgres_child
from mainstem.manifest import Dag, Manifest, Task
from mainstem.orchestrate.asking import Asking
from mainstem.store import MAINSTEM, Database, EmbeddedServer, ensure_database, find_programs, upgrade
from mainstem.store.runs import RunRecords, RunWriter
from mainstem.supervise import Supervisor
from mainstem.testing.runner import RunnerPlace, now, run_ended, running, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.effort import Effort

TASKS = 100
_PROGRAM = "/bin/true"
_ALLOWED_MS = 20.0
"""The promise; it stands beside the figure and is no limit of the ratio."""


def measure(effort: Effort, scratch: Path) -> Outcome:
    server = EmbeddedServer.prepare(scratch, find_programs(None))
    with Supervisor(scratch / "logs") as supervisor:
        supervisor.start(postgres_child(server))
        address = ensure_database(server.address, MAINSTEM)
        upgrade(address)
        database = Database(address, name="benchmark", largest=2)
        records = RunRecords(database)
        tasks = tuple(
            Task(f"task_{n:03}", (_PROGRAM,), depends_on=(f"task_{n - 1:03}",) if n else ())
            for n in range(TASKS)
        )
        place = RunnerPlace.at(address, scratch, Manifest("benchmark", (Dag("chain", tasks),)))
        with running(place):
            wait_until(lambda: records.dag("chain") is not None, "the runner has written its DAGs")
            asking = Asking(records, RunWriter(database), now)
            bare = [_bare() for _ in range(effort.rounds)]
            pairs = interleaved(
                effort.rounds, partial(_chain, asking, records), partial(_commit, scratch / "write")
            )
        database.close()
    spawn = Spread.of(bare).median
    rounds = tuple(Round(max(0.0, ours - spawn), commit) for ours, commit in pairs)
    figure = Figure(
        benchmark="task-overhead",
        name="runner's overhead of a task",
        unit="ms",
        limit="a write of 8 KB with fdatasync",
        better="lower",
        rounds=rounds,
        notes=(f"bare fork, exec and wait of {_PROGRAM}: {spawn:.2f} ms; allowed: {_ALLOWED_MS:g} ms",),
    )
    return Outcome(benchmark="task-overhead", figures=(figure,))


def _chain(asking: Asking, records: RunRecords) -> float:
    """Milliseconds a task."""
    run = run_ended(records, "chain", asking.trigger("chain", "benchmark"), 600)
    if run.state != "success" or run.end_date is None:
        raise AssertionError(f"the chain ended as {run.state}")
    return (run.end_date - run.queued_at).total_seconds() * 1000 / TASKS


def _bare() -> float:
    """Milliseconds of a fork, exec and wait."""
    began = time.perf_counter()
    for _ in range(TASKS):
        os.waitpid(os.posix_spawn(_PROGRAM, [_PROGRAM], os.environ), 0)
    return (time.perf_counter() - began) * 1000 / TASKS


def _commit(file: Path) -> float:
    """Milliseconds of a small durable write."""
    began = time.perf_counter()
    with file.open("wb", buffering=0) as opened:
        for _ in range(TASKS):
            opened.write(bytes(8192))
            os.fdatasync(opened.fileno())
    return (time.perf_counter() - began) * 1000 / TASKS
