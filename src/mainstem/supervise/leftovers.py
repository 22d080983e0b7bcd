"""End what an earlier supervisor left running when it was killed.

The kernel has told those processes to end already (`launch`); here they are waited for, and one that does
not listen is killed. It touches no process that the state file does not name by id and by birth.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from typing import TYPE_CHECKING

from mainstem.supervise.state import is_alive

if TYPE_CHECKING:
    from mainstem.supervise.state import ProcessState, UpState

logger = logging.getLogger("mainstem.supervise")

_LOOK_SECONDS = 0.05


def end_leftovers(state: UpState, patience: float = 20.0) -> list[str]:
    """Return once no process of `state` runs; the names of those that had to be waited for.

    `patience` is how many seconds one may take before it is killed with its process group.
    """
    left = [process for process in state.processes if _runs(process)]
    for process in left:
        logger.warning(
            "still running from an earlier `mainstem up` (process %s): waiting for its end",
            process.pid,
            extra={"about": process.name},
        )
    deadline = time.monotonic() + patience
    for process in left:
        _send(process, process.stop_signal)
    while running := [process for process in left if _runs(process)]:
        if time.monotonic() > deadline:
            for process in running:
                logger.warning("did not end within %g s: killed", patience, extra={"about": process.name})
                _send(process, signal.SIGKILL)
            deadline = time.monotonic() + patience
        time.sleep(_LOOK_SECONDS)
    return [process.name for process in left]


def _runs(process: ProcessState) -> bool:
    return process.pid is not None and is_alive(process.pid, process.born)


def _send(process: ProcessState, number: int) -> None:
    """To its whole group for SIGKILL: children of a killed process would go on."""
    if process.pid is None:
        return
    with contextlib.suppress(ProcessLookupError):
        if number == signal.SIGKILL:
            os.killpg(process.pid, number)
        else:
            os.kill(process.pid, number)
