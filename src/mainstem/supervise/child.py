"""One child process: what to run, how to know it is ready, how it is ended."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Readiness:
    """A probe for a program that cannot notify: true once it serves. It must not raise for "not yet"."""

    probe: Callable[[], bool]


@dataclass(frozen=True)
class ChildSpec:
    """A process to keep running."""

    name: str
    """Stands before its log lines and names its log file."""
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to the supervisor's own."""
    user: str | None = None
    """OS user to run as; only root can name one."""
    readiness: Readiness | None = None
    """None: the child notifies by itself (`notify_ready`)."""
    ready_within: float = 60.0
    """Seconds until not being ready counts as a failure."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 20.0
    """Seconds from `stop_signal` to SIGKILL."""


def spawn(spec: ChildSpec, notify_path: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start `spec` in a session of its own, its output in `log`, ended by the kernel if we are.

    A session of its own keeps a Ctrl-C in the terminal from reaching children directly, so that they are
    stopped in order.
    """
    environment = {**os.environ, **spec.environment, "NOTIFY_SOCKET": str(notify_path)}
    return subprocess.Popen(
        spec.command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=environment,
        user=spec.user,
        cwd="/" if spec.user else None,
        start_new_session=True,
        preexec_fn=_die_with_parent(spec.stop_signal),
    )


def _die_with_parent(with_signal: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # loaded here: after the fork only the call is made
    parent = os.getpid()

    def in_child() -> None:
        prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return in_child


def stop(process: subprocess.Popen[bytes], spec: ChildSpec) -> None:
    """End a child: its signal, its time, then SIGKILL for its whole process group."""
    if process.poll() is None:
        process.send_signal(spec.stop_signal)
        try:
            process.wait(spec.stop_within)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    process.wait()
