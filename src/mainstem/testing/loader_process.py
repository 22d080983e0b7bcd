"""A real `mainstem load` on a project, to be killed at any moment and started again.

It promises no state: a process may have ended when it is asked for. It kills only what it has started.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


class LoaderProcess:
    """One loader after another on the same project. What all of them say stands in one file, `said`."""

    def __init__(self, project: Path, said: Path) -> None:
        self._project = project
        self._said = said
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> LoaderProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.kill()

    @property
    def said(self) -> str:
        return self._said.read_text(errors="replace") if self._said.exists() else ""

    def start(self) -> None:
        """Does not wait for anything."""
        with self._said.open("ab") as output:
            self._process = subprocess.Popen(self._command(), stdout=output, stderr=output)

    def keep_running(self) -> None:
        """Start it again where it has ended, as a supervisor does."""
        if self._process is None or self._process.poll() is not None:
            self.start()

    def ended(self, seconds: float) -> int | None:
        """Wait this long for it to end; its exit status, or None when it goes on."""
        try:
            return self._running().wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._running().kill()
        self._running().wait()

    def load_once(self) -> subprocess.CompletedProcess[str]:
        """Load all there is, and end."""
        return subprocess.run([*self._command(), "--once"], capture_output=True, text=True, check=False)

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "mainstem", "load", "--project", str(self._project)]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ValueError("the loader was never started")
        return self._process
