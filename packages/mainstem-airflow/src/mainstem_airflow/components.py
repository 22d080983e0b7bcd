"""Airflow's processes on one machine: started, watched, ended together.

Promise: when one of them ends, or we are told to end, all are ended with whatever they started; what each
says is in a file of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FIRST: Mapping[str, tuple[str, ...]] = {"api-server": ("api-server",)}
"""What the others ask: a task that is started before it answers has failed a try."""
THEN: Mapping[str, tuple[str, ...]] = {
    # Without --skip-serve-logs these would serve all logs on every address of the machine.
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "triggerer": ("triggerer", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
}
_PATIENCE = 15
"""Seconds that they get to end by themselves."""


class Ended(NamedTuple):
    """The one that ended by itself; none if all were told to."""

    component: str = ""
    exit_code: int = 0


def airflow(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "airflow", *arguments]


def run_all(
    environment: Mapping[str, str],
    logs: Path,
    *,
    answers: Callable[[], bool],
    is_ready: Callable[[], bool],
    when_ready: Callable[[], None],
) -> Ended:
    """Until SIGINT or SIGTERM, or until one of them ends. `answers`: whether the API does."""
    logs.mkdir(parents=True, exist_ok=True)
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _: asked.append(got))
    running: dict[str, subprocess.Popen[bytes]] = {}

    def start(components: Mapping[str, tuple[str, ...]]) -> None:
        for name, arguments in components.items():
            with (logs / f"{name}.log").open("wb") as log:
                running[name] = _started(arguments, environment, log.fileno())

    try:
        start(FIRST)
        ended = _watched(running, asked, until=answers)
        if ended is None:
            start(THEN)
            ended = _watched(running, asked, until=is_ready)
        if ended is None:
            when_ready()
            ended = _watched(running, asked)
        return ended or Ended()
    finally:
        _end(list(running.values()))


def _started(arguments: tuple[str, ...], environment: Mapping[str, str], log: int) -> subprocess.Popen[bytes]:
    """In a session of its own: a terminal's Ctrl-C reaches us alone, and we end them in order."""
    return subprocess.Popen(
        airflow(*arguments),
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _watched(
    running: Mapping[str, subprocess.Popen[bytes]], asked: list[int], until: Callable[[], bool] | None = None
) -> Ended | None:
    """None once `until` holds."""
    while not asked:
        for name, process in running.items():
            if process.poll() is not None:
                return Ended(name, process.returncode)
        if until is not None and until():
            return None
        time.sleep(0.2)
    return Ended()


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + _PATIENCE
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, until - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
