from __future__ import annotations

import asyncio
import socket
from contextlib import closing

import pytest

from mainstem.collect import CollectSettings, SourceTable, serve
from mainstem.collect.server import listen, url_of
from mainstem.errors import EnvironmentFailure
from mainstem.events import Source, decode_received
from mainstem.testing.gateway import RecordingLog, read_answers

SOURCE = Source("web", "Website", ("WK",))
POST = (
    b"POST /v1/track?writeKey=WK HTTP/1.1\r\nHost: h\r\nContent-Length: 14\r\n"
    b'Connection: close\r\n\r\n{"userId":"u"}'
)


async def exchange(url: str, data: bytes) -> bytes:
    host, _, port = url.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(data)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def accepts(url: str) -> bool:
    try:
        await exchange(url, b"GET /health HTTP/1.0\r\n\r\n")
    except OSError:
        return False
    return True


def test_a_request_over_a_real_socket_reaches_the_log_and_stopping_ends_the_server() -> None:
    async def check() -> None:
        log, stop, url = RecordingLog(), asyncio.Event(), asyncio.get_running_loop().create_future()
        server = asyncio.create_task(
            serve(
                CollectSettings(port=0),
                SourceTable([SOURCE]),
                log,
                RecordingLog(),
                ready=url.set_result,
                stop=stop,
            )
        )
        assert [answer.body for answer in read_answers(await exchange(await url, POST))] == [b"ok"]
        record = decode_received(log.records[0])
        assert (record.request_ip, bytes(record.event)) == ("127.0.0.1", b'{"userId":"u"}')
        stop.set()
        await server
        with pytest.raises(ConnectionRefusedError):
            await exchange(await url, POST)

    asyncio.run(check())


def test_a_request_under_way_is_answered_though_the_server_is_told_to_stop() -> None:
    async def check() -> None:
        log, stop, url = RecordingLog(), asyncio.Event(), asyncio.get_running_loop().create_future()
        log.hold()
        server = asyncio.create_task(
            serve(
                CollectSettings(port=0),
                SourceTable([SOURCE]),
                log,
                RecordingLog(),
                ready=url.set_result,
                stop=stop,
            )
        )
        asked = asyncio.create_task(exchange(await url, POST.replace(b"Connection: close\r\n", b"")))
        while not log.waiting:
            await asyncio.sleep(0)
        stop.set()
        while await accepts(await url):
            await asyncio.sleep(0)
        log.release()
        (answer,) = read_answers(await asked)
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        await server

    asyncio.run(check())


def test_a_broken_log_stops_the_server_with_what_it_raised() -> None:
    async def check() -> None:
        log, url = RecordingLog(), asyncio.get_running_loop().create_future()
        log.refusal = OSError("bad sector")
        server = asyncio.create_task(
            serve(
                CollectSettings(port=0),
                SourceTable([SOURCE]),
                log,
                RecordingLog(),
                ready=url.set_result,
                stop=asyncio.Event(),
            )
        )
        assert [answer.status for answer in read_answers(await exchange(await url, POST))] == [503]
        with pytest.raises(OSError, match="bad sector"):
            await server

    asyncio.run(check())


def test_a_port_in_use_is_one_clear_line() -> None:
    with closing(listen("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EnvironmentFailure) as caught:
            listen("127.0.0.1", port)
    assert f"port {port} is in use" in str(caught.value)
    assert "--port" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_address_that_is_not_this_machines_says_what_to_choose() -> None:
    with pytest.raises(EnvironmentFailure, match="--host"):
        listen("192.0.2.1", 0)


def test_a_host_that_is_no_address_is_named() -> None:
    with pytest.raises(EnvironmentFailure, match="no such host!"):
        listen("no such host!", 0)


def test_the_url_names_the_real_port_and_puts_brackets_around_ipv6() -> None:
    with closing(listen("127.0.0.1", 0)) as four:
        assert url_of(four) == f"http://127.0.0.1:{four.getsockname()[1]}"
    if socket.has_ipv6:
        try:
            six = listen("::1", 0)
        except EnvironmentFailure:
            pytest.skip("this machine has no IPv6 loopback")
        with closing(six):
            assert url_of(six) == f"http://[::1]:{six.getsockname()[1]}"
