"""A head that is recognised decides exactly what the same bytes decide in the parser."""

from __future__ import annotations

import asyncio
import json
from itertools import count, pairwise
from typing import TYPE_CHECKING

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from mainstem.collect import Answers, CollectSettings, CompiledSource, Handler, SourceTable, compile_plainly
from mainstem.collect.clock import Clock
from mainstem.collect.connections import Connections
from mainstem.collect.intake import Intake
from mainstem.collect.replies import OK
from mainstem.collect.transport import Connection
from mainstem.errors import EventRejected
from mainstem.events import Received, Source, encode_received, received_envelope
from mainstem.testing.gateway import RecordingLog, Wire

if TYPE_CHECKING:
    from mainstem.collect import Request
    from mainstem.collect.request import Again

SETTINGS = CollectSettings(max_body_bytes=600, max_header_bytes=400, max_waiting_bytes=4000, max_pipelined=3)
NOON = 1_767_355_200_000_000_000

LINES = [
    "Host: h",
    "Authorization: Basic V0s6",
    "Authorization: Basic V0FUQ0hFRDo=",
    "authorization:Basic V0s6",
    "Origin: https://shop.example",
    "Content-Type: text/plain",
    "Content-Encoding: gzip",
    "Connection: close",
    "Connection: keep-alive",
    "Connection: Upgrade\r\nUpgrade: h2c",
    "Expect: 100-continue",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: identity",
    "X-Folded: a\r\n b",
    "X-Folded: a\r\n\tContent-Length: 3",
    "X-Bare: a\nContent-Length: 3",
    "X-Spaced : a",
    "X-Long: " + "x" * 330,
    "X-Nothing:",
]
LENGTHS = [
    "Content-Length: {}",
    "content-length:{}",
    "CONTENT-LENGTH:   {}",
    "Content-Length: {} ",
    "Content-Length: 0{}",
    "Content-Length: +{}",
    "Content-Length : {}",
    "Content-Length:\t{}",
    "Content-Length: {}\r\nContent-Length: {}",
    "Content-Length: {}\r\nContent-Length: 3",
    "X-Content-Length: 3\r\nContent-Length: {}",
    "Content-Length: 1{}",
    "Content-Length: \r\n {}",
    "",
]
TARGETS = [
    "/v1/track",
    "/v1/t?writeKey=WK",
    "http://h/v1/track?writeKey=WK",
    "/v1/batch?writeKey=WK",
    "/v1/track?writeKey=no",
    "/v1/m?writeKey=WK",
    "/nowhere",
]
PLAIN = json.dumps({"userId": "u", "messageId": "m", "event": "é"}, ensure_ascii=False).encode()
BODIES = [
    PLAIN,
    b'{"userId":"u","messageId":"n","properties":{"a":[1,2,{}]}}',
    b'{"userId":"u"}',
    b'{"anonymousId":"a","messageId":" "}',
    b'{"messageId":"m"}',
    b'{"userId":"u","messageId":"m","series":[1]}',
    b'{"userId":"u","messageId":"\xff"}',
    b'{"batch":[{"type":"track","userId":"u"},7]}',
    b"{",
    b"[]",
    b'{"userId":"u","messageId":"m","x":"' + b"y" * 600 + b'"}',
    b"GET / HTTP/1.1\r\nContent-Length: 3\r\n\r\n",
    b"",
]

heads = st.tuples(
    st.sampled_from(["POST"] * 8 + ["GET", "HEAD", "OPTIONS", "CONNECT"]),
    st.sampled_from(TARGETS[:2] * 3 + TARGETS),
    st.sampled_from(["HTTP/1.1"] * 8 + ["HTTP/1.0", "HTTP/2.0"]),
    st.lists(st.sampled_from(LINES[:3] * 4 + LINES), max_size=3),
    st.sampled_from(LENGTHS[:2] * 8 + LENGTHS),
    st.integers(0, 3),
)
Head = tuple[str, str, str, list[str], str, int]


@st.composite
def streams(draw: st.DrawFn) -> list[bytes]:
    """What arrives, cut into reads: mostly one request after the other under the same head."""
    few = draw(st.lists(heads, min_size=1, max_size=3))
    messages = [
        message(draw(st.sampled_from(few)), draw(st.sampled_from(BODIES)))
        for _ in range(draw(st.integers(2, 8)))
    ]
    data = b"".join(messages)
    ends = [sum(map(len, messages[: at + 1])) for at in range(len(messages))]
    cuts = draw(st.one_of(st.just([]), st.lists(st.integers(0, len(data)), max_size=3)))
    joined = draw(st.sets(st.sampled_from(ends), max_size=2))
    edges = sorted({0, len(data), *cuts, *(set(ends) - joined)})
    return [data[start:end] for start, end in pairwise(edges)]


def message(head: Head, body: bytes) -> bytes:
    method, target, version, lines, length, at = head
    written = [*lines[:at], *([length.replace("{}", str(len(body)))] if length else []), *lines[at:]]
    return "\r\n".join([f"{method} {target} {version}", *written, "", ""]).encode() + body


