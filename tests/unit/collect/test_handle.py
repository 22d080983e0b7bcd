from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from itertools import count

import pytest

from mainstem.collect import Accepted, Answers, Handler, Outcome, Reply, Request, SourceTable
from mainstem.collect.body import decode_batch
from mainstem.collect.replies import OK
from mainstem.collect.sources import basic_authorization
from mainstem.events import EVENT_TYPES, Received, Source, decode_quarantined, decode_received

SOURCES = (
    Source("web", "Website", ("WK", "WK-OLD")),
    Source("off", "Old site", ("OFF",), enabled=False),
)
EVENT = b'{"type":"track","event":"Opened","userId":"u1","messageId":"m1"}'
LIMIT = 2000
VALID = f"(valid: {', '.join(EVENT_TYPES)})"

Post = Callable[..., Outcome]


def make_handler(*, strict: bool = False, public_url: str | None = None) -> Handler:
    ids = count(1)
    return Handler(
        SourceTable(SOURCES),
        max_body_bytes=LIMIT,
        max_batch_events=20,
        strict=strict,
        new_message_id=lambda: f"made-{next(ids)}",
        other_routes=Answers(public_url, "2026-01-01T00:00:00.000Z", lambda: OK).routes,
    )


def request(
    method: str = "POST",
    path: str = "/v1/track",
    body: bytes = b"",
    *,
    key: str | None = "WK",
    query: str = "",
    **headers: str,
) -> Request:
    """Headers by keyword, `_` for `-`."""
    sent = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    if key is not None:
        sent[b"authorization"] = basic_authorization(key)
    return Request(
        method.encode(),
        path.encode(),
        query.encode(),
        sent,
        body,
        "203.0.113.7",
        "2026-01-02T03:04:05.678Z",
    )


def accepted(outcome: Outcome) -> list[Received]:
    assert isinstance(outcome, Accepted), outcome
    return [decode_received(record) for record in outcome.records]


def refusal(outcome: Outcome) -> tuple[int, str]:
    assert isinstance(outcome, Reply), outcome
    return outcome.status, outcome.body.decode()


def batch(*events: bytes, **rest: object) -> bytes:
    tail = "".join(f",{json.dumps(name)}:{json.dumps(value)}" for name, value in rest.items())
    return b'{"batch":[' + b",".join(events) + b"]" + tail.encode() + b"}"


def test_a_record_holds_the_event_as_sent_and_what_the_gateway_knows() -> None:
    body = b'{ "userId" : "u1",\n "n": 1.0, "messageId":"m1", "\\u0065vent":"x" }'
    (record,) = accepted(make_handler().handle(request(body=body)))
    assert bytes(record.event) == body
    assert (record.source_id, record.request_ip) == ("web", "203.0.113.7")
    assert record.received_at == "2026-01-02T03:04:05.678Z"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (f"/v1/{path}", kind)
        for kind in ("track", "identify", "page", "screen", "group", "alias")
        for path in (kind, kind[0])
    ],
)
def test_a_single_endpoint_forces_its_type(path: str, kind: str) -> None:
    body = b'{"type":"nonsense","anonymousId":"a"}'
    (record,) = accepted(make_handler().handle(request(path=path, body=body)))
    assert record.type == kind
    assert bytes(record.event) == body


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/b", "/beacon/v1/batch"])
def test_a_batch_becomes_a_record_an_event_in_order_with_types_of_their_own(path: str) -> None:
    events = [json.dumps({"type": kind, "userId": kind}).encode() for kind in EVENT_TYPES]
    records = accepted(make_handler().handle(request(path=path, body=batch(*events))))
    assert [bytes(record.event) for record in records] == events
    assert {record.type for record in records} == {None}


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("", True),
        (',"messageId":null', True),
        (',"messageId":""', True),
        (',"messageId":" \\t"', True),
        (',"messageId":"m"', False),
        (',"messageId":7', False),
    ],
)
def test_a_message_id_is_made_only_where_it_is_blank(written: str, made: bool) -> None:
    body = f'{{"userId":"u"{written}}}'.encode()
    (record,) = accepted(make_handler().handle(request(body=body)))
    assert record.message_id == ("made-1" if made else None)


