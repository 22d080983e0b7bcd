"""The forwarder over real sockets, to a data plane that misbehaves and then recovers."""

from __future__ import annotations

import socket
import threading
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import LogCorrupted
from mainstem.events import Forwarded, encode_forwarded, format_time
from mainstem.shadow import Forwarder, Place, PositionFile, ShadowSettings, Upstream
from mainstem.testing.memory_log import MemoryLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.log import Batch

SETTINGS = ShadowSettings(connections=2, timeout_s=0.3, longest_pause_s=0.05)


def request(number: int, source: str = "web") -> bytes:
    from datetime import UTC, datetime

    headers = {"authorization": "Basic V0s6", "content-type": "text/plain", "anonymousid": str(number % 3)}
    return encode_forwarded(
        Forwarded(
            format_time(datetime.now(UTC)),
            "203.0.113.7",
            source,
            "POST",
            "/v1/track",
            "a=%20b",
            headers,
            f'{{"n":{number}}}'.encode(),
        )
    )


class OtherPlane(ThreadingHTTPServer):
    """Keeps what it answers 200. `trouble` is asked first, with the handler, and may do anything instead."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        super().__init__(address, _Handler)
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.trouble: Callable[[_Handler], bool] = lambda handler: False
        self.asked = 0
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has gone is what some of these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: OtherPlane
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.asked += 1
        if self.server.trouble(self):
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.taken.append((self.path, headers, body))
        self.answer(200)

    def answer(self, status: int, **headers: str) -> bool:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the base class's name
        """Quiet."""


@contextmanager
def serving(plane: OtherPlane) -> Iterator[OtherPlane]:
    thread = threading.Thread(target=plane.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield plane
    finally:
        plane.released.set()
        plane.shutdown()
        thread.join()
        plane.server_close()


@contextmanager
def forwarding(log: MemoryLog, folder: Path, urls: dict[str, str]) -> Iterator[PositionFile]:
    positions = PositionFile(folder)
    upstreams = {
        source: Upstream(url, timeout_s=SETTINGS.timeout_s, connections=2) for source, url in urls.items()
    }
    stop = threading.Event()
    forwarder = Forwarder(log, positions, upstreams, SETTINGS)
    thread = threading.Thread(target=forwarder.run_forever, args=(stop,), kwargs={"poll": 0.01})
    thread.start()
    try:
        yield positions
    finally:
        stop.set()
        thread.join()
        for upstream in upstreams.values():
            upstream.close()


def until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(2000):
        if condition():
            return
        waiting.wait(0.01)
    pytest.fail("it never came true")


@pytest.fixture
def log() -> MemoryLog:
    log = MemoryLog()
    log.writer("gateway-0")
    log.writer("gateway-1")
    return log


def numbers(plane: OtherPlane) -> set[bytes]:
    return {body for _, _, body in plane.taken}


def test_a_request_arrives_as_it_came_with_its_clients_address(log: MemoryLog, tmp_path: Path) -> None:
    log.add("gateway-0", [request(1)])
    with serving(OtherPlane()) as plane, forwarding(log, tmp_path, {"web": plane.url + "/base/"}):
        until(lambda: bool(plane.taken))
        [(path, headers, body)] = plane.taken
    assert (path, body) == ("/base/v1/track?a=%20b", b'{"n":1}')
    assert headers.pop("host") == plane.url.removeprefix("http://")
    assert headers == {
        "authorization": "Basic V0s6",
        "content-type": "text/plain",
        "anonymousid": "1",
        "x-forwarded-for": "203.0.113.7",
        "content-length": "7",
    }


def hang(handler: _Handler) -> bool:
    return handler.server.released.wait()


def cut(handler: _Handler) -> bool:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    handler.connection.close()
    return True


def fail(handler: _Handler) -> bool:
    return handler.answer(503, Retry_After="0")


def babble(handler: _Handler) -> bool:
    handler.wfile.write(b"not HTTP at all\r\n\r\n")
    handler.close_connection = True
    return True


@pytest.mark.parametrize("trouble", [hang, cut, fail, babble])
def test_everything_arrives_once_a_data_plane_in_trouble_is_back(
    trouble: Callable[[_Handler], bool], log: MemoryLog, tmp_path: Path
) -> None:
    log.add("gateway-0", [request(n) for n in range(10)])
    log.add("gateway-1", [request(n) for n in range(10, 20)])
    plane = OtherPlane()
    plane.trouble = trouble
    with serving(plane), forwarding(log, tmp_path, {"web": plane.url}):
        until(lambda: plane.asked > 4)
        assert plane.taken == []
        log.add("gateway-0", [request(n) for n in range(20, 25)])
        plane.trouble = lambda handler: False
        plane.released.set()
        until(lambda: numbers(plane) == {f'{{"n":{n}}}'.encode() for n in range(25)})


def test_a_data_plane_that_is_down_is_waited_for(log: MemoryLog, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    log.add("gateway-0", [request(n) for n in range(3)])
    with forwarding(log, tmp_path, {"web": f"http://127.0.0.1:{port}"}) as positions:
        with serving(OtherPlane(("127.0.0.1", port))) as plane:
            until(lambda: len(plane.taken) >= 3)
        until(lambda: positions.progress(Place("web", "gateway-0")) is not None)


def test_one_sources_data_plane_being_down_holds_up_no_other(log: MemoryLog, tmp_path: Path) -> None:
    log.add("gateway-0", [request(1), request(2, "app")])
    urls = {"web": "http://127.0.0.1:9"}
    with serving(OtherPlane()) as plane, forwarding(log, tmp_path, {**urls, "app": plane.url}):
        until(lambda: numbers(plane) == {b'{"n":2}'})


class DamagedLog(MemoryLog):
    def read(self, partition: str, offset: int, max_bytes: int) -> Batch:
        raise LogCorrupted("a frame does not check")


def test_a_damaged_log_ends_the_process_with_what_is_wrong(tmp_path: Path) -> None:
    log = DamagedLog()
    log.writer("gateway-0")
    log.add("gateway-0", [request(1)])
    upstream = Upstream("http://127.0.0.1:9", timeout_s=1, connections=1)
    forwarder = Forwarder(log, PositionFile(tmp_path), {"web": upstream}, SETTINGS)
    with pytest.raises(LogCorrupted):
        forwarder.run_forever(threading.Event())
    upstream.close()


def test_what_every_source_has_behind_it_may_be_deleted(log: MemoryLog, tmp_path: Path) -> None:
    log.add("gateway-0", [request(1), request(2, "app")])
    with serving(OtherPlane()) as plane:
        upstreams = {source: Upstream(plane.url, timeout_s=5, connections=1) for source in ("web", "app")}
        forwarder = Forwarder(log, PositionFile(tmp_path), upstreams, SETTINGS, log)
        forwarder.run_once(threading.Event())
        for upstream in upstreams.values():
            upstream.close()
    assert log.consumed("gateway-0") == log.end("gateway-0")
    assert log.consumed("gateway-1") in (None, 0)