class Parsed(Connection):
    """Never recognises anything."""

    def _learnt(self, data: bytes) -> None:
        return None


Seen = tuple[bytes, bool, bool, bool, list[bytes], list[bytes], list["Request"], list[object]]


async def outcome_of(chunks: list[bytes], pauses: int, connect: type[Connection]) -> Seen:
    ids = count(1)
    requests: list[Request] = []

    def refuse_sometimes(request: Request, events: int) -> None:
        if b"[1,2" in request.body:
            raise EventRejected(429, "not so fast", retry_after=events)

    def compiled(source: Source) -> CompiledSource:
        plain = compile_plainly(source)
        if source.id == "plain":
            return plain
        return msgspec.structs.replace(plain, taps=(requests.append,), gates=(refuse_sometimes,))

    table = SourceTable([Source("plain", "P", ("WK",)), Source("watched", "W", ("WATCHED",))], compiled)
    handler = Handler(
        table,
        max_body_bytes=SETTINGS.max_body_bytes,
        max_batch_events=5,
        strict=False,
        new_message_id=lambda: f"made-{next(ids)}",
        other_routes=Answers(None, "", lambda: OK).routes,
    )
    log, quarantine = RecordingLog(), RecordingLog()
    intake = Intake(log, quarantine, SETTINGS.max_waiting_bytes)
    shared = Connections(SETTINGS, handler.handle, intake, Clock(lambda: NOON), lambda: 0.0, handler.again)
    wire = Wire(shared, connect=connect)
    for number, chunk in enumerate(chunks):
        if not wire.closed:
            wire.send(chunk)
        if pauses >> number & 1 or not wire.reading:
            await intake.drained()
    await intake.drained()
    counts = [compiled.counts for compiled in table.compiled]
    facts = (bytes(wire.sent), wire.closed, wire.aborted, wire.ended, log.records, quarantine.records)
    return *facts, requests, list(counts)


TWICE = [message(("POST", "/v1/track", "HTTP/1.1", LINES[1:2], LENGTHS[0], 0), PLAIN)] * 4


@given(streams(), st.just(-1) | st.integers(0, 2**12))
@example(TWICE, -1)
def test_a_recognised_head_decides_what_the_parser_would_have_decided(
    chunks: list[bytes], pauses: int
) -> None:
    """`pauses` has a bit for each chunk after which the log catches up."""

    async def both() -> None:
        assert await outcome_of(chunks, pauses, Connection) == await outcome_of(chunks, pauses, Parsed)

    asyncio.run(both())


def test_the_heads_tried_here_are_recognised_at_all() -> None:
    recognised: list[bool] = []

    class Watched(Connection):
        def _read(self, data: bytes) -> None:
            recognised.append(False)
            super()._read(data)

    asyncio.run(outcome_of(TWICE, -1, Watched))
    assert len(recognised) == 2  # the first is not worth learning from, the second is


@given(
    st.text(max_size=40),
    st.text(max_size=10),
    st.sampled_from(["track", "identify", "null", None]),
    st.sampled_from(BODIES[:5]),
)
def test_an_envelope_around_an_event_is_the_encoded_record(
    ip: str, source_id: str, kind: str | None, body: bytes
) -> None:
    stamp = "2026-01-02T03:04:05.678Z"
    front, middle, back = received_envelope(ip, source_id, kind)
    made = front + stamp.encode() + middle + body + back
    assert made == encode_received(Received(stamp, ip, source_id, msgspec.Raw(body), kind))


@given(st.sampled_from(BODIES) | st.binary(max_size=40))
def test_the_short_way_says_nothing_or_what_the_long_way_says(body: bytes) -> None:
    table = SourceTable([Source("plain", "P", ("WK",))])
    handler = Handler(
        table,
        max_body_bytes=600,
        max_batch_events=5,
        strict=False,
        new_message_id=lambda: "made",
        other_routes=lambda _: (),
    )
    head = _request(b"")
    again = handler.again(head)
    assert again is not None
    found = again(body, head.received_at)
    if found is not None:
        outcome = handler.handle(_request(body))
        assert [found] == getattr(outcome, "records", None)


def _request(body: bytes) -> Request:
    from mainstem.collect import Request

    return Request(b"POST", b"/v1/track", b"writeKey=WK", {}, body, "203.0.113.7", "2026-01-02T03:04:05.678Z")


def test_a_short_way_ends_when_the_sources_are_replaced() -> None:
    handler = Handler(
        SourceTable([Source("plain", "P", ("WK",))]),
        max_body_bytes=600,
        max_batch_events=5,
        strict=False,
        new_message_id=lambda: "made",
        other_routes=lambda _: (),
    )
    again: Again | None = handler.again(_request(b""))
    assert again is not None
    assert again(PLAIN, "now") is not None
    handler.use(SourceTable([]))
    assert again(PLAIN, "now") is None
