from __future__ import annotations

import json

import pytest

from mainstem.collect import Accepted, Answers, CollectSettings, Handler, Outcome, Reply, Request, SourceTable
from mainstem.collect.aliases import api_path, misspelt, with_aliases
from mainstem.collect.replies import OK
from mainstem.collect.routes import RouteOptions
from mainstem.collect.sources import basic_authorization
from mainstem.events import Source, decode_received, enriched

MERGE = b'{"userId":"u1","mergeProperties":[{"type":"email","value":"a"},{"type":"phone","value":"b"}]}'


def make(options: RouteOptions = RouteOptions()) -> Handler:  # noqa: B008 - frozen
    return Handler(
        SourceTable([Source("web", "Website", ("WK",))]),
        max_body_bytes=2000,
        max_batch_events=20,
        strict=False,
        new_message_id=lambda: "made",
        other_routes=Answers(None, "", lambda: OK, api_path(options.path_aliases)).routes,
        options=options,
    )


def post(path: str, body: bytes, handler: Handler | None = None, key: str | None = "WK") -> Outcome:
    headers = {} if key is None else {b"authorization": basic_authorization(key)}
    return (handler or make()).handle(
        Request(b"POST", path.encode(), b"", headers, body, "203.0.113.7", "2026-01-02T03:04:10.000Z")
    )


def accepted(outcome: Outcome) -> list[bytes]:
    assert isinstance(outcome, Accepted), outcome
    return outcome.records


@pytest.mark.parametrize("path", ["/v1/merge", "/v1/m"])
def test_a_merge_is_kept_with_what_it_merges(path: str) -> None:
    (record,) = [decode_received(record) for record in accepted(post(path, MERGE))]
    assert (record.type, bytes(record.event)) == ("merge", MERGE)


def test_a_merge_must_say_of_whom_as_any_event_must() -> None:
    outcome = post("/v1/merge", b'{"mergeProperties":[]}')
    assert isinstance(outcome, Reply)
    assert (outcome.status, outcome.body) == (400, b"request neither has anonymousId nor userId\n")


def test_what_segments_sdks_report_of_themselves_is_answered_and_not_kept() -> None:
    report = b'{"series":[{"type":"Counter","metric":"analytics_js.invoke","value":1,"tags":{}}]}'
    assert post("/v1/m", report, key=None) is OK


@pytest.mark.parametrize("body", [b"", b"{", b'{"series":[]}', b'{"series":"x"}', b"[1]"])
def test_anything_else_there_needs_a_key(body: bytes) -> None:
    outcome = post("/v1/m", body, key="nobody")
    assert isinstance(outcome, Reply)
    assert (outcome.status, outcome.body) == (401, b"invalid write key\n")


def test_an_import_is_a_batch() -> None:
    events = [b'{"type":"track","userId":"u1"}', b'{"type":"identify","userId":"u2"}']
    records = accepted(post("/v1/import", b'{"batch":[' + b",".join(events) + b"]}"))
    assert [bytes(decode_received(record).event) for record in records] == events


@pytest.mark.parametrize("path", ["/e/track", "/x/v1/track", "/v1/track"])
def test_a_route_answers_under_each_of_its_aliases(path: str) -> None:
    handler = make(RouteOptions({"/e/": "/v1/", "/x/": "/"}))
    assert len(accepted(post(path, b'{"userId":"u1"}', handler))) == 1


def test_an_alias_neither_hides_a_route_nor_reaches_beyond_its_prefix() -> None:
    routes = [(b"GET", path, lambda _: OK) for path in ("/v1/a", "/e/a", "/v10/b")]
    found = list(with_aliases(routes, {"/e/": "/v1/"}))
    assert [path for _, path, _ in found] == ["/v1/a", "/e/a", "/v10/b"]


