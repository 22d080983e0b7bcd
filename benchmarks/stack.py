"""The parts behind the gateway, run for the time of a block: a lake alone, or every process of a project."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from benchmarks.processes import running
from mainstem.assemble.demo.counting import loaded_to, log_end
from mainstem.assemble.demo.project import WRITE_KEYS, demo_project
from mainstem.assemble.postgres import postgres_child
from mainstem.assemble.project import open_project
from mainstem.assemble.simulate import PlayOptions, play_company
from mainstem.assemble.up import running as project_running
from mainstem.assemble.warehouse import open_warehouse
from mainstem.simulate.play import Playing
from mainstem.store import CATALOG, EmbeddedServer, ensure_database, find_programs
from mainstem.transform import socket_path
from mainstem.transform.client import build
from mainstem.warehouse.ducklake import LakeLocation, extension_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

    from mainstem.assemble.project import Project
    from mainstem.assemble.up import Addresses
    from mainstem.supervise import Supervisor
    from mainstem.transform import Finished

WRITE_KEY = "benchmark"
NAMESPACE = "benchmark"
"""Schema of the events that are sent with `WRITE_KEY`."""

_SOURCE = f"""
[[sources]]
id = "benchmark"
name = "Benchmark"
type = "Javascript"
write_keys = ["{WRITE_KEY}"]
"""
_FREE_PORTS = {"MAINSTEM_WEB_PORT": "0", "MAINSTEM_COLLECT_PORT": "0"}
_COMPANY, _MONTHS = Playing(seed=1, accounts=20, first_day=date(2024, 1, 1)), 6
_LOADED_WITHIN = 120.0


class StackFailed(Exception):
    """The stack did not come to the state that was to be measured."""


@dataclass(frozen=True)
class EmbeddedLake:
    location: LakeLocation
    postgres_pid: int


@contextmanager
def embedded_lake(scratch: Path) -> Iterator[EmbeddedLake]:
    """An empty lake on an embedded Postgres."""
    server = EmbeddedServer.prepare(scratch, find_programs(None))
    with running(postgres_child(server), scratch) as child:
        location = LakeLocation(
            catalog=ensure_database(server.address, CATALOG),
            metadata_schema="lake",
            data_path=f"{scratch}/lake/",
            extensions=extension_folder(scratch / "extensions"),
        )
        yield EmbeddedLake(location, child.pid)


def benchmark_project(folder: Path) -> Project:
    """The demo's project with one more source, for the events of a benchmark."""
    project = demo_project(folder)
    with project.config.file.open("a", encoding="utf-8") as settings:
        settings.write(_SOURCE)
    return open_project(folder)


@contextmanager
def project_up(project: Project) -> Iterator[tuple[Supervisor, Addresses]]:
    """Every process of `project` on free ports."""
    with project_running(project, lambda _line: None, _FREE_PORTS) as found:
        # `running` waits for signals in `watch`, which a benchmark does not call: here they end the block.
        signal.signal(signal.SIGTERM, _end)
        signal.signal(signal.SIGINT, _end)
        yield found


def fill_with_company(project: Project, supervisor: Supervisor, addresses: Addresses) -> Finished:
    """Send a small simulated company through the gateway, wait until it is loaded, build the models."""
    play_company(
        PlayOptions(addresses.gateway, WRITE_KEYS, project.data_dir / "played.json", _COMPANY, _MONTHS),
        project,
    )
    warehouse = open_warehouse(project, read_only=True)
    try:
        until = datetime.now(UTC).timestamp() + _LOADED_WITHIN
        while not loaded_to(project.data_dir, warehouse, log_end(project.data_dir)):
            if datetime.now(UTC).timestamp() > until:
                raise StackFailed(f"the company was not loaded within {_LOADED_WITHIN:g} s")
            supervisor.watch(0.2)
    finally:
        warehouse.close()
    return build_models(project)


def build_models(project: Project) -> Finished:
    """One `dbt build`. Raises StackFailed when a model or test fails."""
    finished = build(socket_path(project.data_dir), ())
    if finished.failures:
        raise StackFailed(f"dbt build: {'; '.join(finished.failures)}")
    return finished


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
