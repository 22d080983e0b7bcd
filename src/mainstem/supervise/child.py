"""One child process: what to run, how to know it is ready, how it is ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LAUNCH = Path(__file__).with_name("launch.py")


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
    """Seconds until not being ready counts as a failure to start."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 20.0
    """Seconds from `stop_signal` to SIGKILL."""


def spawn(spec: ChildSpec, notify_path: Path) -> subprocess.Popen[bytes]:
    """Start `spec` in a session of its own, its output in a pipe, ended by the kernel if we are.

    A session of its own keeps a Ctrl-C in the terminal from reaching children directly, so that they are
    stopped in order. Call it from a thread that lasts: to the kernel, that thread is the parent.
    """
    launch = (sys.executable, "-I", "-S", str(_LAUNCH), str(int(spec.stop_signal)), str(os.getpid()))
    return subprocess.Popen(
        (*launch, spec.user or "-", *spec.command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **spec.environment, "NOTIFY_SOCKET": str(notify_path)},
        cwd="/" if spec.user else None,
        start_new_session=True,
    )


def stop(process: subprocess.Popen[bytes], spec: ChildSpec) -> bool:
    """End a child: its signal, its time, then SIGKILL for its whole process group, for which False is
    returned."""
    if process.poll() is None:
        process.send_signal(spec.stop_signal)
        try:
            process.wait(spec.stop_within)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return False
    return True


def how_it_ended(code: int) -> str:
    """An exit status as a person says it: `exit 1`, `killed by SIGKILL`."""
    if code >= 0:
        return f"exit {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
