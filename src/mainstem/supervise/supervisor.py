"""Start children in order, restart the ones that die, stop all in reverse order.

A child that dies after it was ready is started again, later each time (backoff); one that dies before it
was ever ready is not: its own last words are the error.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mainstem.errors import EnvironmentFailure
from mainstem.supervise.child import ChildSpec, spawn, stop
from mainstem.supervise.notify import ReadySocket

if TYPE_CHECKING:
    import subprocess
    from types import TracebackType

logger = logging.getLogger(__name__)

_POLL_SECONDS = 0.05
_FIRST_BACKOFF_SECONDS = 0.5
_LONGEST_BACKOFF_SECONDS = 30.0
_STABLE_SECONDS = 60.0
_LAST_LINES = 15


@dataclass
class _Running:
    spec: ChildSpec
    log: IO[bytes]
    log_path: Path
    socket: ReadySocket
    process: subprocess.Popen[bytes]
    started_at: float
    deaths: int = 0
    restart_at: float | None = None
    log_start: int = field(default=0)


class Supervisor:
    """Owns children between `start` and `stop`; a context manager that stops them all."""

    def __init__(self, log_folder: Path) -> None:
        log_folder.mkdir(parents=True, exist_ok=True)
        self._log_folder = log_folder
        self._sockets = tempfile.TemporaryDirectory(prefix="mainstem-")
        Path(self._sockets.name).chmod(0o711)
        self._children: list[_Running] = []
        self._stopped = threading.Event()

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, spec: ChildSpec) -> str:
        """Start a child and wait until it is ready; returns the status it sent.

        Raises EnvironmentFailure with the child's last lines when it dies or is not ready in time,
        KeyboardInterrupt when `wake` is called meanwhile.
        """
        log_path = self._log_folder / f"{spec.name}.log"
        log = log_path.open("ab")
        ready = ReadySocket(Path(self._sockets.name) / f"{spec.name}.sock")
        ready.path.chmod(0o666)
        start = log.tell()
        child = _Running(
            spec, log, log_path, ready, spawn(spec, ready.path, log), time.monotonic(), log_start=start
        )
        self._children.append(child)
        return self._wait_ready(child)

    def watch(self, seconds: float) -> None:
        """For `seconds`, or until `wake`: notice dead children and start them again."""
        until = time.monotonic() + seconds
        while not self._stopped.is_set():
            for child in self._children:
                self._revive(child)
            left = until - time.monotonic()
            if left <= 0:
                return
            self._stopped.wait(min(left, _POLL_SECONDS * 4))

    def wake(self) -> None:
        """End `watch` early. Safe to call from a signal handler."""
        self._stopped.set()

    @property
    def stopping(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        """Stop every child, the last started first. Safe to call twice."""
        self._stopped.set()
        while self._children:
            child = self._children.pop()
            stop(child.process, child.spec)
            child.socket.close()
            child.log.close()
        self._sockets.cleanup()

    def _wait_ready(self, child: _Running) -> str:
        spec, until = child.spec, time.monotonic() + child.spec.ready_within
        while time.monotonic() < until:
            if self._stopped.is_set():
                raise KeyboardInterrupt
            status = child.socket.received() if spec.readiness is None else None
            if status is not None:
                return status
            if spec.readiness is not None and spec.readiness.probe():
                return ""
            if child.process.poll() is not None:
                raise EnvironmentFailure(
                    f"{spec.name} ended before it was ready (exit {child.process.returncode}):\n"
                    f"{_last_lines(child)}"
                )
            time.sleep(_POLL_SECONDS)
        raise EnvironmentFailure(
            f"{spec.name} was not ready within {spec.ready_within:g} s:\n{_last_lines(child)}"
        )

    def _revive(self, child: _Running) -> None:
        now = time.monotonic()
        if child.restart_at is None:
            if child.process.poll() is None:
                return
            child.deaths = 1 if now - child.started_at > _STABLE_SECONDS else child.deaths + 1
            wait = min(_FIRST_BACKOFF_SECONDS * 2 ** (child.deaths - 1), _LONGEST_BACKOFF_SECONDS)
            child.restart_at = now + wait
            logger.warning(
                "%s ended (exit %s); starting it again in %.1f s (log: %s)",
                child.spec.name,
                child.process.returncode,
                wait,
                child.log_path,
            )
        elif now >= child.restart_at:
            child.process = spawn(child.spec, child.socket.path, child.log)
            child.started_at, child.restart_at = now, None


def _last_lines(child: _Running) -> str:
    with child.log_path.open("rb") as log:
        log.seek(child.log_start)
        lines = log.read().decode(errors="replace").strip().splitlines()
    return "\n".join(f"  {line}" for line in lines[-_LAST_LINES:]) or f"  (it said nothing; {child.log_path})"