@pytest.mark.parametrize(
    "ids", ['"userId":"u"', '"anonymousId":"a"', '"userId":"","anonymousId":"a"', '"userId":5']
)
def test_one_id_that_is_not_blank_identifies(ids: str) -> None:
    assert accepted(make_handler().handle(request(body=f"{{{ids}}}".encode())))


def test_an_extract_event_needs_no_id() -> None:
    assert accepted(make_handler().handle(request(path="/v1/batch", body=batch(b'{"type":"extract"}'))))


# Who sends


@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch", "/beacon/v1/batch"])
@pytest.mark.parametrize(
    ("key", "query", "member"), [("WK-OLD", "", None), (None, "a=b&writeKey=WK", None), (None, "", "WK")]
)
def test_a_write_key_is_taken_from_header_query_or_body(
    path: str, key: str | None, query: str, member: str | None
) -> None:
    event = EVENT if member is None else EVENT[:-1] + b',"writeKey":"WK"}'
    body = event if path == "/v1/track" else batch(EVENT, **({"writeKey": member} if member else {}))
    assert accepted(make_handler().handle(request(path=path, body=body, key=key, query=query)))


@pytest.mark.parametrize("credentials", ["WK:", "WK:password", "WK"])
@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_basic_authorization_is_read_however_it_is_spelt(scheme: str, credentials: str) -> None:
    header = f"{scheme} {base64.b64encode(credentials.encode()).decode()}"
    assert accepted(make_handler().handle(request(body=EVENT, key=None, authorization=header)))


def test_a_bearer_token_leaves_the_word_to_the_body() -> None:
    body = batch(EVENT, writeKey="WK")
    assert accepted(
        make_handler().handle(request(path="/v1/batch", body=body, key=None, authorization="Bearer x"))
    )


def test_the_header_decides_before_query_and_body() -> None:
    body = EVENT[:-1] + b',"writeKey":"WK"}'
    assert refusal(make_handler().handle(request(body=body, key="other", query="writeKey=WK"))) == (
        401,
        "invalid write key\n",
    )


@pytest.mark.parametrize(
    ("made", "status", "text"),
    [
        (request(body=b"{"), 400, "invalid json"),
        (request(body=EVENT + b"x"), 400, "invalid json"),
        (request(body=b"\xef\xbb\xbf" + EVENT), 400, "invalid json"),
        (request(body=b'{"userId":"u","x":"\xff"}'), 400, "invalid json"),
        (request(path="/v1/batch", body=batch(b'{"type":"track","userId":"\xc3("}')), 400, "invalid json"),
        (request(body=b'{"x":' + b"[" * 900 + b"]" * 900 + b"}", key="WK"), 400, "request neither has"),
        (request(body=b""), 400, "request body is nil"),
        (request(path="/v1/batch", body=b'{"batch":[]}'), 400, "empty batch payload"),
        (request(path="/v1/batch", body=b'{"batch":null}'), 400, "empty batch payload"),
        (request(path="/v1/batch", body=b"{}"), 400, "empty batch payload"),
        (request(path="/v1/batch", body=b"[1]"), 400, "empty batch payload"),
        (request(path="/v1/batch", body=b"3"), 400, "empty batch payload"),
        (request(body=b"{}"), 400, "request neither has anonymousId nor userId"),
        (
            request(body=b'{"userId":" ","anonymousId":null}'),
            400,
            "request neither has anonymousId nor userId",
        ),
        (request(body=b"[]"), 400, "event is not a valid rudder event"),
        (request(body=b'"x"'), 400, "event is not a valid rudder event"),
        (request(body=EVENT, key=None), 401, "failed to read writekey from header"),
        (request(body=b"{", key=None), 401, "failed to read writekey from header"),
        (request(body=EVENT, key=None, authorization="Basic ?"), 401, "failed to read writekey from header"),
        (
            request(path="/v1/batch", body=batch(EVENT, writeKey=5), key=None),
            401,
            "failed to read writekey from header",
        ),
        (
            request(path="/beacon/v1/batch", body=batch(EVENT), key=None),
            401,
            "failed to read writekey from query params",
        ),
        (request(body=EVENT, key="nobody"), 401, "invalid write key"),
        (request(body=EVENT, key=None, query="writeKey=nobody"), 401, "invalid write key"),
        (request(body=EVENT[:-1] + b',"writeKey":"nobody"}', key=None), 401, "invalid write key"),
        (request(body=EVENT, key="OFF"), 404, "source is disabled"),
        (request(body=EVENT, key=None, query="writeKey=OFF"), 404, "source is disabled"),
        (request(body=b" " * (LIMIT + 1)), 413, "request size exceeds max limit"),
        (
            request(body=gzip.compress(b" " * (LIMIT + 1)), content_encoding="gzip"),
            413,
            "request size exceeds max limit",
        ),
        (request(path="/v1/batch", body=batch(*[EVENT] * 21)), 413, "request size exceeds max limit"),
        (request(body=EVENT, content_encoding="gzip"), 400, "failed to read body from request"),
        (request(body=EVENT, content_encoding="br"), 415, "unsupported content encoding"),
        (request(path="/v1/nothing", body=EVENT), 404, "404 page not found"),
        (request("PUT", body=EVENT), 405, "method not allowed"),
        (request("GET"), 405, "method not allowed"),
        (request(path="/health"), 405, "method not allowed"),
    ],
)
def test_a_refusal_is_the_plain_text_that_sdks_know(made: Request, status: int, text: str) -> None:
    outcome = make_handler().handle(made)
    assert isinstance(outcome, Reply)
    assert outcome.status == status
    assert outcome.body.decode().startswith(text)
    assert outcome.body.endswith(b"\n")
    assert b"Content-Type: text/plain; charset=utf-8\r\n" in outcome.head


