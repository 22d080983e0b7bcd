from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import pytest

from mainstem.collect import Answers, CollectSettings, Handler, SourceTable
from mainstem.collect.clock import Clock
from mainstem.collect.connections import Connections
from mainstem.collect.intake import Intake
from mainstem.collect.replies import make_reply
from mainstem.collect.room import PATIENCE
from mainstem.errors import LogUnavailable
from mainstem.events import Source, decode_received
from mainstem.testing.gateway import RecordingLog, Wire

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SETTINGS = CollectSettings(
    max_body_bytes=1000,
    max_header_bytes=600,
    max_connections=3,
    max_pipelined=4,
    first_byte_timeout=30,
    header_timeout=10,
    body_timeout=60,
    idle_timeout=75,
    linger_timeout=5,
)
NOON = 1_767_355_200_000_000_000  # 2026-01-02T12:00:00Z


@dataclass
class Stage:
    """A gateway without sockets, on a clock that stands still until it is moved."""

    settings: CollectSettings = SETTINGS
    log: RecordingLog = field(default_factory=RecordingLog)
    quarantine: RecordingLog = field(default_factory=RecordingLog)
    time: float = 100.0

    def __post_init__(self) -> None:
        ids = count(1)
        handler = Handler(
            SourceTable([Source("web", "Website", ("WK",))]),
            max_body_bytes=self.settings.max_body_bytes,
            max_batch_events=self.settings.max_batch_events,
            strict=False,
            new_message_id=lambda: f"made-{next(ids)}",
            other_routes=Answers(None, "", lambda: make_reply(200, b"healthy")).routes,
        )
        self.intake = Intake(self.log, self.quarantine, self.settings.max_waiting_bytes)
        self.shared = Connections(
            self.settings, handler.handle, self.intake, Clock(lambda: NOON), lambda: self.time
        )

    def wire(self) -> Wire:
        return Wire(self.shared)

    def events(self) -> list[str]:
        return [json.loads(bytes(decode_received(record).event))["event"] for record in self.log.records]

    def wait(self, seconds: float) -> None:
        self.time += seconds
        self.shared.sweep()


def on_stage(test: Callable[[Stage], Awaitable[None]], settings: CollectSettings = SETTINGS) -> None:
    async def run() -> None:
        stage = Stage(settings)
        await test(stage)
        stage.log.release()
        await stage.intake.drained()

    asyncio.run(run())


def post(event: str = "e", *, path: str = "/v1/track?writeKey=WK", pad: int = 0, headers: str = "") -> bytes:
    body = json.dumps({"userId": "u", "messageId": "m", "event": event}).encode() + b" " * pad
    return head(path, f"Content-Length: {len(body)}\r\n{headers}") + body


def head(path: str, headers: str = "", method: str = "POST") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: h\r\n{headers}\r\n".encode()


HEALTH = head("/health", method="GET")


def test_ok_is_written_only_after_the_log_has_the_record() -> None:
    async def check(stage: Stage) -> None:
        stage.log.hold()
        wire = stage.wire().send(post())
        await asyncio.sleep(0)
        assert wire.sent == b""
        stage.log.release()
        await stage.intake.drained()
        (answer,) = wire.answers()
        assert (answer.status, answer.body) == (200, b"ok")
        assert answer.headers["date"] == "Fri, 02 Jan 2026 12:00:00 GMT"
        assert stage.events() == ["e"]

    on_stage(check)


def test_a_record_says_who_sent_it_and_when_it_had_wholly_arrived() -> None:
    async def check(stage: Stage) -> None:
        stage.wire().send(post())
        await stage.intake.drained()
        record = decode_received(stage.log.records[0])
        assert (record.request_ip, record.received_at) == ("203.0.113.7", "2026-01-02T12:00:00.000Z")

    on_stage(check)


@pytest.mark.parametrize("size", [1, 7, 64])
def test_a_request_may_arrive_in_any_pieces(size: int) -> None:
    async def check(stage: Stage) -> None:
        data = post("a") + post("b")
        wire = stage.wire().send(*(data[at : at + size] for at in range(0, len(data), size)))
        await stage.intake.drained()
        assert [answer.status for answer in wire.answers()] == [200, 200]
        assert stage.events() == ["a", "b"]

    on_stage(check)


def test_pipelined_requests_are_answered_in_the_order_they_were_asked() -> None:
    async def check(stage: Stage) -> None:
        stage.log.hold()
        wire = stage.wire().send(post("a") + HEALTH + post("b", path="/v1/nowhere") + post("c"))
        await asyncio.sleep(0)
        assert wire.sent == b""
        stage.log.release()
        await stage.intake.drained()
        assert [answer.body for answer in wire.answers()] == [
            b"ok",
            b"healthy",
            b"404 page not found\n",
            b"ok",
        ]
        assert not wire.closed

    on_stage(check)


