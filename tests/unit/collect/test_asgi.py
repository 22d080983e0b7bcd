"""The gateway as an ASGI application: under a test client, and under a real server."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from mainstem.collect import CollectSettings, SourceTable
from mainstem.collect.asgi import GatewayApp
from mainstem.collect.hosted import host
from mainstem.errors import EnvironmentFailure, LogUnavailable
from mainstem.events import Source, decode_received
from mainstem.testing.gateway import RecordingLog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

EVENT = {"userId": "u1", "event": "Opened"}
KEY = ("WK", "")


class Logs:
    def __init__(self, failure: Exception | None = None) -> None:
        self.events, self.quarantine = RecordingLog(), RecordingLog()
        self.open = False
        self._failure = failure

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[tuple[RecordingLog, RecordingLog]]:
        if self._failure is not None:
            raise self._failure
        self.open = True
        yield self.events, self.quarantine
        self.open = False


def make(logs: Logs, **settings: Any) -> GatewayApp:
    sources = SourceTable([Source("web", "Website", ("WK",))])
    files = (host("/sdk/a.js", b"1;" * 200),)
    return GatewayApp(CollectSettings(retry_after=7, **settings), sources, logs, files=files)


def test_an_event_is_answered_ok_once_the_log_has_it() -> None:
    logs = Logs()
    with TestClient(make(logs)) as client:
        assert logs.open
        answer = client.post("/v1/track", json=EVENT, auth=KEY)
        batch = gzip.compress(json.dumps({"batch": [{"type": "page", "userId": "u"}, {}]}).encode())
        headers = {"Content-Encoding": "gzip"}
        assert client.post("/v1/batch", content=batch, headers=headers, auth=KEY).text == "ok"
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    first, second = [decode_received(record) for record in logs.events.records]
    assert (first.request_ip, first.type, second.type) == ("testclient", "track", None)
    assert len(logs.quarantine.records) == 1
    assert not logs.open


def test_refusals_are_the_gateways_own() -> None:
    with TestClient(make(Logs())) as client:
        answers = [
            client.post("/v1/track", json=EVENT),
            client.post("/v1/track", content=b"{", auth=KEY),
            client.get("/nothing"),
            client.get("/v1/track"),
        ]
    assert [(answer.status_code, answer.text) for answer in answers] == [
        (401, "failed to read writekey from header\n"),
        (400, "invalid json\n"),
        (404, "404 page not found\n"),
        (405, "method not allowed\n"),
    ]


def test_a_log_that_takes_nothing_is_told_with_a_time_to_come_again() -> None:
    logs = Logs()
    with TestClient(make(logs)) as client:
        logs.events.refusal = LogUnavailable("disk full")
        answer = client.post("/v1/track", json=EVENT, auth=KEY)
        pixel = client.get("/pixel/v1/track?writeKey=WK&userId=u&event=x")
        health = client.get("/health")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert (pixel.status_code, pixel.headers["content-type"]) == (200, "image/gif")
    assert health.json()["acceptingEvents"] == "FALSE"


def test_browsers_get_their_cors_headers_and_hosted_files() -> None:
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Headers": "anonymousid"}
    with TestClient(make(Logs())) as client:
        preflight = client.options("/v1/track", headers=headers)
        script = client.get("/sdk/a.js", headers={"Accept-Encoding": "gzip"})
        head = client.head("/sdk/a.js")
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "https://shop.example"
    assert preflight.headers["access-control-allow-headers"] == "anonymousid"
    assert (script.headers["content-encoding"], script.text) == ("gzip", "1;" * 200)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused_without_reading_on(chunked: bool) -> None:
    body = iter([b"x" * 60] * 3) if chunked else b"x" * 180
    with TestClient(make(Logs(), max_body_bytes=100)) as client:
        answer = client.post("/v1/track", content=body, auth=KEY)
    assert (answer.status_code, answer.text) == (413, "request size exceeds max limit\n")


def test_below_a_mount_the_paths_are_the_same() -> None:
    logs = Logs()
    app = make(logs)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with lived(app):
            yield

    with TestClient(Starlette(routes=[Mount("/collect", app)], lifespan=lifespan)) as client:
        assert client.post("/collect/v1/track?x=1", json=EVENT, auth=KEY).text == "ok"
    assert len(logs.events.records) == 1


def test_a_server_without_lifespan_events_is_told_that_nothing_is_kept() -> None:
    answer = TestClient(make(Logs())).post("/v1/track", json=EVENT, auth=KEY)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")


@asynccontextmanager
async def lived(app: GatewayApp, sent: list[Any] | None = None) -> AsyncIterator[None]:
    """The server's part of the lifespan protocol. `sent` gets what the application said."""
    said: list[Any] = [] if sent is None else sent
    asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    started = asyncio.Event()

    async def send(message: Any) -> None:
        said.append(message)
        started.set()

    task = asyncio.create_task(app({"type": "lifespan"}, asked.get, send))
    await asked.put({"type": "lifespan.startup"})
    await started.wait()
    yield
    await asked.put({"type": "lifespan.shutdown"})
    await task