@pytest.mark.parametrize(
    ("aliases", "path"),
    [
        ({}, "/v1"),
        ({"/e/": "/v1/"}, "/e"),
        ({"/x/": "/"}, "/x/v1"),
        ({"/b/": "/beacon/", "/q/": "/v1/", "/e/": "/v1/"}, "/q"),
    ],
)
def test_browsers_are_told_the_first_alias_under_which_they_can_send(
    aliases: dict[str, str], path: str
) -> None:
    handler = make(RouteOptions(aliases))
    headers = {b"host": b"shop.example"}
    outcome = handler.handle(Request(b"GET", b"/v1/projects/WK/settings", b"", headers, b"", "", ""))
    assert isinstance(outcome, Reply)
    told = json.loads(outcome.body)["integrations"]["Segment.io"]
    assert told["apiHost"] == "shop.example" + path


@pytest.mark.parametrize(
    "wrong", [{"e/": "/v1/"}, {"/e": "/v1/"}, {"/e/": "/v1"}, {"/e?/": "/v1/"}, {"//": "/v1/"}, {"/é/": "/"}]
)
def test_a_prefix_that_could_match_nothing_is_found(wrong: dict[str, str]) -> None:
    assert misspelt(wrong) is not None
    assert misspelt({"/e/": "/v1/", "/x/": "/"}) is None


SENT = "2026-01-02T03:04:00.000Z"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        # Segment's: the stated time is by the sender's clock, which is ten seconds slow.
        (
            {"timestamp": "2026-01-02T03:03:50.000Z"},
            ("2026-01-02T03:04:00.000Z", "2026-01-02T03:03:50.000Z", SENT),
        ),
        (
            {"originalTimestamp": "2026-01-02T03:03:50.000Z"},
            ("2026-01-02T03:04:00.000Z", "2026-01-02T03:03:50.000Z", SENT),
        ),
        # RudderStack's, which say both or say themselves when they were sent, are left alone.
        (
            {"timestamp": "2026-01-01T00:00:00Z", "originalTimestamp": "2026-01-02T03:03:50.000Z"},
            ("2026-01-01T00:00:00Z", "2026-01-02T03:03:50.000Z", SENT),
        ),
        (
            {"originalTimestamp": "2026-01-02T03:03:50.000Z", "sentAt": "2026-01-02T03:03:55.000Z"},
            ("2026-01-02T03:04:05.000Z", "2026-01-02T03:03:50.000Z", "2026-01-02T03:03:55.000Z"),
        ),
        ({}, ("2026-01-02T03:04:10.000Z", SENT, SENT)),
    ],
)
def test_a_batchs_own_time_corrects_a_skewed_clock_where_it_is_honoured(
    event: dict[str, str], expected: tuple[str, str, str]
) -> None:
    body = json.dumps({"batch": [{"type": "track", "userId": "u1", **event}], "sentAt": SENT}).encode()
    handler = make(RouteOptions(honour_batch_sent_at=True))
    (record,) = accepted(post("/v1/batch", body, handler))
    found = enriched(decode_received(record))
    assert (found["timestamp"], found["originalTimestamp"], found["sentAt"]) == expected


def test_a_batchs_own_time_is_ignored_by_default() -> None:
    body = json.dumps({"batch": [{"type": "track", "userId": "u1"}], "sentAt": SENT}).encode()
    (record,) = accepted(post("/v1/batch", body))
    assert enriched(decode_received(record))["sentAt"] == "2026-01-02T03:04:10.000Z"
    assert not CollectSettings().honour_batch_sent_at


@pytest.mark.parametrize("sent_at", [None, 5, "", "yesterday", {}, "1" * 600])
def test_a_time_that_is_none_is_not_honoured(sent_at: object) -> None:
    body = json.dumps({"batch": [{"type": "track", "userId": "u1"}], "sentAt": sent_at}).encode()
    (record,) = accepted(post("/v1/batch", body, make(RouteOptions(honour_batch_sent_at=True))))
    assert decode_received(record).sent_at is None