def test_requests_of_one_turn_share_one_append() -> None:
    async def check(stage: Stage) -> None:
        first, second = stage.wire().send(post("a")), stage.wire().send(post("b") + post("c"))
        await stage.intake.drained()
        assert len(stage.log.appends) == 1
        assert (len(first.answers()), len(second.answers())) == (1, 2)

    on_stage(check)


def test_a_malformed_request_is_answered_after_the_good_ones_before_it() -> None:
    async def check(stage: Stage) -> None:
        stage.log.hold()
        wire = stage.wire().send(post() + b"nonsense\r\n\r\n")
        stage.log.release()
        await stage.intake.drained()
        assert [answer.status for answer in wire.answers()] == [200, 400]
        assert wire.answers()[1].headers["connection"] == "close"
        assert wire.ended

    on_stage(check)


@pytest.mark.parametrize("line", ["Connection: close\r\n", None])
def test_a_client_that_wants_to_close_is_answered_and_closed(line: str | None) -> None:
    async def check(stage: Stage) -> None:
        data = post(headers=line) if line else post().replace(b"HTTP/1.1", b"HTTP/1.0")
        wire = stage.wire().send(data + HEALTH)
        await stage.intake.drained()
        (answer,) = wire.answers()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert wire.closed
        assert not wire.aborted

    on_stage(check)


def test_a_half_closed_client_still_gets_its_answer() -> None:
    async def check(stage: Stage) -> None:
        wire = stage.wire().send(post())
        assert wire.connection.eof_received()
        await stage.intake.drained()
        assert [answer.status for answer in wire.answers()] == [200]
        assert wire.closed

    on_stage(check)


def test_a_client_that_went_away_loses_nothing_that_it_sent() -> None:
    async def check(stage: Stage) -> None:
        stage.wire().send(post("kept")).close()
        await stage.intake.drained()
        assert stage.events() == ["kept"]

    on_stage(check)


def test_head_is_answered_without_a_body() -> None:
    async def check(stage: Stage) -> None:
        wire = stage.wire().send(head("/health", method="HEAD"))
        (answer,) = wire.answers(head=True)
        assert (answer.status, answer.headers["content-length"], answer.body) == (200, "7", b"")

    on_stage(check)


def test_a_chunked_body_is_put_together_and_its_trailers_change_nothing() -> None:
    async def check(stage: Stage) -> None:
        body = b'{"userId":"u","event":"chunked"}'
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:5], body[5:]))
        data = head("/v1/track?writeKey=WK", "Transfer-Encoding: chunked\r\n")
        wire = stage.wire().send(data + chunks + b"0\r\nContent-Encoding: gzip\r\n\r\n")
        await stage.intake.drained()
        assert [answer.status for answer in wire.answers()] == [200]
        assert stage.events() == ["chunked"]

    on_stage(check)


def test_a_request_target_in_absolute_form_is_understood() -> None:
    async def check(stage: Stage) -> None:
        wire = stage.wire().send(post(path="http://h/v1/track?writeKey=WK"))
        await stage.intake.drained()
        assert [answer.status for answer in wire.answers()] == [200]

    on_stage(check)


@pytest.mark.parametrize("split", [False, True])
def test_an_offer_to_upgrade_is_ignored_and_its_body_read(split: bool) -> None:
    async def check(stage: Stage) -> None:
        data = post("h2c", headers="Connection: Upgrade\r\nUpgrade: h2c\r\n") + post("next")
        at = data.index(b"\r\n\r\n") + 4
        wire = stage.wire().send(*((data[:at], data[at:]) if split else (data,)))
        await stage.intake.drained()
        assert [answer.status for answer in wire.answers()] == [200, 200]
        assert stage.events() == ["h2c", "next"]

    on_stage(check)


