"""Tell whoever started this process that it is ready, in systemd's `sd_notify` protocol.

The same datagram serves our supervisor and a systemd unit of `Type=notify`.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "NOTIFY_SOCKET"


def notify_ready(status: str = "") -> None:
    """Send `READY=1` and a status line. Does nothing where nobody waits for it."""
    address = os.environ.get(VARIABLE)
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(f"READY=1\nSTATUS={status}\n".encode(), address)


class ReadySocket:
    """The receiving end, one for each child."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)

    def received(self) -> str | None:
        """The status sent with `READY=1`, or None while nothing has come."""
        try:
            message = self._socket.recv(4096).decode(errors="replace")
        except BlockingIOError:
            return None
        lines = dict(line.partition("=")[::2] for line in message.splitlines())
        return lines.get("STATUS", "") if lines.get("READY") == "1" else None

    def drain(self) -> None:
        """Forget what an earlier run of the child sent."""
        while True:
            try:
                self._socket.recv(4096)
            except BlockingIOError:
                return

    def close(self) -> None:
        self._socket.close()
        self.path.unlink(missing_ok=True)
