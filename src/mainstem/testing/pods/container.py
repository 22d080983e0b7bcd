"""One container, run as a process of this machine with all it starts, and its log.

Promise: exit codes and reasons are those a kubelet reports: 137 `OOMKilled` past the memory limit, 128 + n
`Error` for signal n, 128 `StartError` for a program that is not there. When the first process ends, all are
ended, as a container's are. It isolates nothing: files and network are this machine's.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING
from uuid import uuid4

from mainstem.testing.processes import all_pids, environment_of, session_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MEMORY_CHECKED_EVERY = 0.02
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Line:
    """Of a log: when it was read, and what without its line end."""

    at: datetime
    text: bytes

    def stamped(self) -> bytes:
        return self.at.strftime("%Y-%m-%dT%H:%M:%S.%f000Z ").encode() + self.text


@dataclass(frozen=True)
class Exit:
    exit_code: int
    reason: str
    at: datetime
    message: str = ""


class CannotStart(Exception):
    """The program or its folder is not there."""


class Container:
    """Started by `start`; `changed` is called at each line and once it has ended."""

    def __init__(
        self,
        *,
        hostname: str,
        argv: tuple[str, ...],
        environment: Mapping[str, str],
        cwd: str,
        memory_limit: int | None,
        changed: Callable[[], None],
    ) -> None:
        self.lines: list[Line] = []
        self.exit: Exit | None = None
        self.started_at: datetime | None = None
        self._argv, self._cwd = argv, cwd
        self._mark = f"CONTAINER_ID={uuid4().hex}"
        identity, _, value = self._mark.partition("=")
        self._environment = {**environment, "HOSTNAME": hostname, identity: value}
        self._memory_limit, self._changed = memory_limit, changed
        self._out_of_memory = False
        self._pid = -1
        self._ended = threading.Event()

    def start(self) -> None:
        """Raises CannotStart."""
        try:
            process = subprocess.Popen(
                self._argv,
                env=self._environment,
                cwd=self._cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            program = self._argv[0]
            message = (
                "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
                f'runc create failed: exec: "{program}": {error.strerror}: unknown'
            )
            raise CannotStart(message) from error
        self._pid = process.pid
        self.started_at = datetime.now(UTC)
        threading.Thread(target=self._attend, args=(process,), daemon=True).start()

    def never_started(self, ended: Exit) -> None:
        """It has ended before it began."""
        self.exit = ended
        self._ended.set()
        self._changed()

    def wait(self) -> None:
        self._ended.wait()

    def terminate(self) -> None:
        """SIGTERM to the first process alone, as a kubelet sends it.

        The first process of a namespace gets no signal that it has no handler for: it runs on until killed.
        """
        if self.exit is None and _handles(self._pid, signal.SIGTERM):
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to everything in the container."""
        while pids := self._pids():
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _attend(self, process: subprocess.Popen[bytes]) -> None:
        reading = threading.Thread(target=self._read, args=(process.stdout,), daemon=True)
        reading.start()
        code = self._wait_for(process)
        self.kill()
        reading.join()
        self.exit = self._exit(code)
        self._ended.set()
        self._changed()

    def _wait_for(self, process: subprocess.Popen[bytes]) -> int:
        while self._memory_limit is not None:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(_MEMORY_CHECKED_EVERY)
            if sum(map(_resident, self._pids())) > self._memory_limit:
                self._out_of_memory = True
                self.kill()
                break
        return process.wait()

    def _read(self, output: IO[bytes]) -> None:
        for line in output:
            self.lines.append(Line(datetime.now(UTC), line.removesuffix(b"\n")))
            self._changed()
        output.close()

    def _exit(self, code: int) -> Exit:
        now = datetime.now(UTC)
        if self._out_of_memory:
            return Exit(137, "OOMKilled", now)
        if code < 0:
            return Exit(128 - code, "Error", now)
        return Exit(code, "Completed" if code == 0 else "Error", now)

    def _pids(self) -> list[int]:
        """All that the container runs: its session, and what left the session but kept the environment.

        Told by a mark of its own: the pods of another cluster on this machine may have the same names.
        """
        mark = self._mark.encode()
        return [pid for pid in all_pids() if session_of(pid) == self._pid or mark in environment_of(pid)]


def _handles(pid: int, number: signal.Signals) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) & 1 << (number - 1))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0