@pytest.mark.parametrize(
    "data",
    [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT h:443 HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",  # TLS to a plain port
        head("/v1/track", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
        head("/v1/track", "Content-Length: 3\r\nContent-Length: 4\r\n"),
        head("/v1/track", "Content-Length: -3\r\n"),
        head("/v1/track", "Content-Length: 99999999999999999999999\r\n"),
        head("/v1/track", "Bad Header: x\r\n"),
    ],
)
def test_what_is_no_http_is_refused_and_ends_the_connection(data: bytes) -> None:
    async def check(stage: Stage) -> None:
        wire = stage.wire().send(data, HEALTH)
        (answer,) = wire.answers()
        assert (answer.status, answer.body) == (400, b"malformed request\n")

    on_stage(check)


# Limits


def test_a_body_that_announces_too_much_is_refused_before_it_arrives() -> None:
    async def check(stage: Stage) -> None:
        wire = stage.wire().send(head("/v1/track", "Content-Length: 1001\r\nOrigin: http://shop\r\n"))
        (answer,) = wire.answers()
        assert (answer.status, answer.body) == (413, b"request size exceeds max limit\n")
        assert answer.headers["access-control-allow-origin"] == "http://shop"
        wire.send(b" " * 900, b" " * 101, HEALTH)
        assert len(wire.answers()) == 1
        assert (wire.ended, wire.closed) == (True, False)  # so that its sender reads the answer
        stage.wait(5)
        assert wire.closed

    on_stage(check)


def test_a_chunked_body_is_refused_when_it_has_grown_too_long() -> None:
    async def check(stage: Stage) -> None:
        chunk = b"1f4\r\n" + b" " * 500 + b"\r\n"
        wire = stage.wire().send(head("/v1/track", "Transfer-Encoding: chunked\r\n"), chunk, chunk)
        assert wire.answers() == []
        assert [answer.status for answer in wire.send(chunk, chunk).answers()] == [413]

    on_stage(check)


def test_a_small_body_that_unpacks_to_too_much_is_refused() -> None:
    async def check(stage: Stage) -> None:
        bomb = gzip.compress(b" " * 1_000_000)[:1000]
        lines = f"Content-Length: {len(bomb)}\r\nContent-Encoding: gzip\r\n"
        wire = stage.wire().send(head("/v1/track?writeKey=WK", lines) + bomb)
        assert [answer.status for answer in wire.answers()] == [413]
        assert not wire.closed  # the request itself was read to its end

    on_stage(check)


@pytest.mark.parametrize("pieces", [1, 700])
def test_headers_beyond_the_limit_are_refused(pieces: int) -> None:
    async def check(stage: Stage) -> None:
        data = head("/v1/track", f"Content-Length: 1001\r\nX-Filler: {'x' * 600}\r\n")
        size = -(-len(data) // pieces)
        wire = stage.wire().send(*(data[at : at + size] for at in range(0, len(data), size)))
        assert [answer.status for answer in wire.answers()] == [431]

    on_stage(check)


@pytest.mark.parametrize("pieces", [1, 500])
def test_headers_up_to_the_limit_are_read_however_slowly_they_come(pieces: int) -> None:
    async def check(stage: Stage) -> None:
        data = head("/health", f"X-Filler: {'x' * 540}\r\n", "GET")
        size = -(-len(data) // pieces)
        wire = stage.wire().send(*(data[at : at + size] for at in range(0, len(data), size)))
        assert [answer.status for answer in wire.answers()] == [200]

    on_stage(check)


def test_one_connection_too_many_is_told_to_come_again() -> None:
    async def check(stage: Stage) -> None:
        wires = [stage.wire() for _ in range(4)]
        (answer,) = wires[3].answers()
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        wires[0].close()
        wires[3].close()
        assert stage.wire().answers() == []

    on_stage(check)


def test_a_large_body_is_invited_where_its_sender_waits_for_that() -> None:
    async def check(stage: Stage) -> None:
        data = post(headers="Expect: 100-continue\r\n")
        at = data.index(b"\r\n\r\n") + 4
        wire = stage.wire().send(data[:at])
        assert wire.sent == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.send(data[at:])
        await stage.intake.drained()
        assert [answer.status for answer in wire.answers()] == [200]
        refused = stage.wire().send(head("/v1/track", "Content-Length: 1001\r\nExpect: 100-continue\r\n"))
        assert refused.sent.startswith(b"HTTP/1.1 413 ")

    on_stage(check)


# Time


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        (b"", 30.0),
        (b"POST /v1/track HTTP/1.1\r\nHost: h\r\nX-", 10.0),
        (head("/v1/track", "Content-Length: 9\r\n") + b"{", 60.0),
    ],
    ids=["nothing", "headers", "body"],
)
def test_a_client_that_takes_too_long_is_cut_off_without_an_answer(sent: bytes, seconds: float) -> None:
    async def check(stage: Stage) -> None:
        wire = stage.wire().send(sent)
        stage.wait(seconds - 0.5)
        if sent:
            wire.send(b"x")  # one more byte buys no time
        assert not wire.closed
        stage.wait(0.5)
        assert wire.aborted
        assert wire.sent == b""

    on_stage(check)


def test_idle_time_counts_from_the_last_answer() -> None:
    async def check(stage: Stage) -> None:
        wire = stage.wire()
        stage.wait(29)
        wire.send(HEALTH)
        stage.wait(70)
        assert not wire.closed
        stage.wait(5)
        assert wire.aborted

    on_stage(check)


def test_a_request_that_waits_for_the_log_is_not_cut_off() -> None:
    async def check(stage: Stage) -> None:
        stage.log.hold()
        wire = stage.wire().send(post())
        stage.wait(10_000)
        assert not wire.closed
        stage.log.release()
        await stage.intake.drained()
        assert [answer.status for answer in wire.answers()] == [200]

    on_stage(check)


def test_a_client_that_does_not_read_its_answers_is_not_read_from_and_then_cut_off() -> None:
    async def check(stage: Stage) -> None:
        wire = stage.wire()
        wire.connection.pause_writing()
        assert not wire.reading
        wire.connection.resume_writing()
        assert wire.reading
        wire.connection.pause_writing()
        stage.wait(60)
        assert wire.aborted

    on_stage(check)


# Backpressure


def test_reading_stops_everywhere_while_too_much_waits_and_goes_on_with_nothing_lost() -> None:
    async def check(stage: Stage) -> None:
        stage.log.hold()
        busy, other = stage.wire(), stage.wire()
        busy.send(post("a") + post("b") + post("c"))  # each counts more than 512 bytes; the budget is 1200
        assert (busy.reading, other.reading) == (False, False)
        assert stage.intake.waiting_bytes < 2 * 1200
        stage.log.release()
        await stage.intake.drained()
        assert (busy.reading, other.reading) == (True, True)
        await stage.intake.drained()
        assert [answer.status for answer in busy.answers()] == [200, 200, 200]
        assert stage.events() == ["a", "b", "c"]
        assert stage.intake.waiting_bytes == 0

    on_stage(
        check,
        CollectSettings(max_body_bytes=1000, max_waiting_bytes=1200),
    )


def test_a_connection_with_too_many_unanswered_requests_is_not_read_from() -> None:
    async def check(stage: Stage) -> None:
        stage.log.hold()
        wire = stage.wire().send(post() * 4)
        assert not wire.reading
        stage.log.release()
        await stage.intake.drained()
        assert wire.reading

    on_stage(check)


def test_when_bodies_get_too_many_the_oldest_is_read_to_its_end_and_none_is_cut_off() -> None:
    async def check(stage: Stage) -> None:
        opening = head("/v1/track", "Content-Length: 900\r\n")
        first, second = (stage.wire().send(opening) for _ in range(2))
        first.send(b" " * 500)
        second.send(b" " * 500)  # more than a quarter of 2000 now
        assert (first.reading, second.reading) == (True, False)
        late = stage.wire().send(opening, b" " * 500)  # more than half of it
        assert (first.reading, second.reading, late.reading) == (True, False, False)
        stage.wait(60)  # the time of those who are not read from stands still
        assert [wire.aborted for wire in (second, late)] == [False, False]

    on_stage(check, CollectSettings(max_body_bytes=1000, max_partial_bytes=2000, body_timeout=100))


def test_who_waited_for_room_is_read_on_in_the_end() -> None:
    async def check(stage: Stage) -> None:
        opening = head("/v1/track?writeKey=WK", "Content-Length: 900\r\n")
        wires = [stage.wire().send(opening, b" " * 300) for _ in range(5)]
        while wires:
            ready = [wire for wire in wires if wire.reading]
            assert ready[0] is wires[0]
            ready[0].send(b" " * 600)
            assert [answer.status for answer in ready[0].answers()] == [400]  # no JSON, but read
            wires.remove(ready[0])
        assert stage.shared.room.held == 0

    on_stage(check, CollectSettings(max_body_bytes=1000, max_partial_bytes=2000))


def test_who_has_the_turn_and_does_not_use_it_is_cut_off() -> None:
    async def check(stage: Stage) -> None:
        opening = head("/v1/track", "Content-Length: 900\r\n")
        slow, other = (stage.wire().send(opening, b" " * 500) for _ in range(2))
        assert (slow.reading, other.reading) == (True, False)
        for _ in range(PATIENCE):
            assert not slow.aborted
            stage.wait(0.5)
        assert (slow.aborted, other.aborted, other.reading) == (True, False, True)

    on_stage(check, CollectSettings(max_body_bytes=1000, max_partial_bytes=2000))


def test_a_body_that_is_cut_off_gives_its_memory_back_at_once() -> None:
    async def check(stage: Stage) -> None:
        wire = stage.wire().send(head("/v1/track", "Content-Length: 900\r\n"), b" " * 600)
        assert stage.shared.room.held == 600
        wire.connection.abort()
        assert stage.shared.room.held == 0

    on_stage(check)


# The log refuses


def test_an_unavailable_log_is_told_to_the_sender_who_keeps_the_event() -> None:
    async def check(stage: Stage) -> None:
        stage.log.refusal = LogUnavailable("disk full")
        wire = stage.wire().send(post("lost?"))
        await stage.intake.drained()
        (answer,) = wire.answers()
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert answer.body.endswith(b"\n")
        stage.log.refusal = None
        wire.send(post("lost?"))
        await stage.intake.drained()
        assert wire.answers()[1].status == 200
        assert stage.events() == ["lost?"]

    on_stage(check)


def test_a_held_back_item_is_durable_before_ok_too() -> None:
    async def check(stage: Stage) -> None:
        body = b'{"batch":[{"type":"track","userId":"u","event":"good"},7]}'
        data = head("/v1/batch?writeKey=WK", f"Content-Length: {len(body)}\r\n") + body
        stage.quarantine.refusal = LogUnavailable("disk full")
        wire = stage.wire().send(data)
        await stage.intake.drained()
        stage.quarantine.refusal = None
        wire.send(data)
        await stage.intake.drained()
        assert [answer.status for answer in wire.answers()] == [503, 200]
        assert len(stage.quarantine.records) == 1

    on_stage(check)


def test_a_log_that_breaks_answers_503_and_says_so_to_the_server() -> None:
    async def check(stage: Stage) -> None:
        stage.log.refusal = OSError("bad sector")
        wire = stage.wire().send(post())
        await stage.intake.drained()
        assert [answer.status for answer in wire.answers()] == [503]
        with pytest.raises(OSError, match="bad sector"):
            await stage.intake.broken

    on_stage(check)


# The end


def test_finishing_answers_what_has_begun_and_closes_the_rest_at_once() -> None:
    async def check(stage: Stage) -> None:
        stage.log.hold()
        idle, waiting, halfway = (stage.wire() for _ in range(3))
        waiting.send(post("waiting"))
        data = post("halfway")
        halfway.send(data[:-5])
        stage.shared.finish()
        assert [wire.closed for wire in (idle, waiting, halfway)] == [True, False, False]
        halfway.send(data[-5:])
        stage.log.release()
        await stage.shared.closed(1)
        assert [wire.answers()[0].headers["connection"] for wire in (waiting, halfway)] == ["close"] * 2
        assert stage.events() == ["waiting", "halfway"]
        assert not waiting.aborted

    on_stage(check)


def test_what_does_not_finish_in_time_is_cut_off() -> None:
    async def check(stage: Stage) -> None:
        wire = stage.wire().send(post()[:-5])
        stage.shared.finish()
        await stage.shared.closed(0)
        assert wire.aborted

    on_stage(check)


# CORS


def test_an_answer_to_a_browser_mirrors_its_origin_and_shows_retry_after() -> None:
    async def check(stage: Stage) -> None:
        wire = stage.wire().send(post(headers="Origin: https://shop.example\r\n"), HEALTH)
        await stage.intake.drained()
        answer, plain = wire.answers()
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["access-control-expose-headers"] == "Retry-After"
        assert answer.headers["vary"] == "Origin"
        assert not [name for name in plain.headers if name.startswith("access-control")]

    on_stage(check)


def test_a_preflight_grants_every_header_that_is_asked_for() -> None:
    asked = (
        "authorization,content-type,anonymousid,sentat,x-retry-count,rsa-retry-attempt,rsa-retry-reason,"
        "rsa-since-first-attempt,rsa-since-last-attempt,rsa-recovered"
    )

    async def check(stage: Stage) -> None:
        lines = (
            "Origin: https://shop.example\r\nAccess-Control-Request-Method: POST\r\n"
            f"Access-Control-Request-Headers: {asked}\r\n"
        )
        for path in ("/v1/batch", "/sourceConfig/", "/v1/track"):
            (answer,) = stage.wire().send(head(path, lines, "OPTIONS")).answers()
            assert answer.status == 204
            assert answer.headers["access-control-allow-headers"] == asked
            assert answer.headers["access-control-allow-methods"] == "GET, POST, OPTIONS"
            assert answer.headers["access-control-allow-origin"] == "https://shop.example"
            assert answer.headers["access-control-allow-credentials"] == "true"
            assert "content-length" not in answer.headers

    on_stage(check)
