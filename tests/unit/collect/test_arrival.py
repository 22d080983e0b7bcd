from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mainstem.collect import CollectSettings, CompiledSource, SourceTable, compile_plainly
from mainstem.collect.arrival import arrive
from mainstem.collect.replies import make_reply
from mainstem.collect.request import Accepted, Request
from mainstem.collect.server import open_handler
from mainstem.collect.shape import Shape
from mainstem.events import Dropped, Held, Sending, Source, decode_quarantined, decode_received

AT = "2026-01-02T03:04:05.678Z"
SHAPE = Shape(20, 50)


def judge(event: dict[str, Any], sending: Sending) -> Held | Dropped | None:
    sending.request_ip = "10.0.0.0"
    event["seen"] = True
    if event.get("event") == "held":
        return Held("by a step")
    return Dropped("by a step") if event.get("event") == "dropped" else None


def with_step(source: Source) -> CompiledSource:
    return msgspec.structs.replace(compile_plainly(source), steps=(judge,), scrub=lambda value, _: "scrubbed")


EVENTS = [
    b'{"type":"track","event":"e","userId":"u"}',
    b'{"type":"track","event":"e","userId":"u","messageId":"m"}',
    b'{"type":"track","event":"held","userId":"u"}',
    b'{"type":"track","event":"dropped","userId":"u"}',
    b'{"type":"track","event":"e"}',
    b'{"type":"nothing","userId":"u"}',
    b'{"type":"track","userId":"u","properties":{"n":1e999}}',
    b'{"type":"track","userId":"u","properties":' + b"[" * 30 + b"]" * 30 + b"}",
    b"1",
    b'"text"',
]


@pytest.mark.parametrize("compiler", [compile_plainly, with_step])
@pytest.mark.parametrize("event", EVENTS)
def test_an_event_of_the_past_fares_as_an_item_of_a_batch_that_comes_now(event: bytes, compiler: Any) -> None:
    table = SourceTable([Source("web", "Website", ("WK",))], compiler)
    settings = CollectSettings(max_depth=SHAPE.max_depth, max_keys=SHAPE.max_keys)
    handler = open_handler(settings, table, AT, lambda: make_reply(200, b""))
    body = b'{"batch":[' + event + b"]}"
    accepted = handler.handle(Request(b"POST", b"/v1/batch", b"writeKey=WK", {}, body, "10.0.0.1", AT))
    assert isinstance(accepted, Accepted)
    sending = Sending("10.0.0.1", AT, {})
    arrived = arrive(table.compiled[0], SHAPE, event, sending)
    if isinstance(arrived.verdict, Dropped):
        assert accepted == Accepted([], [])
    elif arrived.verdict is not None:
        [held] = map(decode_quarantined, accepted.quarantined)
        assert held.reason == arrived.verdict.reason
        assert (bytes(held.event), held.request_ip) == (bytes(arrived.event), sending.request_ip)
    else:
        [kept] = map(decode_received, accepted.records)
        assert (bytes(kept.event), kept.request_ip) == (bytes(arrived.event), sending.request_ip)
        assert (kept.message_id is not None) == arrived.needs_message_id
