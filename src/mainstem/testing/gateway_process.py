"""A real `mainstem collect` on a data folder, to be killed at any moment and started again on its port.

It promises no state: a start may fail, and a process may be dead when it is asked for. It kills only the
process it has started.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

WRITE_KEY = "WK"
_LISTENING = re.compile(rb"listening on http://127\.0\.0\.1:(\d+)")


class GatewayProcess:
    """One gateway after another on the same folder. What all of them say stands in one file, `said`."""

    def __init__(self, data_dir: Path, said: Path, environment: Mapping[str, str] | None = None) -> None:
        """`environment` adds settings, `MAINSTEM_…`."""
        self.data_dir = data_dir
        self.port = 0
        self.starts = 0
        self._said = said
        self._environment = {**os.environ, **(environment or {})}
        self._said_before = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> GatewayProcess:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def said(self) -> str:
        return self._said.read_text(errors="replace")

    @property
    def pid(self) -> int:
        return self._running().pid

    def start(self) -> None:
        """Does not wait for anything."""
        self.starts += 1
        with self._said.open("ab") as output:
            self._said_before = output.tell()
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "mainstem", "collect", "--data-dir", str(self.data_dir)),
                    *("--port", str(self.port), "--write-key", WRITE_KEY),
                ],
                stdout=output,
                stderr=output,
                env=self._environment,
            )

    def is_listening(self) -> bool:
        """Whether this start has said so. From then on `port` is known, and later starts take it again.

        Raises EOFError when the process has ended instead.
        """
        with self._said.open("rb") as output:
            output.seek(self._said_before)
            found = _LISTENING.search(output.read())
        if found is None and self._running().poll() is not None:
            raise EOFError(f"the gateway ended with {self._running().returncode}: {self.said}")
        self.port = int(found[1]) if found else self.port
        return found is not None

    async def until_listening(self, seconds: float = 60) -> None:
        """Raises TimeoutError, or EOFError when the process has ended."""
        async with asyncio.timeout(seconds):
            while not self.is_listening():
                await asyncio.to_thread(self.ended, 0.01)

    def ended(self, seconds: float) -> int | None:
        """Wait this long for the process to end; its exit status, or None when it goes on."""
        try:
            return self._running().wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def terminate(self) -> None:
        self._running().terminate()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._running().kill()
        self._running().wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ValueError("the gateway was never started")
        return self._process
