"""How the supervised processes are, by the state file of `mainstem up`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.operate.doctor.finding import Finding, fail, ok, skipped, warn
from mainstem.supervise import is_alive, supervisor_runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.supervise import ProcessState, UpState

NAME = "processes"


def check_processes(state: UpState | None, path: Path) -> Iterator[Finding]:
    """`state` is what stands in `path`, None when there is no such file."""
    if state is None:
        yield skipped(NAME, "nothing runs here; `mainstem up` starts it")
        return
    if not supervisor_runs(state):
        left = [f"{p.name} ({p.pid})" for p in state.processes if p.pid and is_alive(p.pid, p.born)]
        still = f"; still running: {', '.join(left)}" if left else ""
        yield warn(
            NAME,
            f"{path} is left from a `mainstem up` that was killed{still}",
            "run `mainstem up` again: it takes over",
        )
        return
    for process in state.processes:
        yield _judged(process)


def _judged(process: ProcessState) -> Finding:
    times = "once" if process.restarts == 1 else f"{process.restarts} times"
    restarted = f", started again {times}" if process.restarts else ""
    ended = f", last exit {process.last_exit}" if process.last_exit is not None else ""
    text = f"{process.name} is {process.phase} since {process.since}{restarted}{ended}"
    if process.phase in ("waiting", "stopped"):
        return fail(NAME, text, f"its log says why: {process.log}")
    if process.phase == "starting":
        return warn(NAME, text, f"wait, or see what keeps it: {process.log}")
    if process.restarts:
        return warn(NAME, text, f"see why it ended: {process.log}")
    return ok(NAME, f"{text}: {process.status}" if process.status else text)
