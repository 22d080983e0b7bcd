"""An HTTP server on this machine that keeps what is posted to it, and answers as a test says."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class HookServer:
    address: str = ""
    posted: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    """Path, headers and body of each."""
    answers: list[tuple[int, Any]] = field(default_factory=list)
    """Status and body of the next; then 200 and `{}`. Status 0 hangs up without an answer."""


@contextmanager
def hook_server() -> Iterator[HookServer]:
    kept = HookServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.posted.append((self.path, dict(self.headers), json.loads(body)))
            status, answer = kept.answers.pop(0) if kept.answers else (200, {})
            if status == 0:
                self.close_connection = True
                return
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_GET(self) -> None:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_OPTIONS = do_GET  # http.server's own spelling

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # http.server's own name
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    kept.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
