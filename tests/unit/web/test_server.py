from __future__ import annotations

import socket
import threading
import urllib.request
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from starlette.responses import PlainTextResponse

from mainstem.errors import EnvironmentFailure, QueryStopped
from mainstem.warehouse.interruption import can_be_stopped
from mainstem.web import WebServer, WebSettings
from mainstem.web.server import address, listen
from mainstem.web.services import QueryTurns, ViewerLeft

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("hello")(scope, receive, send)


def test_ready_is_called_with_an_address_that_answers_and_stop_returns() -> None:
    addresses: list[str] = []
    ready = threading.Event()

    def on_ready(where: str) -> None:
        addresses.append(where)
        ready.set()

    server = WebServer(hello, WebSettings(port=0), on_ready)
    thread = threading.Thread(target=server.serve_until_stopped)
    thread.start()
    try:
        assert ready.wait(20)
        with urllib.request.urlopen(addresses[0], timeout=20) as answer:
            assert answer.read() == b"hello"
    finally:
        server.stop()
        thread.join(20)
    assert not thread.is_alive()


@pytest.mark.parametrize(("host", "warned"), [("0.0.0.0", True), ("127.0.0.1", False)])  # noqa: S104 # what the warning is about
def test_a_server_that_other_machines_reach_warns_of_plain_http(
    host: str, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104 # taken on every address
        server = WebServer(hello, WebSettings(host=host, port=taken.getsockname()[1]), lambda _: None)
        with pytest.raises(EnvironmentFailure, match="in use"):
            server.serve_until_stopped()
    assert ("over plain http" in caplog.text) == warned


def test_a_port_in_use_is_one_line_that_says_what_to_change() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EnvironmentFailure) as failure:
            listen("127.0.0.1", port)
    assert str(failure.value) == (
        f"web server: port {port} on 127.0.0.1 is in use; choose another with --port or web.port"
    )


def test_an_address_of_another_machine_is_refused_with_its_reason() -> None:
    with pytest.raises(EnvironmentFailure, match=r"cannot listen on 192\.0\.2\.1"):
        listen("192.0.2.1", 0)


def test_an_ipv6_address_is_written_in_brackets() -> None:
    assert address("::1", 80) == "http://[::1]:80"


def test_questions_wait_for_their_turn() -> None:
    running: list[int] = []
    most: list[int] = []
    lock = threading.Lock()

    def question() -> None:
        with lock:
            running.append(1)
            most.append(len(running))
        with lock:
            running.pop()

    async def stays() -> bool:
        return False

    async def ask_all() -> None:
        turns = QueryTurns(2)
        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(turns.run, question, stays)

    anyio.run(ask_all)
    assert len(most) == 20
    assert max(most) <= 2


def test_a_question_whose_viewer_left_is_never_asked() -> None:
    asked: list[Any] = []

    async def left() -> bool:
        return True

    async def ask() -> None:
        await QueryTurns(1).run(lambda: asked.append(1), left)

    with pytest.raises(ViewerLeft):
        anyio.run(ask)
    assert asked == []


def test_a_question_whose_viewer_leaves_while_it_runs_is_ended() -> None:
    begun, ended = threading.Event(), threading.Event()

    def question() -> None:
        with can_be_stopped(ended.set):
            begun.set()
            assert ended.wait(30)
            raise RuntimeError("interrupted")

    async def leaves() -> bool:
        return begun.is_set()

    async def ask() -> None:
        await QueryTurns(1).run(question, leaves)

    with pytest.raises(ViewerLeft):
        anyio.run(ask)


def test_a_question_that_takes_too_long_is_ended_and_says_which_setting_allows_how_much() -> None:
    ended = threading.Event()

    def question() -> None:
        with can_be_stopped(ended.set):
            assert ended.wait(30)
            raise RuntimeError("interrupted")

    async def stays() -> bool:
        return False

    async def ask() -> None:
        await QueryTurns(1, seconds=0.01).run(question, stays)

    with pytest.raises(QueryStopped, match="query_seconds"):
        anyio.run(ask)
