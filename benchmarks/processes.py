"""Run a process for the time of a block, and read what it costs: CPU time and memory.

Whatever a block starts ends with it, and with this process if that is killed.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import psutil

from mainstem.supervise import ChildSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOOK_SECONDS = 0.02
_LAST_BYTES = 2000
_PR_SET_PDEATHSIG = 1
_SAY_READY = """
import os, signal, socket
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"READY=1\\n", os.environ["NOTIFY_SOCKET"])
signal.pause()
"""


class ChildFailed(Exception):
    """A process that was to be measured did not start, or ended."""


@dataclass(frozen=True)
class Child:
    """A process that is ready."""

    process: subprocess.Popen[bytes]
    status: str
    """What it said when it was ready: a server's address."""
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid


@contextmanager
def running(spec: ChildSpec, folder: Path) -> Iterator[Child]:
    """`spec` from ready to stopped; its output goes to a file in `folder`.

    Raises ChildFailed, with its last words, when it ends or is not ready in time.
    """
    log_path = folder / f"{spec.name}.log"
    # Sockets have short addresses, and another user's server must reach this one.
    with tempfile.TemporaryDirectory(prefix="mainstem-bench-") as name, log_path.open("ab") as log:
        Path(name).chmod(0o711)
        address = str(Path(name) / "ready")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind(address)
            ready.setblocking(False)
            Path(address).chmod(0o666)
            process = _spawn(spec, address, log)
            try:
                yield Child(process, _wait(spec, process, ready, log_path), log_path)
            finally:
                _stop(process, spec)


def _spawn(spec: ChildSpec, ready: str, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        spec.command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, **spec.environment, "NOTIFY_SOCKET": ready},
        user=spec.user,
        cwd="/" if spec.user else None,
        start_new_session=True,
        preexec_fn=ended_with_us(spec.stop_signal),
    )


def ended_with_us(by: signal.Signals) -> Callable[[], None]:
    """What a child has to run before anything else, so that the kernel sends it `by` when we are gone."""
    prctl = ctypes.CDLL(None).prctl  # loaded here: after the fork only the call is made
    return lambda: prctl(_PR_SET_PDEATHSIG, int(by), 0, 0, 0)


def _stop(process: subprocess.Popen[bytes], spec: ChildSpec) -> None:
    """End it: its signal, its time, then SIGKILL for its whole process group."""
    if process.poll() is None:
        process.send_signal(spec.stop_signal)
        try:
            process.wait(spec.stop_within)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait(spec: ChildSpec, process: subprocess.Popen[bytes], ready: socket.socket, log: Path) -> str:
    until = time.monotonic() + spec.ready_within
    while time.monotonic() < until:
        if spec.readiness is None:
            with suppress(BlockingIOError):
                return _status(ready.recv(4096).decode())
        elif spec.readiness.probe():
            return ""
        if process.poll() is not None:
            raise ChildFailed(f"{spec.name} ended (exit {process.returncode}): {last_words(log)}")
        time.sleep(_LOOK_SECONDS)
    raise ChildFailed(f"{spec.name} was not ready within {spec.ready_within:g} s: {last_words(log)}")


def _status(message: str) -> str:
    """The status of a `READY=1` message of systemd's protocol."""
    lines = dict(line.partition("=")[::2] for line in message.splitlines())
    return lines.get("STATUS", "")


def idle_interpreter(name: str, imports: str) -> ChildSpec:
    """A Python that has run `imports` and then waits: what a process costs before it has any of our code."""
    code = f"{imports}\n{_SAY_READY}"
    return ChildSpec(name, (sys.executable, "-c", code))


def last_words(log: Path) -> str:
    return log.read_bytes()[-_LAST_BYTES:].decode(errors="replace").strip() or "it said nothing"


def cores() -> tuple[int, int]:
    """The core for what is measured, and the one for who generates load; one and the same if there is one."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


def family(pid: int) -> list[psutil.Process]:
    """The process and all that it started, as far as they live."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and all that it started and that lives."""
    total = 0.0
    for process in family(pid):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def rss_bytes(pid: int) -> int:
    return int(psutil.Process(pid).memory_info().rss)


def peak_rss_bytes(pid: int) -> int:
    """The most memory the process has ever had resident."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    if found is None:
        raise ChildFailed(f"process {pid} has no memory any more")
    return int(found.group(1)) * 1024


def pss_bytes(pid: int) -> dict[int, int]:
    """Proportional memory of a process and each of its descendants: a shared page counts once in all."""
    found: dict[int, int] = {}
    for process in family(pid):
        with suppress(psutil.NoSuchProcess):
            found[process.pid] = int(process.memory_full_info().pss)
    return found
