from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from mainstem.collect import Accepted, Answers, Handler, Outcome, Reply, Request, SourceTable
from mainstem.collect.pixel import GIF, event_of
from mainstem.collect.replies import OK
from mainstem.events import Source, decode_received

NOW = "2026-01-02T03:04:05.678Z"


def ask(query: str, path: str = "/pixel/v1/track", method: bytes = b"GET", **headers: str) -> Outcome:
    handler = Handler(
        SourceTable([Source("web", "Website", ("W K",)), Source("off", "Off", ("OFF",), enabled=False)]),
        max_body_bytes=2000,
        max_batch_events=5,
        strict=False,
        new_message_id=lambda: "made",
        other_routes=Answers(None, "", lambda: OK).routes,
    )
    sent = {name.encode(): value.encode() for name, value in headers.items()}
    return handler.handle(Request(method, path.encode(), query.encode(), sent, b"", "203.0.113.7", NOW))


def kept(outcome: Outcome) -> tuple[dict[str, Any], str | None]:
    assert isinstance(outcome, Accepted), outcome
    assert (outcome.reply, outcome.otherwise) == (GIF, GIF)
    (record,) = [decode_received(record) for record in outcome.records]
    return json.loads(bytes(record.event)), record.type


def test_a_pixel_becomes_the_event_its_query_names() -> None:
    query = urlencode(
        {
            "writeKey": "W K",
            "event": "Mail Opened",
            "anonymousId": '"a1"',
            "properties.campaign": "spring & summer",
            "context.page.url": "http://shop.example/?a=b",
        }
    )
    event, kind = kept(ask(query))
    assert kind == "track"
    assert event == {
        "channel": "web",
        "integrations": {"All": True},
        "originalTimestamp": NOW,
        "sentAt": NOW,
        "event": "Mail Opened",
        "anonymousId": "a1",
        "properties": {"campaign": "spring & summer"},
        "context": {"page": {"url": "http://shop.example/?a=b"}},
        "type": "track",
    }


@pytest.mark.parametrize(("name", "kept_name"), [("", "Unknown Page"), ("Home", "Home"), (None, None)])
def test_a_page_without_a_name_is_unknown_only_where_it_gives_an_empty_one(
    name: str | None, kept_name: str | None
) -> None:
    query = {"writeKey": "W K", "userId": "u1"} | ({} if name is None else {"name": name})
    event, kind = kept(ask(urlencode(query), "/pixel/v1/page"))
    assert (kind, event.get("name")) == ("page", kept_name)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "event=x&userId=u",
        "writeKey=nobody&event=x&userId=u",
        "writeKey=OFF&event=x&userId=u",
        "writeKey=W+K&event=x",
        "writeKey=W+K&event=&userId=u",
        "writeKey=W+K&userId=%FF%00",
        "writeKey=W+K&event=x&userId=u&properties.x=" + "y" * 3000,
        "&".join(["a=b"] * 500),
        "writeKey",
        "%",
    ],
)
def test_the_answer_is_an_image_whatever_happened(query: str) -> None:
    outcome = ask(query)
    assert outcome is GIF or (isinstance(outcome, Accepted) and outcome.reply is GIF)


def test_the_image_is_one_transparent_dot() -> None:
    assert isinstance(GIF, Reply)
    assert GIF.status == 200
    assert b"Content-Type: image/gif\r\n" in GIF.head
    assert GIF.body[:10] == b"GIF89a\x01\x00\x01\x00"
    assert GIF.body[-1:] == b";"


def test_a_key_counts_only_in_the_query() -> None:
    assert ask("event=x&userId=u", authorization="Basic VyBLOg==") is GIF


def test_asking_for_the_head_alone_is_no_event() -> None:
    assert ask("writeKey=W+K&event=x&userId=u", method=b"HEAD") is GIF


def test_the_first_of_several_values_counts() -> None:
    event, _ = kept(ask("writeKey=W+K&event=first&event=second&userId=u"))
    assert event["event"] == "first"


def test_what_a_query_nests_is_bounded() -> None:
    event = event_of("page", {".".join("a" * 500): "deep"}, NOW)
    depth = 0
    while isinstance(event, dict):
        event = event.get("a") or next((v for k, v in event.items() if k.startswith("a.")), None)
        depth += 1
    assert depth < 20
