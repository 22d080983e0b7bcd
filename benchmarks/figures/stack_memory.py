"""Memory of everything that `mainstem up` runs on a new project, after it has been left alone for a while.

Proportional set size (PSS): a page that several processes share counts once, so the sum is what the machine
gives. The limit is the same Postgres, and for each of our processes a Python that has imported that
process's libraries (dbt, DuckDB, Arrow, Starlette …) and does nothing: what this choice of parts costs
before it has a line of ours. Lower is better.

The processes of the limit are measured before the stack is started, since both would share pages; for the
same reason this benchmark imports none of those libraries itself. Memory is not noisy as time is.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from benchmarks.figure import Detail, Figure, Outcome, Round
from benchmarks.processes import Child, ChildFailed, idle_interpreter, last_words, pss_bytes, running
from mainstem.supervise import ChildSpec, Readiness

if TYPE_CHECKING:
    from benchmarks.effort import Effort

MB = 1_000_000
LIBRARIES = {
    "up": "import click, duckdb, msgspec, psycopg, pyarrow",
    "collect": "import asyncio, click, httptools, isal.isal_zlib, msgspec, uvloop",
    "load": "import click, duckdb, msgspec, psycopg, pyarrow",
    "transform": "import click, duckdb, msgspec, psycopg, pyarrow\nimport dbt.cli.main, dbt.adapters.duckdb",
    "web": "import click, duckdb, jinja2, msgspec, psycopg, pyarrow, starlette.applications, uvicorn",
}
"""Process → what it cannot do without."""
_READY = "Ctrl-C stops it"
"""In the line that `mainstem up` prints when all is ready."""
_UP_WITHIN = 120.0
_WRITE_PROJECT = """
import pathlib, sys
from mainstem.assemble.demo.project import demo_project
demo_project(pathlib.Path(sys.argv[1]))
"""


def measure(effort: Effort, scratch: Path) -> Outcome:
    floors = [_libraries(scratch) for _ in range(effort.rounds)]
    rounds: list[Round] = []
    with running(_up(scratch), scratch) as up:
        for floor in floors:
            time.sleep(effort.idle_minutes * 60 / effort.rounds)
            found = _by_process(up)
            postgres = found.get("postgres", 0)
            rounds.append(Round(sum(found.values()) / MB, (sum(floor.values()) + postgres) / MB))
    figure = Figure(
        benchmark="stack-memory",
        name=f"memory of the whole stack, after {effort.idle_minutes:g} idle minutes",
        unit="MB PSS",
        limit="Postgres and Pythons with the same libraries",
        better="lower",
        rounds=tuple(rounds),
    )
    return Outcome(benchmark="stack-memory", figures=(figure,), details=(_detail(found, floors[-1]),))


def _detail(found: dict[str, int], floor: dict[str, int]) -> Detail:
    rows = [
        (name, f"{size / MB:.1f}", f"{floor[name] / MB:.1f}" if name in floor else "")
        for name, size in sorted(found.items(), key=lambda item: -item[1])
    ]
    return Detail("MB of PSS by process, at the end", ("process", "ours", "libraries alone"), tuple(rows))


def _libraries(scratch: Path) -> dict[str, int]:
    """PSS of idle interpreters, all alive at once as the stack's processes are."""
    with ExitStack() as stack:
        idle = {
            name: stack.enter_context(running(idle_interpreter(name, imports), scratch))
            for name, imports in LIBRARIES.items()
        }
        return {name: sum(pss_bytes(child.pid).values()) for name, child in idle.items()}


def _up(scratch: Path) -> ChildSpec:
    """How to run `mainstem up` on the demo's project."""
    project, log = scratch / "project", scratch / "up.log"
    subprocess.run([sys.executable, "-c", _WRITE_PROJECT, str(project)], check=True)
    return ChildSpec(
        "up",
        (sys.executable, "-m", "mainstem", "up", "--project", str(project)),
        {"MAINSTEM_WEB_PORT": "0", "MAINSTEM_COLLECT_PORT": "0", "PYTHONUNBUFFERED": "1"},
        readiness=Readiness(lambda: log.exists() and _READY in log.read_text(errors="replace")),
        ready_within=_UP_WITHIN,
        stop_within=60.0,
    )


def _by_process(up: Child) -> dict[str, int]:
    """PSS of each part of the stack, Postgres's many processes as one. Raises ChildFailed when it ended."""
    if up.process.poll() is not None:
        raise ChildFailed(f"mainstem up ended: {last_words(up.log)}")
    found: dict[str, int] = {}
    for pid, size in pss_bytes(up.pid).items():
        name = "up" if pid == up.pid else _part(psutil.Process(pid).cmdline())
        found[name] = found.get(name, 0) + size
    return found


def _part(command: list[str]) -> str:
    if "mainstem" in command:
        return command[command.index("mainstem") + 1]
    return "postgres" if "postgres" in " ".join(command[:1]) else Path(command[0]).name
