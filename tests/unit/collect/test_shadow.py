from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.collect import Answers, CollectSettings, Handler, Parts, Request, SourceTable, compile_plainly
from mainstem.collect.clock import Clock
from mainstem.collect.connections import Connections
from mainstem.collect.health import Health
from mainstem.collect.intake import Intake
from mainstem.collect.shadow import ShadowCopies
from mainstem.errors import EnvironmentFailure, LogUnavailable
from mainstem.events import Forwarded, Source, decode_forwarded
from mainstem.testing.gateway import RecordingLog, Wire
from mainstem.testing.memory_log import MemoryLog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from mainstem.collect import CompiledSource

BODY = b'{"userId":"u","event":"Bought"}'
POST = (
    b"POST /v1/track?a=1 HTTP/1.1\r\nHost: h\r\nAuthorization: Basic V0s6\r\n"
    b"Content-Type: application/json\r\n"
    b"AnonymousId: abc\r\nUser-Agent: sdk/1\r\nX-Forwarded-For: 6.6.6.6\r\nCookie: rl=1\r\n"
    b"Content-Length: 31\r\n\r\n" + BODY
)


class StuckLog:
    """A log whose disk never answers, or that refuses whatever it is given at once."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.refusal = refusal
        self.asked = 0

    def append(self, records: Sequence[bytes]) -> asyncio.Future[int]:
        self.asked += len(records)
        if self.refusal is not None:
            raise self.refusal
        return asyncio.get_running_loop().create_future()

    async def close(self) -> None:
        if self.refusal is not None:
            raise LogUnavailable("gone")


@dataclass
class Gateway:
    """A gateway without sockets that shadows its one source."""

    copies: ShadowCopies
    settings: CollectSettings = field(default_factory=CollectSettings)

    def __post_init__(self) -> None:
        def compiler(source: Source) -> CompiledSource:
            return msgspec.structs.replace(compile_plainly(source), taps=(self.copies.tap(source.id),))

        self.log = RecordingLog()
        handler = Handler(
            SourceTable([Source("web", "Website", ("WK",))], compiler),
            max_body_bytes=10_000,
            max_batch_events=10,
            strict=False,
            new_message_id=lambda: "made",
            other_routes=Answers(None, "", lambda: None).routes,  # type: ignore[arg-type,return-value] # /health is not asked
        )
        intake = Intake(self.log, RecordingLog(), 10**6)
        self.connections = Connections(self.settings, handler.handle, intake, Clock(lambda: 0), lambda: 0.0)
        health = Health(intake, self.log, started_at="", recovery=1, now=lambda: 0.0, free_disk_bytes=None)
        self.parts = Parts(self.settings, handler, intake, health, self.connections)
        self.intake = intake

    async def post(self, request: bytes = POST) -> int:
        wire = Wire(self.connections).send(request)
        await self.intake.drained()
        [answer] = wire.answers()
        return answer.status


def beside(
    copies: ShadowCopies, check: Callable[[Gateway], Awaitable[None]], settings: CollectSettings | None = None
) -> None:
    async def run() -> None:
        gateway = Gateway(copies, settings or CollectSettings())
        async with copies.beside(gateway.parts):
            await check(gateway)

    asyncio.run(run())


def copied(log: MemoryLog) -> list[Forwarded]:
    return [
        decode_forwarded(payload)
        for partition in log.partitions()
        for _, payload in log.read(partition, 0, 10**6).records
    ]


def test_a_pixel_is_copied_as_it_was_asked_for() -> None:
    log = MemoryLog()

    async def check(gateway: Gateway) -> None:
        asked = b"GET /pixel/v1/page?writeKey=WK&anonymousId=a&name=%C3%A9 HTTP/1.1\r\nHost: h\r\n\r\n"
        assert await gateway.post(asked) == 200

    beside(ShadowCopies(lambda: log.writer("gateway-0")), check)
    [copy] = copied(log)
    assert (copy.method, copy.path, copy.body) == ("GET", "/pixel/v1/page", b"")
    assert copy.query == "writeKey=WK&anonymousId=a&name=%C3%A9"


def test_nothing_is_copied_while_events_are_refused_for_want_of_room() -> None:
    log, copies = MemoryLog(), ShadowCopies(lambda: log.writer("gateway-0"))

    async def check(gateway: Gateway) -> None:
        gateway.parts.health.refuses = lambda: True
        await gateway.post()
        gateway.parts.health.refuses = lambda: False
        await gateway.post()

    beside(copies, check)
    assert copies.lost == {"web": 1}
    assert len(copied(log)) == 1


def test_a_copy_is_what_arrived_without_what_speaks_of_the_connection() -> None:
    log = MemoryLog()

    async def check(gateway: Gateway) -> None:
        assert await gateway.post() == 200

    beside(ShadowCopies(lambda: log.writer("gateway-0")), check)
    [copy] = copied(log)
    assert (copy.method, copy.path, copy.query, copy.body) == ("POST", "/v1/track", "a=1", BODY)
    assert (copy.source_id, copy.request_ip) == ("web", "203.0.113.7")
    assert copy.headers == {
        "authorization": "Basic V0s6",
        "content-type": "application/json",
        "anonymousid": "abc",
        "user-agent": "sdk/1",
    }


def test_each_request_of_a_connection_is_copied_with_its_own_headers() -> None:
    log = MemoryLog()

    async def check(gateway: Gateway) -> None:
        wire = Wire(gateway.connections)
        for name in (b"one", b"one", b"one", b"two", b"ten", b"ten"):
            wire.send(
                POST.replace(b"abc", name).replace(b'"u"', b'"u","messageId":"m"').replace(b"31", b"47")
            )
            await gateway.intake.drained()
        assert [answer.status for answer in wire.answers()] == [200] * 6

    beside(ShadowCopies(lambda: log.writer("gateway-0")), check)
    assert [copy.headers["anonymousid"] for copy in copied(log)] == ["one", "one", "one", "two", "ten", "ten"]


def test_an_alias_is_copied_as_what_it_stands_for() -> None:
    log = MemoryLog()
    copies = ShadowCopies(lambda: log.writer("gateway-0"))

    async def run() -> None:
        gateway = Gateway(copies, CollectSettings(path_aliases={"/ours/": "/v1/"}))
        async with copies.beside(gateway.parts):
            tap = copies.tap("web")
            for path in (b"/ours/track", b"/v1/track"):
                tap(Request(b"POST", path, b"", {}, b"", "", ""))

    asyncio.run(run())
    assert [copy.path for copy in copied(log)] == ["/v1/track", "/v1/track"]


def test_a_log_whose_disk_hangs_changes_no_answer() -> None:
    stuck = StuckLog()

    async def check(gateway: Gateway) -> None:
        assert [await gateway.post() for _ in range(3)] == [200] * 3
        assert stuck.asked == 3
        assert len(gateway.log.records) == 3

    beside(ShadowCopies(lambda: stuck), check)


@pytest.mark.parametrize("refusal", [ValueError("too large"), None])
def test_a_copy_that_is_not_taken_is_counted_and_changes_no_answer(refusal: ValueError | None) -> None:
    log = MemoryLog()
    log.failure = LogUnavailable("disk full")
    copies = ShadowCopies(lambda: StuckLog(refusal) if refusal else log.writer("gateway-0"))

    async def check(gateway: Gateway) -> None:
        assert [await gateway.post() for _ in range(2)] == [200] * 2

    beside(copies, check)
    assert copies.lost == {"web": 2}


def test_a_log_that_cannot_be_opened_is_opened_later_and_what_came_meanwhile_is_counted() -> None:
    log = MemoryLog()
    failures = [EnvironmentFailure("held by another process"), EnvironmentFailure("still held")]

    def open_log() -> object:
        if failures:
            raise failures.pop()
        return log.writer("gateway-0")

    copies = ShadowCopies(open_log, again_after=0)  # type: ignore[arg-type] # it is one, once it opens

    async def check(gateway: Gateway) -> None:
        assert await gateway.post() == 200
        assert copies.lost == {"web": 1}
        while not copied(log):
            assert await gateway.post() == 200

    beside(copies, check)
    assert len(copied(log)) >= 1
