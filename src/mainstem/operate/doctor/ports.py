"""Whether each server's port is free, or already ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.operate.doctor.finding import Finding, fail, ok
from mainstem.operate.ports import problem_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mainstem.supervise import UpState

NAME = "ports"


@dataclass(frozen=True)
class Listener:
    """A server of the project, by the process that runs it."""

    process: str
    setting: str
    """Such as `web.port`."""
    host: str
    port: int


def check_ports(
    listeners: Sequence[Listener],
    running: UpState | None,
    problem: Callable[[str, int], str | None] = problem_of,
) -> Iterator[Finding]:
    """`running` is what `mainstem up` runs now, None when it does not."""
    ready = (
        {process.name: process.status for process in running.processes if process.ready} if running else {}
    )
    for listener in listeners:
        # Perhaps on another port than the settings', by a flag; of several workers on one port, any tells it.
        found = next((name for name in ready if name == listener.process or _is_worker(name, listener)), None)
        if found is not None:
            yield ok(NAME, f"{listener.process} listens on {ready[found]}")
        elif (why := problem(listener.host, listener.port)) is None:
            where = f"port {listener.port}" if listener.port else "any free port"
            yield ok(NAME, f"{where} on {listener.host} is free for {listener.process}")
        else:
            mend = f"stop what uses it, or set another {listener.setting}"
            yield fail(NAME, f"{listener.process}: {why}", mend)


def _is_worker(name: str, listener: Listener) -> bool:
    """Such as `collect-1` of `collect`."""
    process, _, number = name.rpartition("-")
    return process == listener.process and number.isdigit()
