"""A log file of bounded size: full, it is set aside, and the oldest set aside is dropped.

`name.log` is written, `name.log.1` came before it, and so on. A line is never cut in two by it. Lines that
the disk refuses are counted and told of once it takes lines again; they stop nobody.
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

from mainstem.supervise.lines import made

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.supervise.lines import LogLine


class LogFile:
    """Any number of threads may write to it. Only its own user may read it."""

    def __init__(self, path: Path, file_bytes: int, files: int) -> None:
        """`files` counts the current one. Raises OSError when it cannot be opened."""
        self.path = path
        self._file_bytes = file_bytes
        self._files = files
        self._lock = threading.Lock()
        self._refused = 0
        self._why = ""
        self._fd: int | None = _opened(path)
        self._size = os.fstat(self._fd).st_size

    def write(self, line: LogLine) -> None:
        with self._lock:
            try:
                if self._refused:
                    self._append(self._apology(line.process))
                    self._refused = 0
                self._append(line.encoded())
            except OSError as e:
                self._refused += 1
                self._why = e.strerror or str(e)

    def close(self) -> None:
        with self._lock:
            if self._fd is not None:
                os.close(self._fd)
                self._fd = None

    def _append(self, encoded: bytes) -> None:
        if self._size and self._size + len(encoded) > self._file_bytes:
            self._rotate()
        if self._fd is None:
            self._fd = _opened(self.path)
            self._size = os.fstat(self._fd).st_size
        written = os.write(self._fd, encoded)
        if written < len(encoded):  # the disk took a part: take that back, so that lines stay whole
            os.ftruncate(self._fd, self._size)
            raise OSError(0, "the disk took only a part of the line")
        self._size += written

    def _rotate(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
        for number in range(self._files - 1, 0, -1):
            older = self._aside(number - 1)
            with contextlib.suppress(FileNotFoundError):
                older.replace(self._aside(number))
        if self._files == 1:
            self.path.unlink(missing_ok=True)

    def _aside(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}") if number else self.path

    def _apology(self, process: str) -> bytes:
        text = f"{self._refused} lines of this log could not be kept: {self._why}"
        return made("warning", __name__, process, text, {"lost": self._refused}).encoded()


def _opened(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
