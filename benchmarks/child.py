"""`python -m benchmarks.child NAME`: one benchmark in a process of its own.

Reads the effort and the scratch folder from stdin as JSON, writes an Outcome to stdout. So no benchmark
inherits another's memory, threads or garbage, and one that hangs or breaks takes no other with it.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from benchmarks.effort import Effort
from benchmarks.figure import Outcome
from benchmarks.registry import measure
from benchmarks.tools import ToolMissing

if TYPE_CHECKING:
    from types import FrameType


class Task(msgspec.Struct, frozen=True):
    """What to measure, and where."""

    benchmark: str
    effort: Effort
    scratch: str


def run(task: Task) -> Outcome:
    """Measure; whatever goes wrong becomes the outcome's problem, and is told on stderr too."""
    try:
        return measure(task.benchmark, task.effort, Path(task.scratch))
    except ToolMissing as e:
        return Outcome(benchmark=task.benchmark, problem=str(e))
    except Exception as e:  # noqa: BLE001 # the boundary of one benchmark: the others are measured all the same
        traceback.print_exc(file=sys.stderr)
        return Outcome(benchmark=task.benchmark, problem=f"failed: {type(e).__name__}: {e}")


def main() -> None:
    signal.signal(signal.SIGTERM, _end)
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    # What libraries and children print is not the outcome.
    answer = os.dup(1)
    os.dup2(2, 1)
    outcome = msgspec.json.encode(run(task))
    with os.fdopen(answer, "wb") as out:
        out.write(outcome)


def _end(number: int, _frame: FrameType | None) -> None:
    """Leave through every `with` block, so that nothing started is left behind."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
