"""The server that forks keepers (`keeper`), as the runner speaks to it."""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import RuntimeUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEEPER = Path(__file__).with_name("keeper.py")


class Spawner:
    """Started at the first job, started anew when it is gone. Safe to use from several threads."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def spawn(self, job: Mapping[str, object]) -> str:
        """What the keeper answered: `started`, `found` or `not started: why`; empty when it died first.

        Raises RuntimeUnavailable when no process can be made now.
        """
        text = json.dumps(job).encode()
        with self._lock:
            try:
                return self._asked(text)
            except ConnectionError:  # it was killed: a new one
                self._close()
            try:
                return self._asked(text)
            except OSError as e:
                raise RuntimeUnavailable(f"no process can be made for a task: {e}") from e

    def close(self) -> None:
        """Keepers go on."""
        with self._lock:
            self._close()

    def _asked(self, text: bytes) -> str:
        channel = self._connected()
        reading, answer = os.pipe()
        with os.fdopen(reading, "rb") as said:
            try:
                socket.send_fds(channel, [struct.pack("!I", len(text))], [answer])
                channel.sendall(text)
            finally:
                os.close(answer)
            return said.read().decode(errors="surrogateescape")

    def _connected(self) -> socket.socket:
        if self._socket is not None:
            return self._socket
        ours, theirs = socket.socketpair()
        with theirs:
            os.set_inheritable(theirs.fileno(), True)
            self._process = subprocess.Popen(
                (sys.executable, "-I", "-S", str(_KEEPER), str(theirs.fileno())),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._socket = ours
        return ours

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._process is not None:
            self._process.wait()
            self._process = None
