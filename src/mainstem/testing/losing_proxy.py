"""A network that carries requests and loses the first answers: what a sender meets as a timeout.

The request has arrived, and only the sender does not know it. Nothing is changed on the way.
"""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    upstream: tuple[str, int]
    to_lose: int
    lock: threading.Lock

    def loses_this_one(self) -> bool:
        with self.lock:
            self.to_lose -= 1
            return self.to_lose >= 0


class _Carrier(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        client: socket.socket = self.request
        with socket.create_connection(self.server.upstream) as gateway:
            threading.Thread(target=_carry, args=(client, gateway), daemon=True).start()
            with suppress(OSError):
                while answer := gateway.recv(65536):
                    if self.server.loses_this_one():
                        return
                    client.sendall(answer)


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def losing_proxy(url: str, answers: int = 1) -> Iterator[str]:
    """The address of a proxy in front of `url` that closes a connection instead of passing on an answer,
    as often as `answers` says, and carries all that follow."""
    parts = urlsplit(url)
    with _Server(("127.0.0.1", 0), _Carrier) as server:
        server.upstream = (str(parts.hostname), int(parts.port or 80))
        server.to_lose = answers
        server.lock = threading.Lock()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
