"""What a child says, line by line: kept in its log file, passed on, the last of it remembered.

A thread reads the pipe until the child and all its own children have closed it, so that nobody who writes
has to wait for the supervisor.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import IO, TYPE_CHECKING

from mainstem.supervise.lines import RAW_LOGGER, parsed

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.supervise.lines import LogLine
    from mainstem.supervise.logfile import LogFile

_LONGEST_LINE = 256 * 1024
_LAST_LINES = 15


class Output:
    """Reads one child's output from `begin` to its end."""

    def __init__(self, process: str, pipe: IO[bytes], log: LogFile, tell: Callable[[LogLine], None]) -> None:
        self._process = process
        self._pipe = pipe
        self._log = log
        self._tell = tell
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        self._thread = threading.Thread(target=self._read, name=f"output of {process}", daemon=True)
        self._thread.start()

    def last_lines(self, wait: float) -> list[str]:
        """The last that was said; `wait` is how many seconds to wait for the output to end."""
        self._thread.join(wait)
        return [line for text in list(self._last) for line in text.splitlines()][-_LAST_LINES:]

    def _read(self) -> None:
        with self._pipe:
            while raw := self._pipe.readline(_LONGEST_LINE):
                if raw.strip():
                    self._take(parsed(self._process, raw))

    def _take(self, line: LogLine) -> None:
        self._log.write(line)
        text = line.brief()
        self._last.append(text if line.logger == RAW_LOGGER else f"{line.level}: {text}")
        self._tell(line)
