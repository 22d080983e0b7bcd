"""Simulated services on a port of this machine, on uvloop, in a thread or until the process ends."""

from __future__ import annotations

import logging
import socket
import threading
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from types import TracebackType

    from mainstem.simulate.saas.app import SaasApp

_PATIENCE = 10.0


class SaasServer:
    """Listens on loopback; a `with` block runs it in a thread."""

    def __init__(self, app: SaasApp, port: int = 0) -> None:
        """Port 0 takes a free one. Raises OSError for one that is taken."""
        self._socket = socket.create_server(("127.0.0.1", port))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.names = tuple(app.services)
        # A body that was cut off on purpose is nothing to log.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        config = uvicorn.Config(
            app, loop="uvloop", http="httptools", lifespan="off", log_level="critical", access_log=False
        )
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C."""
        self._server.run(sockets=[self._socket])

    def __enter__(self) -> SaasServer:
        self._thread = threading.Thread(target=self.run, name="saas", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        if self._thread is not None:
            self._thread.join(_PATIENCE)
        self._socket.close()
