"""Any bytes in any pieces: each request is answered in its turn, or its connection ends."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import os
import random
import re
import tracemalloc
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import uvloop

from mainstem.collect import Accepted, CollectSettings, Outcome, Request, SourceTable, serve
from mainstem.collect.clock import Clock
from mainstem.collect.connections import Connections
from mainstem.collect.intake import Intake
from mainstem.collect.replies import make_reply
from mainstem.collect.server import open_handler
from mainstem.events import Source, decode_received
from mainstem.testing.gateway import RecordingLog, Wire
from mainstem.testing.mutations import Mutator, chopped
from mainstem.testing.share import share_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from random import Random

SETTINGS = CollectSettings(port=0, max_body_bytes=20_000, max_header_bytes=4000, max_partial_bytes=60_000)
SOURCES = (
    Source("s", "S", ("WK", "WRITEKEY1")),
    Source("hook", "Hook", ("HOOK",), category="webhook"),
    Source("off", "Off", ("OFF",), enabled=False),
)
REFUSALS = {400, 413, 431}
"""What a connection may be told of bytes that are no request it reads."""
DOCUMENTED = REFUSALS | {200, 204, 304, 401, 403, 404, 405, 415}
TOKENS = (
    b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b";", b",", b"\r\n\r\n", b"\r\n ", b"\r\n\t",
    b"\xff", b"\x80",
    b"GET /health HTTP/1.1\r\n\r\n", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"PRI * HTTP/2.0",
    b"Content-Length: 5\r\n", b"Content-Length: 0\r\n", b"Content-Length: -1\r\n", b"content-length:5\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: identity\r\n", b"Transfer-Encoding : chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n", b"transfer-encoding:\tchunked\r\n",
    b"Trailer: Content-Encoding\r\n",
    b"Connection: close\r\n", b"Connection: keep-alive\r\n", b"Connection: Upgrade\r\nUpgrade: h2c\r\n",
    b"Connection: Upgrade, close\r\nUpgrade: h2c, websocket\r\n", b"Expect: 100-continue\r\n",
    b"Expect: x\r\n",
    b"Content-Encoding: gzip\r\n", b"Content-Encoding: br\r\n", b"Origin: http://a\r\n", b"X-" + b"n" * 3000,
    b"X: " + b"y" * 5000 + b"\r\n", b"0\r\n\r\n", b"5\r\nhello\r\n", b"FFFFFFFFFFFFFFFFF\r\n", b"5;a=b\r\n",
    b"CONNECT a:1 HTTP/1.1\r\n", b"OPTIONS * HTTP/1.1\r\n", b"HEAD ", b"POST ", b"TRACE ", b"M-SEARCH ",
    b"SOURCE ",
    b"http://h/v1/track", b"//h/v1/track", b"/v1/../health", b"/v1/%74rack", b"?writeKey=WK",
    b"?writeKey=%00&a&&=",
    b"/v1/batch", b"/beacon/v1/batch", b"/pixel/v1/track", b"/v1/webhook", b"/v1/import", b"/sourceConfig/",
    b"/rsaRequest", b"/v1/projects/WK/settings", b"/", b"*",
)  # fmt: skip


def seeded() -> Random:
    """`MAINSTEM_TEST_SEED` repeats a run."""
    seed = int(os.environ.get("MAINSTEM_TEST_SEED", random.randrange(1_000_000)))
    print(f"seed {seed}: MAINSTEM_TEST_SEED={seed} makes the same bytes")  # noqa: T201 # shown when the test fails
    return random.Random(seed)


def http(method: str, path: str, *lines: str, body: bytes = b"", chunked: bool = False) -> bytes:
    if chunked:
        framing = ["Transfer-Encoding: chunked"]
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:9], body[9:]) if part)
        body += b"0\r\n\r\n"
    else:
        framing = [f"Content-Length: {len(body)}"] if body else []
    head = [f"{method} {path} HTTP/1.1", "Host: h", *framing, *lines, "", ""]
    return "\r\n".join(head).encode() + body


TRACK = b'{"userId":"u","event":"e","messageId":"m"}'
BATCH = b'{"batch":[{"type":"track","userId":"u"},{"type":"page","anonymousId":"a"},7],"writeKey":"WK"}'
CORPUS = [
    http("POST", "/v1/track?writeKey=WK", body=TRACK),
    http("POST", "/v1/t", "Authorization: Basic V0s6", body=TRACK, chunked=True),
    http("POST", "/v1/batch", "Connection: Upgrade", "Upgrade: h2c", body=BATCH),
    http("POST", "/v1/b?writeKey=WK", "Content-Encoding: gzip", body=gzip.compress(BATCH, mtime=0)),
    http("POST", "/v1/identify?writeKey=WK", "Expect: 100-continue", "Origin: http://shop", body=TRACK),
    http("POST", "/beacon/v1/batch?writeKey=WK", "Content-Type: text/plain", body=BATCH, chunked=True),
    http("POST", "/v1/track?writeKey=WK", "Connection: close", body=TRACK),
    http("POST", "/v1/webhook?writeKey=HOOK", body=b'{"anything":[1,2]}'),
    http("GET", "/health"),
    http("HEAD", "/version"),
    http("GET", "/sourceConfig/?writeKey=WK"),
    http("GET", "/pixel/v1/track?writeKey=WK&userId=u&event=e"),
    http("GET", "/v1/projects/WK/settings"),
    http("OPTIONS", "/v1/batch", "Origin: http://shop", "Access-Control-Request-Headers: authorization"),
    http("GET", "/nowhere"),
    http("GET", "/health").replace(b"HTTP/1.1", b"HTTP/1.0"),
]  # fmt: skip


def sdk_requests(conformance: Path) -> list[bytes]:
    """What real SDKs were recorded sending, as HTTP/1.1."""
    found = []
    for file in sorted((conformance / "sdk_payloads").glob("*.json")):
        if file.name.startswith("RESPONSE_"):
            continue
        for entry in json.loads(file.read_text()):
            asked = entry["request"]
            body = b"" if entry["body"] is None else json.dumps(entry["body"]).encode()
            lines = [f"{name}: {value}" for name, value in asked["headers"].items()]
            if asked["headers"].get("Content-Encoding") == "gzip":
                body = gzip.compress(body, mtime=0)
            lines = [line for line in lines if not line.lower().startswith("content-length")]
            query = "&".join(f"{name}={value}" for name, value in asked["query"].items())
            found.append(http(asked["method"], f"{asked['path']}?{query}", *lines, body=body))
    return found


class Gateway:
    """The gateway without sockets, on a clock that only tests move; it writes down what it was asked."""

    def __init__(self, settings: CollectSettings = SETTINGS) -> None:
        self.asked: list[tuple[Request, Outcome]] = []
        self.log, self.quarantine = RecordingLog(), RecordingLog()
        self.time = 100.0
        self.intake = Intake(self.log, self.quarantine, settings.max_waiting_bytes)
        self._handler = open_handler(settings, SourceTable(SOURCES), "", lambda: make_reply(200, b"healthy"))
        self.connections = Connections(
            settings, self._handle, self.intake, Clock(lambda: 0), lambda: self.time
        )

    def _handle(self, request: Request) -> Outcome:
        outcome = self._handler.handle(request)
        self.asked.append((request, outcome))
        return outcome

    def forget(self) -> None:
        self.asked.clear()
        self.log.appends.clear()
        self.quarantine.appends.clear()

    async def exchange(self, pieces: list[bytes]) -> Wire:
        """Send the pieces, then nothing more, and wait for the answers."""
        wire = Wire(self.connections).send(*pieces)
        await asyncio.sleep(0)
        await self.intake.drained()
        if not wire.closed and not wire.connection.eof_received():
            wire.close()
        await self.intake.drained()
        return wire

    def due(self) -> list[int]:
        """The statuses of what was asked, in order."""
        return [200 if isinstance(outcome, Accepted) else outcome.status for _, outcome in self.asked]

    def kept(self) -> list[tuple[str, str, bytes]]:
        """Records in any order, without the ids that the gateway makes."""
        records = map(decode_received, self.log.records)
        return sorted(
            (record.source_id, record.type or "", MADE_ID.sub(b"", record.event)) for record in records
        )


MADE_ID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def statuses(sent: bytes, methods: list[bytes]) -> list[int]:
    """Every answer to its last byte, `methods` being what they answer; anything else fails."""
    found: list[int] = []
    at = 0
    while at < len(sent):
        end = sent.index(b"\r\n\r\n", at) + 4
        lines = sent[at:end].split(b"\r\n")
        version, status, _ = lines[0].split(b" ", 2)
        assert version == b"HTTP/1.1"
        names = [line.partition(b":")[0].lower() for line in lines[1:-2]]
        assert all(name and not set(name) - NAME_BYTES for name in names), lines
        at = end
        if status == b"100":
            continue
        method = methods[len(found)] if len(found) < len(methods) else b""
        found.append(int(status))
        assert (
            len(names) == len({*names} | {n for n in names if n == b"set-cookie"}) or b"set-cookie" in names
        )
        if method != b"HEAD":
            length = [
                line.partition(b":")[2] for line in lines if line.lower().startswith(b"content-length:")
            ]
            at += int(length[0]) if length else 0
    assert at == len(sent)
    return found


NAME_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyz-")


def check_answers(gateway: Gateway, wire: Wire) -> None:
    """Each request its answer, in order; then at most one refusal; then the end."""
    told = statuses(bytes(wire.sent), [request.method for request, _ in gateway.asked])
    due = gateway.due()
    assert told[: len(due)] == due
    assert len(told) <= len(due) + 1
    assert set(told) <= DOCUMENTED
    assert set(told[len(due) :]) <= REFUSALS
    accepted = [outcome for _, outcome in gateway.asked if isinstance(outcome, Accepted)]
    assert sorted(gateway.log.records) == sorted(record for one in accepted for record in one.records)
    assert sorted(gateway.quarantine.records) == sorted(held for one in accepted for held in one.quarantined)


async def check_still_well(gateway: Gateway) -> None:
    """Nothing of what went before is held on to, and the next sender is served."""
    gateway.time += 10_000
    gateway.connections.sweep()
    assert len(gateway.connections) == 0
    assert gateway.intake.waiting_bytes == 0
    gateway.forget()
    body = b'{"userId":"u","event":"' + b"e" * 19_000 + b'"}'
    wires = [Wire(gateway.connections) for _ in range(3)]
    request = http("POST", "/v1/track?writeKey=WK", body=body)
    for wire in wires:
        wire.send(request[:-1])
    for wire in wires:
        wire.send(request[-1:])
    await gateway.intake.drained()
    assert [statuses(bytes(wire.sent), [b"POST"]) for wire in wires] == [[200]] * 3
    for wire in wires:
        wire.close()


def fuzz(check: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run on a loop of its own that lets no exception pass unseen."""

    async def run() -> None:
        unseen: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unseen.append(context))
        await check()
        assert unseen == []

    asyncio.run(run())


