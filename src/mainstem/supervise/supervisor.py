"""Start children in order, restart the ones that end, stop all in reverse order.

A child that ends is started again, later each time (`restarts`), for as long as the supervisor runs: what
ailed it may be mended meanwhile, and the others go on. One that is alive and not ready is left alone: a
Postgres in recovery must not be killed. What is said of a child is logged as `mainstem.supervise`.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import EnvironmentFailure
from mainstem.supervise.child import ChildSpec, how_it_ended, spawn, stop
from mainstem.supervise.logfile import LogFile
from mainstem.supervise.notify import ReadySocket
from mainstem.supervise.output import Output
from mainstem.supervise.restarts import Ends
from mainstem.supervise.settings import LoggingSettings
from mainstem.supervise.state import Phase, ProcessState, UpState, born_at, now_text, write_state

if TYPE_CHECKING:
    import signal
    import subprocess
    from collections.abc import Callable
    from types import TracebackType

    from mainstem.supervise.lines import LogLine

logger = logging.getLogger("mainstem.supervise")

_POLL_SECONDS = 0.05
_LAST_WORDS_SECONDS = 1.0
"""How long the output of a child that has ended is waited for; a grandchild may hold it open."""


@dataclass
class _Child:
    spec: ChildSpec
    log: LogFile
    socket: ReadySocket
    ends: Ends = field(default_factory=Ends)
    process: subprocess.Popen[bytes] | None = None
    output: Output | None = None
    phase: Phase = "starting"
    since: str = ""
    started_at: float = 0.0
    restart_at: float = 0.0
    starts: int = 0
    last_exit: int | None = None
    status: str = ""
    said_slow: bool = False


def _tell_nobody(_line: LogLine) -> None:
    pass


class Supervisor:
    """Owns children between `start` and `stop`; a context manager that stops them all.

    All calls but `wake` are the starting thread's: to the kernel that thread is the children's parent.
    """

    def __init__(
        self,
        log_folder: Path,
        *,
        settings: LoggingSettings | None = None,
        state_file: Path | None = None,
        tell: Callable[[LogLine], None] = _tell_nobody,
    ) -> None:
        """`tell` is given every line that a child says, from threads of the supervisor's."""
        log_folder.mkdir(parents=True, exist_ok=True)
        self._log_folder = log_folder
        self._settings = settings or LoggingSettings()
        self._state_file = state_file
        self._tell = tell
        self._since = now_text()
        self._sockets = tempfile.TemporaryDirectory(prefix="mainstem-")
        Path(self._sockets.name).chmod(0o711)
        self._children: list[_Child] = []
        self._stopped = threading.Event()

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, spec: ChildSpec) -> str:
        """Start a child and wait until it is ready; returns the status it sent.

        Raises EnvironmentFailure with the child's last lines when it ends or is not ready in time: it is
        looked after all the same, for whoever goes on. One that somebody kills meanwhile is started again:
        that says nothing about whether it can start. KeyboardInterrupt when `wake` is called.
        """
        child = self._add(spec)
        self._spawn(child)
        slow_at = time.monotonic() + spec.ready_within
        while child.phase != "ready":
            if self._stopped.is_set():
                raise KeyboardInterrupt
            self._tend()
            if child.phase == "waiting" and not _was_killed(child.last_exit):
                raise EnvironmentFailure(
                    f"{spec.name} ended before it was ready ({how_it_ended(child.last_exit or 0)}):\n"
                    f"{self._last_words(child)}"
                )
            if time.monotonic() > slow_at:
                child.said_slow = True
                raise EnvironmentFailure(
                    f"{spec.name} was not ready within {spec.ready_within:g} s:\n{self._last_words(child)}"
                )
            time.sleep(_POLL_SECONDS)
        return child.status

    def watch(self, seconds: float) -> None:
        """For `seconds`, or until `wake`: start ended children again, notice the ready ones."""
        until = time.monotonic() + seconds
        while not self._stopped.is_set():
            self._tend()
            left = until - time.monotonic()
            if left <= 0:
                return
            self._stopped.wait(min(left, _POLL_SECONDS * 4))

    def wake(self) -> None:
        """End `watch` early. Safe to call from any thread, not from a signal handler."""
        self._stopped.set()

    def pass_on(self, number: signal.Signals) -> None:
        """Send a signal to every child that is ready: one that is starting may not be prepared for it. Also
        from a signal handler of the starting thread."""
        for child in self._children:
            if child.process is not None and child.phase == "ready":
                child.process.send_signal(number)

    @property
    def stopping(self) -> bool:
        return self._stopped.is_set()

    def state(self) -> UpState:
        """What runs now. It is also what stands in the state file."""
        pid = os.getpid()
        return UpState(pid, born_at(pid), self._since, tuple(_state_of(child) for child in self._children))

    def stop(self) -> None:
        """Stop every child, the last started first. Safe to call twice."""
        self._stopped.set()
        while self._children:
            child = self._children[-1]
            self._stop(child)
            self._children.pop()
            child.socket.close()
            child.log.close()
        if self._state_file is not None:
            self._state_file.unlink(missing_ok=True)
        self._sockets.cleanup()

    def _add(self, spec: ChildSpec) -> _Child:
        path = self._log_folder / f"{spec.name}.log"
        try:
            log = LogFile(path, self._settings.file_bytes, self._settings.files)
        except OSError as e:
            raise EnvironmentFailure(f"cannot write {path}: {e.strerror}") from e
        ready = ReadySocket(Path(self._sockets.name) / f"{spec.name}.sock")
        ready.path.chmod(0o666)  # the child may be another user's; the folder's name is not to be guessed
        child = _Child(spec, log, ready)
        self._children.append(child)
        return child

    def _spawn(self, child: _Child) -> None:
        child.socket.drain()
        child.process = process = spawn(child.spec, child.socket.path)
        assert process.stdout is not None  # noqa: S101 # `spawn` asked for the pipe
        child.output = Output(child.spec.name, process.stdout, child.log, self._tell)
        child.started_at = time.monotonic()
        child.starts += 1
        child.said_slow = False
        self._enter(child, "starting")

    def _tend(self) -> None:
        """One look at every child."""
        for child in self._children:
            if child.process is None:
                if time.monotonic() >= child.restart_at:
                    self._spawn(child)
            elif (code := child.process.poll()) is not None:
                self._ended(child, code)
            elif child.phase == "starting":
                self._look_whether_ready(child)

    def _look_whether_ready(self, child: _Child) -> None:
        probe = child.spec.readiness
        status = child.socket.received() if probe is None else ("" if probe.probe() else None)
        if status is not None:
            child.status = status
            self._enter(child, "ready")
            _say(child, logging.INFO, "ready" + (f": {status}" if status else ""), status=status)
        elif not child.said_slow and time.monotonic() > child.started_at + child.spec.ready_within:
            child.said_slow = True
            within = child.spec.ready_within
            _say(child, logging.WARNING, f"is not ready after {within:g} s (log: {child.log.path})")

    def _ended(self, child: _Child, code: int) -> None:
        child.process = None
        child.last_exit = code
        child.ends = child.ends.after(time.monotonic() - child.started_at)
        child.restart_at = time.monotonic() + child.ends.wait
        self._enter(child, "waiting")
        text = f"ended ({how_it_ended(code)}); starting it again in {child.ends.wait:g} s"
        facts = {"exit": code, "restarts": child.starts - 1, "log": str(child.log.path)}
        if child.ends.keeps_ending:
            text = (
                f"keeps ending, {child.ends.in_a_row} times now ({how_it_ended(code)}); "
                f"starting it again in {child.ends.wait:g} s. The last it said (all of it: "
                f"{child.log.path}):\n{self._last_words(child)}"
            )
            _say(child, logging.ERROR, text, **facts)
        else:
            _say(child, logging.WARNING, f"{text} (log: {child.log.path})", **facts)

    def _stop(self, child: _Child) -> None:
        if child.process is None:
            return
        if not stop(child.process, child.spec):
            within = child.spec.stop_within
            _say(child, logging.WARNING, f"did not stop within {within:g} s and was killed")
        child.last_exit = child.process.returncode
        child.process = None
        if child.output is not None:
            child.output.last_lines(_LAST_WORDS_SECONDS)
        self._enter(child, "stopped")
        _say(child, logging.INFO, f"stopped ({how_it_ended(child.last_exit)})", exit=child.last_exit)

    def _last_words(self, child: _Child) -> str:
        wait = _LAST_WORDS_SECONDS if child.process is None else 0.0
        lines = child.output.last_lines(wait) if child.output is not None else []
        return "\n".join(f"  {line}" for line in lines) or f"  (it said nothing; {child.log.path})"

    def _enter(self, child: _Child, phase: Phase) -> None:
        child.phase = phase
        child.since = now_text()
        if self._state_file is not None:
            try:
                write_state(self._state_file, self.state())
            except OSError as e:
                _say(child, logging.WARNING, f"cannot write {self._state_file}: {e.strerror}")


def _state_of(child: _Child) -> ProcessState:
    pid = child.process.pid if child.process is not None else None
    return ProcessState(
        name=child.spec.name,
        phase=child.phase,
        pid=pid,
        born=born_at(pid) if pid is not None else None,
        since=child.since,
        restarts=max(0, child.starts - 1),
        last_exit=child.last_exit,
        status=child.status,
        log=str(child.log.path),
        stop_signal=int(child.spec.stop_signal),
    )


def _say(child: _Child, level: int, message: str, **facts: object) -> None:
    logger.log(level, "%s", message, extra={"about": child.spec.name, "fields": facts})


def _was_killed(exit_status: int | None) -> bool:
    return exit_status is not None and exit_status < 0
