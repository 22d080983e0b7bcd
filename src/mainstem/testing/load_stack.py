"""A gateway, a Postgres and a loader on one project, each a process to be stopped without any care.

What the lake should hold is what a loader makes of the same log that nobody disturbs, in a warehouse in
memory: every row of every table with every value, discards and quarantine included.
"""

# ruff: noqa: S101, S311  # asserting is what a test's stack is for; its chance guards nothing

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from mainstem.assemble.demo.project import demo_project
from mainstem.assemble.postgres import answers, embedded_server, prepare_databases
from mainstem.assemble.warehouse import open_warehouse
from mainstem.load import Loader, LoadSettings
from mainstem.load.schema import PROVIDERS, namespace
from mainstem.log import open_reader
from mainstem.testing.gateway_process import WRITE_KEY, GatewayProcess
from mainstem.testing.held import Held, held
from mainstem.testing.loader_process import LoaderProcess
from mainstem.testing.senders import Habit, Ledger, kept_events, senders_at_work
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path
    from random import Random

    from mainstem.assemble.project import Project
    from mainstem.store import EmbeddedServer

PATIENCE_SECONDS = 120.0
NAMESPACE = namespace("default", PROVIDERS["ducklake"])
"""Of what the gateway calls the source of a bare write key."""
SLOW = (Habit(pause=0.01), Habit(batch=5, pause=0.01))
"""Some hundred events a second: what counts is how often the loader commits, not how much."""
VALUES: list[Any] = [1, 2.5, True, "x", "2026-01-02", None, [1, "a"], {"deep": 1}, {"deep": "y"}, 2**70]


def seeded() -> Random:
    """`MAINSTEM_TEST_SEED` repeats a run as far as the machine lets it."""
    seed = int(os.environ.get("MAINSTEM_TEST_SEED", random.randrange(1_000_000)))
    print(f"seed {seed}: MAINSTEM_TEST_SEED={seed} sends the same and kills alike")  # noqa: T201 # shown when the test fails
    return random.Random(seed)


def form(chance: Random) -> dict[str, object]:
    """Events that keep a loader at it: now and then of a name or with a property that is new, of values that
    fit no column, of users who come again, and records that are none."""
    kind = chance.choices(["track", "identify", "page", "extract"], [12, 2, 2, 1])[0]
    new = chance.randrange(30) if chance.random() < 0.02 else 0
    never_ending = chance.randrange(10**9) if chance.random() < 0.001 else 0
    named: dict[str, object] = {"type": kind, "event": f"Sent {new}", "userId": f"u{chance.randrange(20)}"}
    given = {
        "price": chance.choice(VALUES),
        f"p{new}": "new",
        f"q{never_ending}": 1,
        "text": "é" * chance.randrange(100),
    }
    return {**named, "properties": given, "traits": given}


_ASKED = "SELECT 1 FROM pg_stat_activity WHERE datname = 'catalog' AND state <> 'idle' AND query ILIKE %s"


class Postgres:
    """The project's embedded server, to be stopped without any care."""

    def __init__(self, server: EmbeddedServer, said: Path) -> None:
        self._server = server
        self._said = said
        self._process: subprocess.Popen[bytes] | None = None
        self._watching: psycopg.Connection | None = None

    def start(self) -> None:
        """Until it answers. What is left of one that was killed may keep a new one away for a while."""
        until(self._answers, "Postgres answers")

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            with self._said.open("ab") as output:
                self._process = subprocess.Popen(
                    self._server.command, stdout=output, stderr=output, user=self._server.user, cwd="/"
                )
        return answers(self._server.address)

    def end(self, number: signal.Signals) -> None:
        """SIGQUIT is Postgres's immediate shutdown; SIGKILL leaves everything lying."""
        if self._watching is not None:
            self._watching.close()
            self._watching = None
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(60)

    def asked(self, query: str) -> bool:
        """Whether one of the lake's connections does something like `query` at this moment."""
        if self._watching is None:
            address = self._server.address.libpq()
            self._watching = psycopg.connect(**address, autocommit=True)
        found = self._watching.execute(_ASKED, [f"%{query}%"])
        return found.fetchone() is not None


