"""The log of another machine, read through a gateway's internal port, held to the reader's contract."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from mainstem.collect.internal import InternalAnswers
from mainstem.collect.replies import make_reply
from mainstem.collect.request import Request
from mainstem.config import Secret
from mainstem.log import LogReader, LogSettings, LogWriter, open_writer, serve_log
from mainstem.log.joined import JoinedLogReader
from mainstem.log.remote import GatewayPort, HttpLogReader
from mainstem.testing.log import ConsumerMarksContract

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = Secret("t0ken")


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """What the internal port answers, behind the standard library's server."""
    answers = InternalAnswers(
        serve_log(tmp_path), TOKEN, lambda: make_reply(200, b""), lambda: make_reply(200, b"")
    )

    class Port(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path, _, query = self.path.encode().partition(b"?")
            headers = {name.lower().encode(): value.encode() for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get(b"content-length", b"0")))
            reply = answers.handle(Request(self.command.encode(), path, query, headers, body, "", ""))
            self.wfile.write(reply.head + b"\r\n" + reply.body)

        do_PUT = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Port)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


class TestHttpLog(ConsumerMarksContract):
    settings = LogSettings()

    @pytest.fixture(autouse=True)
    def _place(self, tmp_path: Path, url: str) -> Iterator[None]:
        self.data_dir = tmp_path
        self.port = GatewayPort(url, TOKEN)
        yield
        self.port.close()

    def open_writer(self, partition: str) -> LogWriter:
        return open_writer(self.data_dir, "events", partition, self.settings)

    def open_reader(self) -> LogReader:
        return HttpLogReader(self.port, "events")


class TestHttpLogInSmallSegments(TestHttpLog):
    settings = LogSettings(segment_bytes=100, max_commit_bytes=50, max_pending_bytes=10_000)


class TestJoinedLog(TestHttpLog):
    def open_reader(self) -> LogReader:
        return JoinedLogReader({"gw": HttpLogReader(self.port, "events")})
