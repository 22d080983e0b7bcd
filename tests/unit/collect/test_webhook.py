from __future__ import annotations

import gzip
import json
from itertools import count
from typing import Any

import pytest

from mainstem.collect import Accepted, Answers, Handler, Outcome, Reply, Request, SourceTable
from mainstem.collect.replies import OK
from mainstem.collect.sources import basic_authorization
from mainstem.events import Source, decode_received

SOURCES = (
    Source("hook", "Hook", ("HK",), category="webhook"),
    Source("typed", "Typed", ("TK",), type="Webhook"),
    Source("web", "Website", ("WK",)),
    Source("off", "Off", ("OFF",), category="webhook", enabled=False),
)


def ask(
    body: bytes = b"{}", query: str = "writeKey=HK", method: str = "POST", limit: int = 12_000, **headers: str
) -> Outcome:
    ids = count(1)
    handler = Handler(
        SourceTable(SOURCES),
        max_body_bytes=limit,
        max_batch_events=5,
        strict=False,
        new_message_id=lambda: f"id-{next(ids)}",
        other_routes=Answers(None, "", lambda: OK).routes,
    )
    sent = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return handler.handle(
        Request(
            method.encode(), b"/v1/webhook", query.encode(), sent, body, "203.0.113.7", "2026-01-02T03:04:05Z"
        )
    )


def events(outcome: Outcome) -> list[dict[str, Any]]:
    assert isinstance(outcome, Accepted), outcome
    return [json.loads(bytes(decode_received(record).event)) for record in outcome.records]


def properties(outcome: Outcome) -> list[object]:
    return [event["properties"] for event in events(outcome)]


def refusal(outcome: Outcome) -> tuple[int, str]:
    assert isinstance(outcome, Reply), outcome
    return outcome.status, outcome.body.decode()


def test_a_payload_becomes_the_properties_of_one_track_of_somebody_new() -> None:
    (event,) = events(ask(b'{"order":{"id":7},"tags":["a"]}'))
    assert event == {
        "type": "track",
        "event": "webhook_source_event",
        "anonymousId": "id-1",
        "properties": {"order": {"id": 7}, "tags": ["a"]},
    }


def test_a_list_becomes_an_event_for_each_of_its_items() -> None:
    found = events(ask(b'[{"n":1},{"n":2},3]'))
    assert [event["properties"] for event in found] == [{"n": 1}, {"n": 2}, {"value": 3}]
    assert len({event["anonymousId"] for event in found}) == 3


@pytest.mark.parametrize(("body", "kept"), [(b"", {}), (b"7", {"value": 7}), (b'"x"', {"value": "x"})])
def test_what_is_no_object_is_kept_as_well(body: bytes, kept: object) -> None:
    assert properties(ask(body)) == [kept]


def test_compressed_json_is_read_whatever_it_is_called() -> None:
    outcome = ask(gzip.compress(b'{"a":1}'), content_encoding="gzip", content_type="text/plain")
    assert properties(outcome) == [{"a": 1}]


def test_a_form_becomes_its_fields_and_a_repeated_one_a_list() -> None:
    outcome = ask(b"a=1&b=x+y&b=%C3%A9&c=", content_type="application/x-www-form-urlencoded; charset=utf-8")
    assert properties(outcome) == [{"a": "1", "b": ["x y", "é"], "c": ""}]


def test_a_form_of_parts_becomes_its_fields_with_files_by_name() -> None:
    body = (
        b'--XX\r\nContent-Disposition: form-data; name="subject"\r\n\r\nHi \xc3\xa9\r\n'
        b'--XX\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nsecret\r\n--XX--\r\n"
    )
    outcome = ask(body, content_type='multipart/form-data; boundary="XX"')
    assert properties(outcome) == [{"subject": "Hi é", "file": "a.txt"}]


def test_a_get_takes_its_query_for_the_payload() -> None:
    (event,) = events(ask(b"", "writeKey=HK&status=done&n=1", "GET"))
    assert event["properties"] == {"status": "done", "n": "1"}
    assert "context" not in event


def test_a_post_keeps_its_query_beside_the_payload() -> None:
    (event,) = events(ask(b'{"a":1}', "writeKey=HK&via=partner"))
    assert (event["properties"], event["context"]) == ({"a": 1}, {"query_parameters": {"via": "partner"}})


def test_a_key_is_taken_from_the_header_where_the_query_has_none() -> None:
    assert events(ask(query="", authorization=basic_authorization("HK").decode()))
    assert events(ask(query="writeKey=HK", authorization=basic_authorization("nobody").decode()))


def test_a_source_of_type_webhook_takes_them_too() -> None:
    assert events(ask(query="writeKey=TK"))


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("", 401, "failed to read writekey from query params\n"),
        ("writeKey=", 401, "failed to read writekey from query params\n"),
        ("writeKey=nobody", 401, "invalid write key\n"),
        ("writeKey=OFF", 404, "source is disabled\n"),
        ("writeKey=WK", 404, "source does not accept webhook events\n"),
    ],
)
def test_a_sender_that_may_not_is_told_why(method: str, query: str, status: int, text: str) -> None:
    assert refusal(ask(query=query, method=method)) == (status, text)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "text"),
    [
        (b"{", "application/json", 400, "invalid json\n"),
        (b"a=1", "application/json", 400, "invalid json\n"),
        (b'{"a":"\xff"}', "", 400, "invalid json\n"),
        (b"[]", "", 400, "empty batch payload\n"),
        (b"&".join([b"a="] * 1001), "application/x-www-form-urlencoded", 400, "error during parsing form\n"),
        (b"no parts", "multipart/form-data; boundary=XX", 400, "error during parsing multiform\n"),
        (
            b"--XX\r\n\r\nx\r\n--XX--",
            "multipart/form-data; boundary=XX",
            400,
            "error during parsing multiform\n",
        ),
        (b"--XX", "multipart/form-data", 400, "error during parsing multiform\n"),
        (b"--XX\r\n\r\n" * 1100, "multipart/form-data; boundary=XX", 400, "error during parsing multiform\n"),
        (b"[1,2,3,4,5,6]", "", 413, "request size exceeds max limit\n"),
        (b'"' + b"x" * 12_000 + b'"', "", 413, "request size exceeds max limit\n"),
        (b"[" + b"1," * 600 + b"1]", "", 413, "request size exceeds max limit\n"),
    ],
)
def test_a_payload_that_cannot_be_kept_is_refused(
    body: bytes, content_type: str, status: int, text: str
) -> None:
    assert refusal(ask(body, content_type=content_type)) == (status, text)


def test_asking_whether_anybody_is_there_is_no_event() -> None:
    assert ask(method="HEAD") is OK