class Stack:
    """A gateway, a Postgres and a loader on one project."""

    def __init__(self, project: Project, scratch: Path) -> None:
        server = embedded_server(project)
        assert server is not None
        self.project = project
        self.ledger = Ledger()
        self.postgres = Postgres(server, scratch / "postgres.log")
        writes_are_to_fail = {"MAINSTEM_COLLECT_MIN_FREE_BYTES": "0"}
        self.gateway = GatewayProcess(project.data_dir, scratch / "gateway.log", writes_are_to_fail)
        self.loader = LoaderProcess(project.folder, scratch / "load.log")

    def at_work(self, chance: Random) -> AbstractAsyncContextManager[None]:
        return senders_at_work(self.gateway.port, self.ledger, chance, WRITE_KEY, form=form, habits=SLOW)

    def in_the_lake(self) -> Held:
        lake = open_warehouse(self.project, read_only=True)
        try:
            return held(lake, [NAMESPACE])
        finally:
            lake.close()

    def undisturbed(self) -> Held:
        """What a loader makes of the same log that nothing ever happens to."""
        memory = MemoryWarehouse()
        Loader(open_reader(self.project.data_dir, "events"), memory, (), LoadSettings()).run_once()
        found = held(memory, [NAMESPACE])
        memory.close()
        return found

    def check(self) -> None:
        """Load what is left, and hold the lake to everything that was acknowledged."""
        self.gateway.kill()
        done = self.loader.load_once()
        assert done.returncode == 0, done.stderr
        assert self.ledger.acknowledged <= set(kept_events(self.project.data_dir))
        lake, wanted = self.in_the_lake(), self.undisturbed()
        assert lake.keys() == wanted.keys()
        for table, (columns, rows) in wanted.items():
            found_columns, found_rows = lake[table]
            assert found_columns == columns, table
            assert list((found_rows - rows).items())[:5] == [], f"{table} holds too much"
            assert list((rows - found_rows).items())[:5] == [], f"{table} holds too little"
        assert sum(lake[f"{NAMESPACE}.rudder_discards"][1].values()) > 0
        assert sum(lake["mainstem.quarantine"][1].values()) > 0

    async def loads_more(self, commits: int = 1) -> None:
        """Until it has committed so often again. One that ended is started anew, as a supervisor does."""
        wanted = self.loader.said.count("loaded ") + commits

        def has_loaded() -> bool:
            self.loader.keep_running()
            return self.loader.said.count("loaded ") >= wanted

        await true(has_loaded, "the loader loads")

    def build(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Build the models, all unless `arguments` select some, in a worker of its own."""
        prepare_databases(self.project)
        mainstem = [sys.executable, "-m", "mainstem"]
        folder = ["--project", str(self.project.folder)]
        worker = subprocess.Popen(
            [*mainstem, "transform", *folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            socket = self.project.data_dir / "transform.sock"
            until(lambda: socket.exists() or worker.poll() is not None, "the worker listens")
            command = [*mainstem, "build", *folder, *arguments]
            return subprocess.run(command, capture_output=True, text=True, check=False)
        finally:
            worker.terminate()
            worker.wait()


def until(condition: Callable[[], bool], what: str) -> None:
    asyncio.run(true(condition, what))


async def true(condition: Callable[[], bool], what: str, every: float = 0.01) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await asyncio.to_thread(condition):
                await asyncio.sleep(every)
    except TimeoutError:
        pytest.fail(f"never came true: {what}")


@contextmanager
def running(folder: Path, scratch: Path) -> Iterator[Stack]:
    stack = Stack(demo_project(folder), scratch)
    stack.postgres.start()
    try:
        with stack.gateway, stack.loader:
            yield stack
    finally:
        stack.postgres.end(signal.SIGQUIT)
