"""Run benchmarks one after the other, each in a child with a limit on its time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from benchmarks.child import Task
from benchmarks.figure import Outcome
from benchmarks.processes import ended_with_us

if TYPE_CHECKING:
    from benchmarks.effort import Effort

_END_SECONDS = 60.0
"""From SIGTERM to SIGKILL: a stack is stopped process by process."""


def run(benchmark: str, effort: Effort, folder: Path, longest: float) -> Outcome:
    """Measure one benchmark in a scratch folder below `folder`, which is gone afterwards.

    A benchmark that breaks, or takes more than `longest` seconds, is an Outcome with a problem.
    """
    with tempfile.TemporaryDirectory(prefix="mainstem-bench-", dir=folder) as scratch:
        Path(scratch).chmod(0o755)  # run by root, Postgres is another user's and must get in
        task = msgspec.json.encode(Task(benchmark, effort, scratch))
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=ended_with_us(signal.SIGTERM),
        )
        try:
            answer, _ = process.communicate(task, timeout=longest)
        except subprocess.TimeoutExpired:
            _end(process)
            return Outcome(benchmark=benchmark, problem=f"not measured: it took more than {longest:g} s")
        except BaseException:
            _end(process)
            raise
    if process.returncode != 0 or not answer:
        return Outcome(benchmark=benchmark, problem=f"failed: its process ended with {process.returncode}")
    return msgspec.json.decode(answer, type=Outcome)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a benchmark and whatever it has started."""
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