@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch"])
@pytest.mark.parametrize("opening", [b"[", b'{"userId":', b'{"batch":[', b'{"x":'])
def test_a_body_that_nests_without_end_is_refused(path: str, opening: bytes) -> None:
    handler = Handler(
        SourceTable(SOURCES),
        max_body_bytes=10**6,
        max_batch_events=20,
        strict=False,
        new_message_id=str,
        other_routes=Answers(None, "", lambda: OK).routes,
    )
    status, _ = refusal(handler.handle(request(path=path, body=opening * 50_000)))
    assert status == 400


def test_a_body_of_exactly_the_limit_is_taken() -> None:
    body = EVENT + b" " * (LIMIT - len(EVENT))
    assert accepted(make_handler().handle(request(body=body)))
    assert accepted(make_handler().handle(request(body=gzip.compress(body), content_encoding="GZIP")))


def test_the_content_type_is_never_looked_at() -> None:
    assert accepted(
        make_handler().handle(
            request(
                body=gzip.compress(EVENT),
                content_encoding="gzip",
                content_type="application/x-www-form-urlencoded",
            )
        )
    )


# Quarantine


def test_bad_items_of_a_batch_are_held_with_their_reason_and_the_rest_is_accepted() -> None:
    bad = [b'{"type":"track"}', b'{"userId":"u"}', b'{"type":"Track","userId":"u"}', b" 17 ", b"null"]
    outcome = make_handler().handle(request(path="/v1/batch", body=batch(EVENT, *bad, EVENT)))
    assert len(accepted(outcome)) == 2
    assert isinstance(outcome, Accepted)
    held = [decode_quarantined(record) for record in outcome.quarantined]
    assert [bytes(record.event) for record in held] == [item.strip() for item in bad]
    assert [record.reason for record in held] == [
        "request neither has anonymousId nor userId",
        f"event is not a valid rudder event: no type {VALID}",
        f"event is not a valid rudder event: unknown type 'Track' {VALID}",
        "event is not a valid rudder event: a number, not an object",
        "event is not a valid rudder event: null, not an object",
    ]
    assert {(record.source_id, record.request_ip, record.received_at) for record in held} == {
        ("web", "203.0.113.7", "2026-01-02T03:04:05.678Z")
    }


def test_a_batch_of_nothing_but_bad_items_is_accepted_into_quarantine() -> None:
    outcome = make_handler().handle(request(path="/v1/batch", body=batch(b"1")))
    assert isinstance(outcome, Accepted)
    assert (len(outcome.records), len(outcome.quarantined)) == (0, 1)


