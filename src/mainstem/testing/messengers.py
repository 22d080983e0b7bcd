"""A messenger that records, and real receivers of messages on this machine: a webhook and a mail server."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from mainstem.errors import MessageNotSent
from mainstem.notify import Message, Messenger

if TYPE_CHECKING:
    from collections.abc import Iterator


class RecordingMessenger(Messenger):
    """Takes every message, but as many as `refusals` says it refuses first."""

    def __init__(self, name: str = "team", refusals: int = 0) -> None:
        self.name = name
        self.refusals = refusals
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        if self.refusals > 0:
            self.refusals -= 1
            raise MessageNotSent(f"{self.name} took no message: refused")
        self.sent.append(message)


class WebhookReceiver:
    """What was posted to it, decoded, and what it answers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.status = 200
        self.answer = b"ok"
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.asked: list[str] = []
        """Paths of GET requests."""


@contextmanager
def webhook_receiver() -> Iterator[WebhookReceiver]:
    """An HTTP server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            receiver.posted.append((self.path, json.loads(body)))
            self._answer()

        def do_GET(self) -> None:
            receiver.asked.append(self.path)
            self._answer()

        def _answer(self) -> None:
            self.send_response(receiver.status)
            self.send_header("Content-Length", str(len(receiver.answer)))
            self.end_headers()
            self.wfile.write(receiver.answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # its name in the base
            """Nothing: a test's output is for the test."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = WebhookReceiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