ROUNDS = [
    pytest.param(share_of(10_000)),
    pytest.param(500_000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_pipelines_right_and_wrong_are_answered_in_order_or_ended(rounds: int, conformance: Path) -> None:
    chance = seeded()
    mutator = Mutator(chance, [*CORPUS, *sdk_requests(conformance)], TOKENS)

    async def check() -> None:
        gateway = Gateway()
        for number in range(rounds):
            gateway.forget()
            pipeline = [
                mutator.mutated() if chance.random() < 0.4 else mutator.sample()
                for _ in range(chance.randint(1, 5))
            ]
            wire = await gateway.exchange(chopped(chance, b"".join(pipeline)))
            try:
                check_answers(gateway, wire)
            except BaseException:
                print(number, pipeline)  # noqa: T201 # shown when the test fails
                raise
        await check_still_well(gateway)

    fuzz(check)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_request_that_is_like_the_one_before_but_for_a_little_is_read_as_what_it_is(
    rounds: int, conformance: Path
) -> None:
    """One request in one piece, as SDKs send on a connection they keep. Those that are whole are answered
    as on a connection of their own, and the same is kept of them."""
    chance = seeded()
    corpus = [*CORPUS, *sdk_requests(conformance)]

    async def check() -> None:
        kept, apart, compared = Gateway(), Gateway(), 0
        whole = http("GET", "/whole")
        for number in range(rounds // 5):
            kept.forget()
            apart.forget()
            mutator = Mutator(chance, [chance.choice(corpus)], TOKENS)
            series = [
                mutator.mutated() if chance.random() < 0.3 else mutator.sample()
                for _ in range(chance.randint(2, 6))
            ]
            wire = await kept.exchange(series)
            check_answers(kept, wire)
            alone: list[int] = []
            for request in series:
                before = len(apart.asked)
                await apart.exchange([request, whole])
                asked = apart.asked[before:]
                if [found.path for found, _ in asked[1:]] != [b"/whole"]:
                    break  # it ends the connection, or what follows it is read as a part of it
                alone.append(apart.due()[before])
            else:
                compared += 1
                assert (kept.due(), kept.kept()) == (alone, apart.kept()), (number, series)
        assert compared > rounds // 20

    fuzz(check)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_how_bytes_are_cut_into_pieces_changes_nothing(rounds: int, conformance: Path) -> None:
    chance = seeded()
    mutator = Mutator(chance, [*CORPUS, *sdk_requests(conformance)], TOKENS)

    async def check() -> None:
        whole, cut = Gateway(), Gateway()
        for number in range(rounds // 2):
            data = mutator.sample() + mutator.mutated() + mutator.sample()
            whole.forget()
            cut.forget()
            pieces = chopped(chance, data)
            once = await whole.exchange([data])
            again = await cut.exchange(pieces)
            told = [
                statuses(bytes(wire.sent), [request.method for request, _ in gateway.asked])
                for wire, gateway in ((once, whole), (again, cut))
            ]
            if 431 not in told[0] + told[1]:  # it may be told before or after what is wrong behind it
                assert (told[0], whole.kept()) == (told[1], cut.kept()), (number, data, pieces)

    fuzz(check)


HIDDEN = b"GET /hidden HTTP/1.1\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"POST /v1/track HTTP/1.1\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 26\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nContent-Length: 0, 26\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nContent-Length: +0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nContent-Length: 0x0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nContent-Length: 18446744073709551616\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nContent-Length : 0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nContent-Length:\r\n 0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nX: a\r\n Content-Length: 0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\n Content-Length: 0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxxx\r\n0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\rx\r\n0\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nX: a\0b\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nX: a\rContent-Length: 9\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nX\0: a\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\n: no name\r\n\r\n",
        b"POST /v1/track\0 HTTP/1.1\r\n\r\n",
        b"POST /v1/track HTTP/0.9\r\n\r\n",
        b"POST /v1/track HTTP/1.10\r\n\r\n",
        b"POST /v1/track HTTP/2.0\r\n\r\n",
        b"POST /v1/track http/1.1\r\n\r\n",
        b"POST /v1/track HTTP/1.1 more\r\n\r\n",
        b"POST\t/v1/track\tHTTP/1.1\r\n\r\n",
        b"post /v1/track HTTP/1.1\r\n\r\n",
        b"GET /health\r\n",
        b"CONNECT h:443 HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ],
)
def test_what_could_be_read_in_two_ways_ends_the_connection_before_anything_behind_it(head: bytes) -> None:
    async def check() -> None:
        gateway = Gateway()
        for pieces in ([head + HIDDEN + HIDDEN], [head, HIDDEN, HIDDEN]):
            gateway.forget()
            wire = await gateway.exchange(pieces)
            assert b"/hidden" not in [request.path for request, _ in gateway.asked]
            told = statuses(bytes(wire.sent), [request.method for request, _ in gateway.asked])
            assert told in ([400], [401, 400]), told
            assert wire.ended or wire.closed

    fuzz(check)


def test_thousands_of_offers_to_upgrade_in_one_piece_are_requests_like_others() -> None:
    async def check() -> None:
        gateway = Gateway()
        offer = http("GET", "/health", "Connection: Upgrade", "Upgrade: h2c")
        wire = await gateway.exchange([offer * 3000 + http("GET", "/version")])
        assert gateway.due() == [200] * 3001
        check_answers(gateway, wire)

    fuzz(check)


@pytest.mark.parametrize("keeps_every_header", [False, True])
@pytest.mark.parametrize(
    ("request_", "closes"),
    [
        (http("GET", "/health", "Connection: Upgrade", "Upgrade: h2c"), False),
        (http("GET", "/health", "Connection: Upgrade, close", "Upgrade: h2c"), True),
        (http("GET", "/health", "Connection: Upgrade", "Upgrade: h2c").replace(b"1.1", b"1.0"), True),
    ],
)
def test_an_offer_to_upgrade_does_not_change_when_the_connection_ends(
    request_: bytes, closes: bool, keeps_every_header: bool
) -> None:
    async def check() -> None:
        gateway = Gateway()
        gateway.connections.keeps_every_header = keeps_every_header
        wire = Wire(gateway.connections).send(request_)
        assert statuses(bytes(wire.sent), [b"GET"]) == [200]
        assert wire.closed is closes
        wire.close()

    fuzz(check)


def test_a_body_in_tiny_chunks_costs_little_more_than_its_size() -> None:
    async def check() -> None:
        gateway = Gateway(CollectSettings())
        wire = Wire(gateway.connections).send(
            b"POST /v1/track HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        tracemalloc.start()
        for _ in range(1000):
            wire.send(b"2\r\n  \r\n" * 100)
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        wire.close()
        assert held < 2 * 200_000

    fuzz(check)


@pytest.mark.parametrize(
    "opening",
    [
        b"POST /v1/track HTTP/1.1\r\nX: ",
        b"POST /v1/track?writeKey=",
        b"POST /v1/track HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n \r\n0\r\nX: ",
        b"POST /v1/track HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;x=",
    ],
    ids=["header", "query", "trailer", "extension"],
)
def test_no_part_of_a_request_may_go_on_without_end(opening: bytes) -> None:
    async def check() -> None:
        gateway = Gateway()
        wire = Wire(gateway.connections).send(opening)
        for _ in range(5):
            wire.send(b"x" * 1000)
        assert statuses(bytes(wire.sent), [b"POST"]) == [431]
        assert wire.ended

    fuzz(check)


def test_slow_and_silent_senders_are_cut_off_and_leave_nothing_behind(conformance: Path) -> None:
    chance = seeded()
    mutator = Mutator(chance, [*CORPUS, *sdk_requests(conformance)], TOKENS)

    async def check() -> None:
        gateway = Gateway()
        for _ in range(2000):
            gateway.forget()
            wire = Wire(gateway.connections)
            for piece in chopped(chance, mutator.sample() + mutator.mutated()):
                if chance.random() < 0.05:
                    gateway.time += chance.choice((1, 9, 11, 61, 100))
                    gateway.connections.sweep()
                wire.send(piece)
            await gateway.intake.drained()
            told = statuses(bytes(wire.sent), [request.method for request, _ in gateway.asked])
            if wire.aborted:
                assert told[: len(gateway.due())] == gateway.due()[: len(told)]
            else:
                assert told[: len(gateway.due())] == gateway.due()
        await check_still_well(gateway)

    fuzz(check)


async def talk(chance: Random, port: int, pieces: list[bytes]) -> bytes:
    """Send pieces over a socket, end or just leave; what came back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received = b""
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if chance.random() < 0.1:
            writer.transport.abort()
            return b""
        writer.write_eof()
        received = await reader.read()
    except ConnectionError:
        pass  # cut off while it still wrote
    finally:
        writer.close()
    return received


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(share_of(100)),
        pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
    ],
)
def test_real_sockets_fed_with_anything_are_answered_or_closed_and_the_next_is_served(
    rounds: int, conformance: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chance = seeded()
    mutator = Mutator(chance, [*CORPUS, *sdk_requests(conformance)], TOKENS)
    settings = msgspec.structs.replace(SETTINGS, linger_timeout=0.5, shutdown_timeout=5)

    async def main() -> None:
        unseen: list[dict[str, Any]] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: unseen.append(context))
        stop, url = asyncio.Event(), loop.create_future()
        log = RecordingLog()
        table = SourceTable(SOURCES)
        server = loop.create_task(
            serve(settings, table, log, RecordingLog(), ready=url.set_result, stop=stop)
        )
        port = int((await url).rpartition(":")[2])
        for _ in range(rounds):
            streams = [
                chopped(chance, mutator.sample() + mutator.mutated() + mutator.sample()) for _ in range(8)
            ]
            for received in await asyncio.gather(*(talk(chance, port, pieces) for pieces in streams)):
                assert received == b"" or received.startswith(b"HTTP/1.1 ")
                assert b"HTTP/1.1 5" not in received
        # What somebody sent who just left may be kept meanwhile, so that counting says nothing.
        last = TRACK.replace(b'"m"', b'"the one after all"')
        told = await talk(random.Random(1), port, [http("POST", "/v1/track?writeKey=WK", body=last)])
        assert told.endswith(b"\r\n\r\nok")
        assert sum(last in record for record in log.records) == 1
        stop.set()
        await server
        assert unseen == []

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
