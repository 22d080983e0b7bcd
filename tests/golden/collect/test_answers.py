"""Every status and text that senders meet, as RudderStack's data plane gives them, byte by byte on a socket's
far end."""

from __future__ import annotations

import asyncio
import gzip
from base64 import b64encode
from dataclasses import dataclass

import pytest

from mainstem.collect import CollectSettings, SourceTable
from mainstem.collect.answers import Answers
from mainstem.collect.clock import Clock
from mainstem.collect.connections import Connections
from mainstem.collect.handle import Handler
from mainstem.collect.intake import Intake
from mainstem.collect.limits import RateLimit
from mainstem.collect.replies import OK
from mainstem.collect.sources import CompiledSource, compile_plainly
from mainstem.errors import LogUnavailable
from mainstem.events import Source
from mainstem.testing.gateway import Answer, RecordingLog, Wire

SOURCES = (
    Source("web", "Website", ("WK",)),
    Source("off", "Off", ("OFF",), enabled=False),
    Source("hook", "Hook", ("HK",), category="webhook"),
    Source("slow", "Slow", ("SLOW",), rate_limit=1),
)
EVENT = b'{"userId":"u1","type":"track"}'


@dataclass(frozen=True)
class Asked:
    path: str
    body: bytes = EVENT
    key: str | None = "WK"
    method: str = "POST"
    encoding: str | None = None

    def wire(self) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: gateway", f"Content-Length: {len(self.body)}"]
        if self.key is not None:
            lines.append(f"Authorization: Basic {b64encode(f'{self.key}:'.encode()).decode()}")
        if self.encoding is not None:
            lines.append(f"Content-Encoding: {self.encoding}")
        return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + self.body


def compiled(source: Source) -> CompiledSource:
    plain = compile_plainly(source)
    gates = () if source.rate_limit is None else (RateLimit(source.rate_limit, lambda: 0.0),)
    return CompiledSource(source, plain.checks, gates=gates)


def answers(*asked: Asked, refusal: Exception | None = None) -> list[Answer]:
    async def run() -> list[Answer]:
        log = RecordingLog()
        log.refusal = refusal
        settings = CollectSettings(max_body_bytes=2000, retry_after=5)
        handler = Handler(
            SourceTable(SOURCES, compiled),
            max_body_bytes=settings.max_body_bytes,
            max_batch_events=20,
            strict=True,
            new_message_id=lambda: "made",
            other_routes=Answers(None, "", lambda: OK).routes,
        )
        intake = Intake(log, RecordingLog(), 10**6)
        wire = Wire(Connections(settings, handler.handle, intake, Clock(), lambda: 0.0))
        wire.send(*(one.wire() for one in asked))
        await intake.drained()
        found = wire.answers()
        wire.close()
        return found

    return asyncio.run(run())


BATCH = b'{"batch":[' + EVENT + b"]}"
SINGLES = [f"/v1/{kind}" for kind in ("track", "identify", "page", "screen", "group", "alias", "merge")]
SHORT = [f"/v1/{letter}" for letter in "tipsga"]
BATCHES = ["/v1/batch", "/v1/b", "/v1/import", "/v1/import/"]


@pytest.mark.parametrize("path", [*SINGLES, *SHORT, "/v1/m"])
def test_an_event_is_answered_200_with_ok_and_nothing_else(path: str) -> None:
    (answer,) = answers(Asked(path))
    assert (answer.status, answer.body) == (200, b"ok")


@pytest.mark.parametrize("path", [*BATCHES, "/beacon/v1/batch?writeKey=WK"])
def test_a_batch_is_answered_200_with_ok_and_nothing_else(path: str) -> None:
    (answer,) = answers(Asked(path, BATCH, None if "?" in path else "WK"))
    assert (answer.status, answer.body) == (200, b"ok")


REFUSALS = [
    (Asked("/v1/track", b"{"), 400, "invalid json"),
    (Asked("/v1/track", b""), 400, "request body is nil"),
    (Asked("/v1/batch", b'{"batch":[]}'), 400, "empty batch payload"),
    (Asked("/v1/track", b"{}"), 400, "request neither has anonymousId nor userId"),
    (Asked("/v1/track", b"[]"), 400, "event is not a valid rudder event"),
    (Asked("/v1/batch", b'{"batch":[7]}'), 400, "event is not a valid rudder event"),
    (Asked("/v1/track", b"broken", encoding="gzip"), 400, "failed to read body from request"),
    (Asked("/v1/track", key=None), 401, "failed to read writekey from header"),
    (Asked("/v1/batch", BATCH, None), 401, "failed to read writekey from header"),
    (Asked("/beacon/v1/batch", BATCH, None), 401, "failed to read writekey from query params"),
    (Asked("/v1/webhook", key=None), 401, "failed to read writekey from query params"),
    (Asked("/v1/track", key="nobody"), 401, "invalid write key"),
    (Asked("/beacon/v1/batch?writeKey=nobody", BATCH, None), 401, "invalid write key"),
    (Asked("/v1/track", key="OFF"), 404, "source is disabled"),
    (Asked("/v1/webhook", key="WK"), 404, "source does not accept webhook events"),
    (Asked("/v1/track", b'"' + b"x" * 2000 + b'"'), 413, "request size exceeds max limit"),
    (
        Asked("/v1/track", gzip.compress(b'"' + b"x" * 2000 + b'"'), encoding="gzip"),
        413,
        "request size exceeds max limit",
    ),
    (Asked("/sourceConfig", b"", None, "GET"), 401, "failed to read writekey from header"),
    (Asked("/sourceConfig", b"", "nobody", "GET"), 401, "invalid write key"),
    (Asked("/nowhere"), 404, "404 page not found"),
]


@pytest.mark.parametrize(("asked", "status", "text"), REFUSALS)
def test_a_refusal_is_one_line_of_plain_text(asked: Asked, status: int, text: str) -> None:
    (answer,) = answers(asked)
    assert (answer.status, answer.body) == (status, text.encode() + b"\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-length"] == str(len(answer.body))


def test_too_many_events_a_second_are_told_when_to_come_again() -> None:
    first, second = answers(Asked("/v1/track", key="SLOW"), Asked("/v1/track", key="SLOW"))
    assert first.status == 200
    assert (second.status, second.body) == (429, b"max requests limit reached\n")
    assert int(second.headers["retry-after"]) >= 1


def test_what_the_log_does_not_take_is_told_when_to_come_again() -> None:
    (answer,) = answers(Asked("/v1/track"), refusal=LogUnavailable("disk full"))
    assert answer.status == 503
    assert answer.body.endswith(b"\n")
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("refusal", [None, LogUnavailable("disk full")])
@pytest.mark.parametrize("query", ["writeKey=WK&userId=u1&event=x", "writeKey=nobody", ""])
def test_a_pixel_is_an_image_whatever_happened(query: str, refusal: Exception | None) -> None:
    (answer,) = answers(Asked(f"/pixel/v1/track?{query}", b"", None, "GET"), refusal=refusal)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/gif")
    assert answer.body.startswith(b"GIF89a")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_method_is_told_which_are_known(method: str) -> None:
    (answer,) = answers(Asked("/v1/track", b"", method=method))
    assert (answer.status, answer.headers["allow"]) == (405, "OPTIONS, POST")