def test_a_log_that_does_not_open_keeps_the_server_from_starting() -> None:
    said: list[Any] = []

    async def run() -> None:
        async with lived(make(Logs(EnvironmentFailure("no disk"))), said):
            pass

    asyncio.run(run())
    assert said == [{"type": "lifespan.startup.failed", "message": "no disk"}]


def test_a_log_that_broke_is_told_at_the_end() -> None:
    said: list[Any] = []

    async def run() -> None:
        logs = Logs()
        app = make(logs)
        async with lived(app, said):
            logs.events.refusal = ValueError("not a log's error")
            assert (await call(app, b"/v1/track"))[0]["status"] == 503

    asyncio.run(run())
    assert [message["type"] for message in said] == ["lifespan.startup.complete", "lifespan.shutdown.failed"]


async def call(app: GatewayApp, path: bytes, *parts: dict[str, Any]) -> list[Any]:
    """One POST with an event, or with the messages given; gives what the application sent."""
    sent: list[Any] = []
    body = {"type": "http.request", "body": json.dumps(EVENT).encode(), "more_body": False}
    messages = iter(parts or (body,))

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path.decode(),
        "raw_path": path,
        "query_string": b"writeKey=WK",
        "headers": [(b"x-forwarded-for", b"198.51.100.7"), (b"content-length", b"-")],
        "client": ("10.0.0.1", 4711),
    }
    await app(scope, receive, send)
    return sent


def test_only_a_trusted_proxy_says_who_asked() -> None:
    async def run(**settings: Any) -> str:
        logs = Logs()
        app = make(logs, **settings)
        async with lived(app):
            await call(app, b"/v1/track")
        return decode_received(logs.events.records[0]).request_ip

    assert asyncio.run(run()) == "10.0.0.1"
    assert asyncio.run(run(trusted_proxies=("10.0.0.0/8",))) == "198.51.100.7"


def test_a_client_that_leaves_early_is_not_answered_and_holds_nothing() -> None:
    async def run() -> None:
        logs = Logs()
        app = make(logs, max_partial_bytes=100)
        part = {"type": "http.request", "body": b"x" * 90, "more_body": True}
        async with lived(app):
            for _ in range(3):
                assert await call(app, b"/v1/track", part, {"type": "http.disconnect"}) == []
            assert (await call(app, b"/v1/track"))[0]["status"] == 200
        assert len(logs.events.records) == 1

    asyncio.run(run())


def test_bodies_together_over_their_budget_are_sent_away() -> None:
    async def run() -> None:
        app = make(Logs(), max_partial_bytes=50)
        part = {"type": "http.request", "body": b"x" * 60, "more_body": True}
        async with lived(app):
            assert (await call(app, b"/v1/track", part))[0]["status"] == 503

    asyncio.run(run())


def test_requests_wait_while_the_log_is_over_its_budget() -> None:
    async def run() -> None:
        logs = Logs()
        app = make(logs, max_waiting_bytes=1)
        async with lived(app):
            logs.events.hold()
            first = asyncio.create_task(call(app, b"/v1/track"))
            while not logs.events.waiting:
                await asyncio.sleep(0)
            second = asyncio.create_task(call(app, b"/v1/track"))
            for _ in range(10):
                await asyncio.sleep(0)
            assert logs.events.waiting == 1
            logs.events.release()
            assert (await first)[0]["status"] == (await second)[0]["status"] == 200
        assert len(logs.events.records) == 2

    asyncio.run(run())


def test_a_websocket_is_closed() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    asyncio.run(make(Logs())({"type": "websocket"}, receive, send))
    assert sent == [{"type": "websocket.close"}]


@contextmanager
def uvicorn_serving(app: GatewayApp) -> Iterator[tuple[str, int]]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # a connection waits until the server has begun
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()
        server.should_exit = True
        thread.join(30)


def test_uvicorn_serves_it() -> None:
    logs = Logs()
    with uvicorn_serving(make(logs)) as (address, port), socket.create_connection((address, port)) as client:
        body = json.dumps(EVENT).encode()
        client.sendall(
            b"POST /v1/track?writeKey=WK HTTP/1.1\r\nHost: gateway\r\nOrigin: https://shop.example\r\n"
            b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        answer = b""
        while part := client.recv(65536):
            answer += part
    head, _, text = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b"access-control-allow-origin: https://shop.example" in head
    assert text == b"ok"
    assert [decode_received(record).request_ip for record in logs.events.records] == ["127.0.0.1"]