def test_a_batch_that_is_one_object_is_its_one_item() -> None:
    (record,) = accepted(make_handler().handle(request(path="/v1/batch", body=b'{"batch":' + EVENT + b"}")))
    assert bytes(record.event) == EVENT


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b"{}", "event is not a valid rudder event\n"),
        (b'"x"', "event is not a valid rudder event\n"),
        (b'{"userId":"u"}', "event is not a valid rudder event\n"),
        (b"null", "empty batch payload\n"),
    ],
)
def test_a_batch_that_is_no_list_and_no_event_is_refused(sent: bytes, text: str) -> None:
    outcome = make_handler().handle(request(path="/v1/batch", body=b'{"batch":' + sent + b"}"))
    assert refusal(outcome) == (400, text)


@pytest.mark.parametrize("kind", ["ann@example.com", "+49 170 1234567", "x" * 25])
def test_a_reason_does_not_show_a_type_that_may_be_data(kind: str) -> None:
    item = json.dumps({"userId": "u", "type": kind}).encode()
    outcome = make_handler().handle(request(path="/v1/batch", body=batch(item)))
    assert isinstance(outcome, Accepted)
    (held,) = map(decode_quarantined, outcome.quarantined)
    assert held.reason == f"event is not a valid rudder event: unknown type that is no plain word {VALID}"


@pytest.mark.parametrize("item", [b"1", b'{"a":[1,2,3],"b":",,","c":{"d":1,"e":2}}'])
def test_a_batch_with_too_many_items_is_refused_whole(item: bytes) -> None:
    assert refusal(make_handler().handle(request(path="/v1/batch", body=batch(*[item] * 21))))[0] == 413
    assert isinstance(make_handler().handle(request(path="/v1/batch", body=batch(*[item] * 20))), Accepted)


def test_items_are_counted_before_a_list_of_them_is_made() -> None:
    found = decode_batch(b'{"writeKey":"WK","batch":[' + b"1," * 300_000 + b"1]}", 20)
    assert (found.is_too_long, found.events, found.write_key) == (True, [], "WK")
    texts = [b'{"t":",[{\\",,","n":[[],[1,2]],"o":{"p":1,"q":2}}'] * 20
    lists = decode_batch(b'{"batch":[' + b",".join([b"[" + b"1," * 300_000 + b"1]", *texts[1:]]) + b"]}", 20)
    assert (lists.is_too_long, len(lists.events)) == (False, 20)


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (b'{"type":"track"}', "request neither has anonymousId nor userId\n"),
        (b"1", "event is not a valid rudder event\n"),
        (b'{"userId":"u"}', "event is not a valid rudder event\n"),
    ],
)
def test_strict_refuses_the_whole_batch_as_rudderstack_does(item: bytes, text: str) -> None:
    outcome = make_handler(strict=True).handle(request(path="/v1/batch", body=batch(EVENT, item)))
    assert refusal(outcome) == (400, text)


def test_what_is_refused_is_counted_as_that_and_as_nothing_else() -> None:
    handler = make_handler(strict=True)
    counts = handler.sources.by_key["WK"].counts
    for asked in (
        request(body=b'{"event":"e"}'),
        request(body=b"{"),
        request(path="/v1/batch", body=b"{"),
        request(path="/v1/batch", body=batch(EVENT, b"1")),
    ):
        assert refusal(handler.handle(asked))[0] == 400
    assert (counts.requests, counts.refused_requests, counts.events) == (4, 4, 0)
    assert counts.refused == {
        "request neither has anonymousId nor userId": 1,
        "invalid json": 2,
        "event is not a valid rudder event": 1,
    }
    assert len(accepted(handler.handle(request(path="/v1/batch", body=batch(EVENT, EVENT))))) == 2
    assert (counts.requests, counts.refused_requests, counts.events) == (5, 4, 2)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (request(body=b"x" * (LIMIT + 1)), "request size exceeds max limit"),
        (request(body=b""), "request body is nil"),
        (request(body=b"x", content_encoding="br"), "unsupported content encoding, send gzip or none"),
        (request(body=b"x", content_encoding="gzip"), "failed to read body from request"),
        (request(path="/v1/batch", body=batch()), "empty batch payload"),
        (request(path="/v1/batch", body=batch(*[b"1"] * 21)), "request size exceeds max limit"),
    ],
)
def test_a_body_that_is_refused_unread_is_counted_where_its_sender_is_known(
    asked: Request, told: str
) -> None:
    handler = make_handler()
    counts = handler.sources.by_key["WK"].counts
    assert isinstance(handler.handle(asked), Reply)
    assert (counts.requests, counts.refused_requests, counts.refused) == (1, 1, {told: 1})


