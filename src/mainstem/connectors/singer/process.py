"""A tap at work: what it writes, line by line as fast as it is asked for, and its end, whatever happened.

Holds one line and what the pipe has: a tap that is faster than the warehouse waits at its pipe. What it says
beside that is its log, kept with secrets struck out. When it is over, nothing of its process group is left.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mainstem import supervise
from mainstem.config import redact
from mainstem.errors import EnvironmentFailure, TapFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

logger = logging.getLogger("mainstem.connectors.singer")

_CHUNK = 1 << 16
_GRACE = 5.0
"""Seconds between being asked to end and being ended."""
_LAST_WORDS = 5
_SHOWN = 500
_LONGEST_WORD = 1 << 16
"""Bytes of a line of its log; a longer one is two, and a secret on their border would not be found."""
_LONGEST_LOG = 10_000_000
"""Bytes of a log; what comes after is not kept."""


@dataclass(frozen=True)
class Program:
    """How a tap is run."""

    command: str
    workplace: Path
    """Where it runs: paths in its config begin there."""
    environment: Mapping[str, str]
    quiet_seconds: float
    longest_line: int


class Run:
    """One run of a tap; `with` ends it."""

    def __init__(
        self,
        program: Program,
        arguments: Sequence[str],
        log: Path,
        lock: int,
        hear: Callable[[str], None] = lambda line: None,
    ) -> None:
        """`log` gets what it says on its standard error, and `hear` each line of that. It inherits `lock`.

        Raises EnvironmentFailure when it cannot be started.
        """
        self._program = program
        self._log = log
        self._hear = hear
        self._words: deque[str] = deque(maxlen=_LAST_WORDS)
        self._heard = time.monotonic()
        try:
            self._process = subprocess.Popen(
                [*_launch(), program.command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=program.workplace,
                env=program.environment,
                start_new_session=True,
                pass_fds=(lock,),
            )
        except OSError as e:
            raise EnvironmentFailure(f"cannot run {program.command}: {e.strerror}") from e
        self._listener = threading.Thread(target=self._listen, name="tap-log", daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def lines(self) -> Iterator[bytes]:
        """What it writes, until it closes its output. Raises TapFailed when it is silent for too long, or a
        line is too long."""
        output = self._output(self._process.stdout)
        os.set_blocking(output.fileno(), False)
        rest = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while chunk := self._chunk(selector, output):
                searched = len(rest)
                rest += chunk
                if rest.find(b"\n", searched) >= 0:
                    *whole, last = rest.split(b"\n")
                    yield from (bytes(line) for line in whole if line.strip())
                    rest = bytearray(last)
                if len(rest) > self._program.longest_line:
                    raise TapFailed(
                        f"the tap sent a message longer than {self._program.longest_line:,} bytes: "
                        f"{bytes(rest[:80]).decode('utf-8', 'replace')!r}; longest_message_mb allows more"
                    )
        if rest.strip():
            yield bytes(rest)

    def ensure_success(self) -> None:
        """After the last line. Raises TapFailed, with its last words, unless it ended well."""
        try:
            status = self._process.wait(self._program.quiet_seconds)
        except subprocess.TimeoutExpired as e:
            raise TapFailed(f"the tap closed its output and did not end; its log is {self._log}") from e
        self._listener.join(_GRACE)
        if status:
            raise TapFailed(
                f"the tap ended with {_named(status)}{self._last_words()}; its log is {self._log}"
            )

    def end(self) -> None:
        """Of whatever is left of it. Safe to call twice."""
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE)
        self._signal(signal.SIGKILL)  # children of a tap that ended go on otherwise
        self._process.wait()
        self._listener.join(_GRACE)
        self._output(self._process.stdout).close()

    def _chunk(self, selector: selectors.BaseSelector, output: IO[bytes]) -> bytes:
        """What there is next; empty at the end. While we were busy elsewhere, the tap was not silent."""
        self._heard = time.monotonic()
        while not selector.select(max(self._left(), 0.0)):
            if self._left() <= 0:
                raise TapFailed(
                    f"the tap said nothing for {self._program.quiet_seconds / 60:g} minutes and was ended"
                    f"{self._last_words()}; its log is {self._log}; quiet_minutes allows more"
                )
        return os.read(output.fileno(), _CHUNK)

    def _left(self) -> float:
        return self._heard + self._program.quiet_seconds - time.monotonic()

    def _listen(self) -> None:
        written = 0
        with self._output(self._process.stderr) as said, self._log.open("w", encoding="utf-8") as log:
            os.fchmod(log.fileno(), 0o600)
            for raw in iter(lambda: said.readline(_LONGEST_WORD), b""):
                self._heard = time.monotonic()
                line = redact(raw.decode("utf-8", "replace").rstrip())
                if _is_said_to_people(line):
                    self._words.append(line)
                self._hear(line)
                logger.info("%s", line)
                if written < _LONGEST_LOG:
                    written += log.write(line + "\n")
                    log.flush()

    def _last_words(self) -> str:
        words = [word[:_SHOWN] for word in tuple(self._words)]
        return f", having said: {' | '.join(words)}" if words else ""

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _output(self, pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None  # noqa: S101 # asked for in Popen
        return pipe


def _launch() -> list[str]:
    """What becomes the tap, and has it ended when we are killed."""
    program = Path(supervise.__file__).with_name("launch.py")
    return [sys.executable, "-I", "-S", str(program), str(int(signal.SIGTERM)), str(os.getpid()), "-"]


def _is_said_to_people(line: str) -> bool:
    """Not where in its program it was when it failed, and no figures."""
    return bool(line) and not (line[0].isspace() or line.startswith("Traceback (") or "METRIC: {" in line)


def _named(status: int) -> str:
    return f"status {status}" if status > 0 else f"signal {signal.Signals(-status).name}"
