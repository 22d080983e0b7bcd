"""Serve an application on one socket until told to stop.

Promise: `ready` is called once the port answers; SIGTERM and Ctrl-C end requests in flight within three
seconds and return. It knows nothing of what it serves.
"""

from __future__ import annotations

import errno
import logging
import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from mainstem.errors import EnvironmentFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

    from mainstem.web.settings import WebSettings

_log = logging.getLogger(__name__)

_SECONDS_TO_FINISH = 3


class WebServer(uvicorn.Server):
    """uvicorn, with a word when it is ready. `stop()` may be called from any thread."""

    def __init__(self, app: ASGIApp, settings: WebSettings, ready: Callable[[str], None]) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        )
        super().__init__(config)
        self._settings = settings
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            self._ready(address(self._settings.host, sockets[0].getsockname()[1]))

    def stop(self) -> None:
        self.should_exit = True

    def serve_until_stopped(self) -> None:
        """Raises EnvironmentFailure when the address cannot be listened on."""
        if not self._settings.is_local:
            _log.warning(
                "%s is reached from other machines over plain http: passwords and sessions can be read on "
                "their way unless a proxy that speaks https stands before it",
                self._settings.host,
            )
        listener = listen(self._settings.host, self._settings.port)
        try:
            with _signals_end_quietly():
                self.run(sockets=[listener])
        finally:
            listener.close()


def serve(app: ASGIApp, settings: WebSettings, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C. `ready` gets the address, like `http://127.0.0.1:8000`."""
    WebServer(app, settings, ready).serve_until_stopped()


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises EnvironmentFailure with one line that says what to change."""
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as e:
        raise EnvironmentFailure(f"web.host {host!r} is no address of this machine: {e.strerror}") from e
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(where)
    except OSError as e:
        listener.close()
        if e.errno == errno.EADDRINUSE:
            problem = f"port {port} on {host} is in use; choose another with --port or web.port"
        else:
            problem = f"cannot listen on {host} port {port}: {e.strerror}"
        raise EnvironmentFailure(f"web server: {problem}") from e
    return listener


def address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _signals_end_quietly() -> Iterator[None]:
    """uvicorn raises the signal that stopped it once more on its way out; a clean stop ends with exit 0."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