def test_what_the_log_did_not_take_is_not_counted_as_kept_and_no_count_ever_falls() -> None:
    handler = make_handler()
    counts = handler.sources.by_key["WK"].counts
    outcome = handler.handle(request(path="/v1/batch", body=batch(EVENT, EVENT, b"1")))
    assert isinstance(outcome, Accepted)
    handler.uncount(outcome.records, outcome.quarantined)
    assert (counts.kept(), counts.kept_held()) == (0, 0)
    handler.handle(request(path="/v1/batch", body=batch(EVENT, EVENT, b"1")))
    assert (counts.kept(), counts.kept_held()) == (2, 1)
    again = accepted(handler.handle(request(body=EVENT)))
    assert (len(again), counts.kept()) == (1, 3)
    handler.uncount(outcome.records[:1], [])
    assert counts.kept() == 3
    handler.handle(request(body=EVENT))
    assert counts.kept() == 3


# What browsers ask


@pytest.mark.parametrize("path", ["/sourceConfig", "/sourceConfig/"])
@pytest.mark.parametrize(("key", "query"), [("WK", ""), (None, "p=npm&writeKey=WK&v=3")])
def test_source_config_lets_rudder_js_go_on(path: str, key: str | None, query: str) -> None:
    outcome = make_handler().handle(request("GET", path, key=key, query=query))
    assert isinstance(outcome, Reply)
    source = json.loads(outcome.body)["source"]
    assert source == {
        "id": "web",
        "name": "Website",
        "writeKey": "WK",
        "enabled": True,
        "workspaceId": "mainstem",
        "config": {"statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}},
        "dataplanes": {},
        "destinations": [],
    }


def test_source_config_tells_a_disabled_source_to_be_silent() -> None:
    outcome = make_handler().handle(request("GET", "/sourceConfig/", key="OFF"))
    assert isinstance(outcome, Reply)
    assert json.loads(outcome.body)["source"]["enabled"] is False


@pytest.mark.parametrize(
    ("key", "text"), [(None, "failed to read writekey from header\n"), ("no", "invalid write key\n")]
)
def test_source_config_wants_a_known_key(key: str | None, text: str) -> None:
    assert refusal(make_handler().handle(request("GET", "/sourceConfig", key=key))) == (401, text)


@pytest.mark.parametrize(
    ("public_url", "headers", "protocol", "host"),
    [
        (None, {"host": "data.example:8080"}, "http", "data.example:8080"),
        (None, {"host": "data.example", "x_forwarded_proto": "https"}, "https", "data.example"),
        ("https://in.example/", {"host": "pod-7"}, "https", "in.example"),
    ],
)
def test_segment_settings_send_the_sdk_back_to_this_gateway(
    public_url: str | None, headers: dict[str, str], protocol: str, host: str
) -> None:
    asked = request("GET", "/v1/projects/WK/settings", b"", key=None, **headers)
    outcome = make_handler(public_url=public_url).handle(asked)
    assert isinstance(outcome, Reply)
    assert json.loads(outcome.body) == {
        "integrations": {
            "Segment.io": {"apiKey": "WK", "apiHost": f"{host}/v1", "protocol": protocol},
        }
    }


def test_segment_settings_exist_for_enabled_sources_only() -> None:
    handler = make_handler()
    assert refusal(handler.handle(request("GET", "/v1/projects/no/settings", key=None)))[0] == 404
    assert refusal(handler.handle(request("GET", "/v1/projects/OFF/settings", key=None))) == (
        404,
        "source is disabled\n",
    )


@pytest.mark.parametrize("path", ["/health", "/version", "/robots.txt"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_plain_pages_answer_get_and_head(method: str, path: str) -> None:
    outcome = make_handler().handle(request(method, path, key=None))
    assert isinstance(outcome, Reply)
    assert outcome.status == 200


@pytest.mark.parametrize("path", ["/v1/track", "/health", "/nowhere"])
def test_options_is_granted_everywhere(path: str) -> None:
    outcome = make_handler().handle(request("OPTIONS", path, key=None))
    assert isinstance(outcome, Reply)
    assert (outcome.status, outcome.body) == (204, b"")
    assert b"Content-Length" not in outcome.head


def test_a_wrong_method_names_the_right_ones() -> None:
    outcome = make_handler().handle(request("DELETE", "/sourceConfig"))
    assert isinstance(outcome, Reply)
    assert b"Allow: GET, HEAD, OPTIONS\r\n" in outcome.head


# What is odd, and harmless


@pytest.mark.parametrize(
    "body",
    [
        b'{"userId":"u","messageId":"m","n":1e999}',
        b'{"userId":"u","messageId":"m","n":-1e999,"m":1E-999}',
        b'{"userId":"u","messageId":"m","n":123456789012345678901234567890}',
        b'{"userId":"u","messageId":"m","a":1,"a":2}',
        b'{"userId":"first","userId":"u","messageId":"m"}',
        b'{"userId":"u","messageId":"m","t":"a\\u0000b"}',
        b'{"userId":"u","messageId":"m","__proto__":{"admin":true}}',
        b'{"userId":"u","messageId":"m","constructor":{"prototype":{"admin":true}}}',
        b'{"userId":"u","messageId":"m","":1}',
    ],
)
def test_odd_values_and_keys_are_data_like_other_data(body: bytes) -> None:
    (single,) = accepted(make_handler().handle(request(body=body)))
    item = b'{"type":"track",' + body[1:]
    (one_of_many,) = accepted(make_handler().handle(request(path="/v1/batch", body=batch(item))))
    assert (bytes(single.event), bytes(one_of_many.event)) == (body, item)


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"-Infinity", b"01", b"'x'", b'"\x00"', b"nul"])
def test_values_that_are_no_json_are_refused(value: bytes) -> None:
    body = b'{"userId":"u","messageId":"m","n":' + value + b"}"
    assert refusal(make_handler().handle(request(body=body))) == (400, "invalid json\n")


def test_an_event_over_a_limit_of_shape_is_refused_alone_and_held_back_among_others() -> None:
    deep = b'{"type":"track","userId":"u","messageId":"m","x":' + b"[" * 200 + b"]" * 200 + b"}"
    assert refusal(make_handler().handle(request(body=deep))) == (400, "event is nested too deep\n")
    outcome = make_handler().handle(request(path="/v1/batch", body=batch(deep, EVENT)))
    assert isinstance(outcome, Accepted)
    (held,) = (decode_quarantined(record) for record in outcome.quarantined)
    assert (held.reason, bytes(held.event), len(outcome.records)) == ("event is nested too deep", deep, 1)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (r"cut \ud83d", r"cut \ufffd"),
        (r"\uDE00 \ud83d\ud83d\ude00\uD83D\uDE00", r"\ufffd \ufffd\ud83d\ude00\uD83D\uDE00"),
        (r"\ud83d\n\ud83d\\ude00", r"\ufffd\n\ufffd\\ude00"),
        (r"no \\ud83d escape", r"no \\ud83d escape"),
    ],
)
def test_half_of_a_surrogate_pair_is_replaced_and_nothing_else(sent: str, kept: str) -> None:
    before, after = '{"type":"track","userId":"u","messageId":"m","t":"', '"}'
    body, expected = ((before + text + after).encode() for text in (sent, kept))
    (single,) = accepted(make_handler().handle(request(body=body)))
    (one_of_many,) = accepted(make_handler().handle(request(path="/v1/batch", body=batch(body))))
    assert (bytes(single.event), bytes(one_of_many.event)) == (expected, expected)
    json.loads(expected)["t"].encode()
