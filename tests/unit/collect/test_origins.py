from __future__ import annotations

import pytest

from mainstem.collect import Handler, Request, SourceTable, compile_plainly
from mainstem.collect.origins import FORBIDDEN_ORIGIN, origin_gate
from mainstem.collect.replies import Reply
from mainstem.collect.request import Accepted
from mainstem.collect.sources import CompiledSource
from mainstem.errors import EventRejected
from mainstem.events import Source

GATE = origin_gate(["https://shop.example", "https://*.shop.example", "http://localhost:3000"])


def asked(origin: bytes | None, key: str = "K") -> Request:
    headers = {} if origin is None else {b"origin": origin}
    return Request(
        b"POST", b"/v1/track", f"writeKey={key}".encode(), headers, b'{"userId":"u"}', "192.0.2.1", "T"
    )


@pytest.mark.parametrize(
    "origin",
    [
        None,
        b"https://shop.example",
        b"https://SHOP.example",
        b"https://www.shop.example",
        b"https://a.b.shop.example",
        b"http://localhost:3000",
    ],
)
def test_a_listed_origin_and_a_sender_without_one_pass(origin: bytes | None) -> None:
    GATE(asked(origin), 1)


@pytest.mark.parametrize(
    "origin",
    [
        b"https://evil.example",
        b"http://shop.example",
        b"https://shop.example:8443",
        b"https://evilshop.example",
        b"https://.shop.example",
        b"https://shop.example.evil.example",
        b"https://evil.example/.shop.example",
        b"http://localhost",
        b"null",
        b"",
    ],
)
def test_another_origin_is_refused(origin: bytes) -> None:
    with pytest.raises(EventRejected) as caught:
        GATE(asked(origin), 1)
    assert (caught.value.status, caught.value.body) == (403, FORBIDDEN_ORIGIN)


def test_a_refused_origin_is_told_in_plain_text_and_counted_for_its_source_alone() -> None:
    def compiled(source: Source) -> CompiledSource:
        plain = compile_plainly(source)
        gates = (origin_gate(source.origins),) if source.origins else ()
        return CompiledSource(source, plain.checks, gates)

    shop = Source("shop", "Shop", ("K",), origins=("https://shop.example",))
    table = SourceTable([shop, Source("app", "App", ("L",))], compiled)
    handler = Handler(
        table,
        max_body_bytes=1000,
        max_batch_events=10,
        strict=False,
        new_message_id=lambda: "m",
        other_routes=lambda _: (),
    )
    reply = handler.handle(asked(b"https://evil.example"))
    assert isinstance(reply, Reply)
    assert (reply.status, reply.body) == (403, b"origin is not allowed\n")
    assert isinstance(handler.handle(asked(b"https://shop.example")), Accepted)
    assert isinstance(handler.handle(asked(b"https://evil.example", "L")), Accepted)
    counted = {
        entry.id: (entry.counts.refused_requests, entry.counts.refused, entry.counts.events)
        for entry in table.compiled
    }
    assert counted == {"shop": (1, {FORBIDDEN_ORIGIN: 1}, 1), "app": (0, {}, 1)}
    assert table.by_key["K"].counts.requests == 2
