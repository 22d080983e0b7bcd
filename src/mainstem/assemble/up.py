"""All processes of a project, started in the order data flows, stopped in reverse."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.assemble.postgres import embedded_server, postgres_child
from mainstem.assemble.project import Project, open_project
from mainstem.assemble.settings import check_settings
from mainstem.assemble.warehouse import open_warehouse
from mainstem.errors import EnvironmentFailure, UsageError
from mainstem.supervise import ChildSpec, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import FrameType

    from mainstem.store import EmbeddedServer

_LEFT_OVER_SECONDS = 60.0


@dataclass(frozen=True)
class Addresses:
    """Where the running project is reached."""

    gateway: str
    """Data plane URL for SDKs."""
    web: str


def run_up(folder: Path, say: Callable[[str], None]) -> None:
    """Run the project in `folder` until SIGINT or SIGTERM."""
    project = open_project(folder)
    with running(project, say) as (supervisor, addresses):
        say(f"dashboards  {addresses.web}")
        say(f"data plane  {addresses.gateway}")
        while not supervisor.stopping:
            supervisor.watch(3600)


@contextmanager
def running(
    project: Project, say: Callable[[str], None], environment: Mapping[str, str] | None = None
) -> Iterator[tuple[Supervisor, Addresses]]:
    """Every process of `project`, up and ready; stopped when the block ends, however it ends.

    `environment` is added to each process's own, so it can override settings. SIGINT and SIGTERM wake
    `Supervisor.watch` and make `stopping` true. Raises ConfigError before anything is started.
    """
    check_settings(project)
    with (
        only_one(project),
        Supervisor(project.data_dir / "logs") as supervisor,
        _woken_by_signals(supervisor),
    ):
        yield supervisor, _start(project, supervisor, say, dict(environment or {}))


def _start(
    project: Project, supervisor: Supervisor, say: Callable[[str], None], environment: dict[str, str]
) -> Addresses:
    server = embedded_server(project)
    if server is not None:
        _end_left_over(server)
        supervisor.start(postgres_child(server))
        say("postgres    ready")
    open_warehouse(project, read_only=False).close()  # makes the lake's catalog before two others try to
    status = {}
    for name, arguments in _children(project):
        command = (sys.executable, "-m", "mainstem", *arguments)
        status[name] = supervisor.start(ChildSpec(name, command, environment))
        say(f"{name:<11} ready")
    return Addresses(gateway=status["collect"], web=status["web"])


def _children(project: Project) -> list[tuple[str, list[str]]]:
    folder = str(project.folder)
    return [
        ("collect", ["collect", "--config", str(project.config.file)]),
        ("load", ["load", "--project", folder]),
        ("transform", ["transform", "--project", folder]),
        ("web", ["web", "--project", folder]),
    ]


@contextmanager
def only_one(project: Project) -> Iterator[None]:
    """Hold the project for this process.

    Raises UsageError when another one runs it.
    """
    project.data_dir.mkdir(parents=True, exist_ok=True)
    path = project.data_dir / "up.lock"
    with path.open("a+", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            held.seek(0)
            raise UsageError(
                f"{project.folder} is already running (process {held.read().strip() or '?'}); stop that first"
            ) from e
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def _end_left_over(server: EmbeddedServer) -> None:
    """Stop a Postgres that outlived its supervisor, so that it gets one again."""
    until = time.monotonic() + _LEFT_OVER_SECONDS
    while (pid := server.running_pid()) is not None:
        if time.monotonic() > until:
            raise EnvironmentFailure(
                f"a Postgres left running on {server.folder} (process {pid}) does not stop"
            )
        os.kill(pid, signal.SIGINT)
        time.sleep(0.1)


@contextmanager
def _woken_by_signals(supervisor: Supervisor) -> Iterator[None]:
    def wake(_number: int, _frame: FrameType | None) -> None:
        supervisor.wake()

    before = {number: signal.signal(number, wake) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
