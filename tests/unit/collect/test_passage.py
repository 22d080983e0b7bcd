from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from mainstem.collect import (
    Accepted,
    Answers,
    CompiledSource,
    Handler,
    Outcome,
    Reply,
    Request,
    SourceTable,
    compile_plainly,
)
from mainstem.collect.replies import OK
from mainstem.collect.shape import Shape
from mainstem.collect.sources import basic_authorization
from mainstem.events import Dropped, Held, Scrub, Sending, Source, Step, decode_quarantined, decode_received

SOURCE = Source("web", "Website", ("WK",))
HEADERS = {b"authorization": basic_authorization("WK"), b"dnt": b"1"}


def lower_event(event: dict[str, Any], sending: Sending) -> None:
    event["event"] = str(event.get("event")).lower()


def hide_ip(event: dict[str, Any], sending: Sending) -> None:
    sending.request_ip = "203.0.113.0"


def send(*steps: Step, path: str = "/v1/track", body: object = None, scrub: Scrub | None = None) -> Accepted:
    outcome, _ = send_counted(*steps, path=path, body=body, scrub=scrub)
    assert isinstance(outcome, Accepted)
    return outcome


def send_raw(body: bytes, *steps: Step, path: str = "/v1/track", scrub: Scrub | None = None) -> Accepted:
    outcome, _ = _handled(steps, path, body, scrub)
    assert isinstance(outcome, Accepted)
    return outcome


def send_counted(
    *steps: Step, path: str = "/v1/track", body: object = None, scrub: Scrub | None = None
) -> tuple[Outcome, CompiledSource]:
    return _handled(steps, path, json.dumps(body or {"event": "Opened", "userId": "u"}).encode(), scrub)


def _handled(
    steps: tuple[Step, ...], path: str, body: bytes, scrub: Scrub | None
) -> tuple[Outcome, CompiledSource]:
    def compiler(source: Source) -> CompiledSource:
        return msgspec.structs.replace(compile_plainly(source), steps=steps, scrub=scrub)

    table = SourceTable([SOURCE], compiler)
    handler = Handler(
        table,
        max_body_bytes=20_000,
        max_batch_events=20,
        strict=False,
        new_message_id=lambda: "made",
        other_routes=Answers(None, "", lambda: OK).routes,
        shape=Shape(max_depth=10_000),
    )
    outcome = handler.handle(Request(b"POST", path.encode(), b"", HEADERS, body, "203.0.113.7", ""))
    return outcome, table.compiled[0]


def test_steps_change_an_event_and_what_is_kept_beside_it_before_it_is_a_record() -> None:
    (record,) = map(decode_received, send(lower_event, hide_ip).records)
    assert json.loads(bytes(record.event)) == {"event": "opened", "userId": "u", "type": "track"}
    assert record.request_ip == "203.0.113.0"


def test_a_step_sees_the_type_that_the_path_forces_and_the_headers_of_its_request() -> None:
    seen = []

    def look(event: dict[str, Any], sending: Sending) -> None:
        seen.append((event["type"], sending.headers[b"dnt"]))

    send(look, path="/v1/page")
    assert seen == [("page", b"1")]


def test_a_held_event_is_quarantined_as_the_later_steps_leave_it() -> None:
    accepted = send(lambda event, sending: Held("not in the plan"), lower_event, hide_ip)
    assert accepted.records == []
    (held,) = map(decode_quarantined, accepted.quarantined)
    assert (held.reason, held.request_ip) == ("not in the plan", "203.0.113.0")
    assert json.loads(bytes(held.event))["event"] == "opened"


def test_a_dropped_event_is_kept_nowhere_counted_by_its_reason_and_answered_as_accepted() -> None:
    outcome, source = send_counted(lambda event, sending: Dropped("suppressed"))
    assert outcome == Accepted([], [])
    assert (source.counts.dropped, source.counts.events) == ({"suppressed": 1}, 0)


def test_an_item_that_never_got_to_the_steps_is_scrubbed_before_it_is_quarantined() -> None:
    accepted = send(
        lower_event, path="/v1/batch", body={"batch": ["me@example.com"]}, scrub=lambda value, sending: "•"
    )
    (held,) = map(decode_quarantined, accepted.quarantined)
    assert (json.loads(bytes(held.event)), held.request_ip) == ("•", "")


def test_only_the_event_at_fault_is_held_back_from_a_batch() -> None:
    def judge(event: dict[str, Any], sending: Sending) -> Held | None:
        return Held("odd") if event.get("event") == "Odd" else None

    items = [{"type": "track", "userId": "u", "event": name} for name in ("A", "Odd", "B")]
    outcome, source = send_counted(judge, path="/v1/batch", body={"batch": items})
    assert isinstance(outcome, Accepted)
    assert [json.loads(bytes(decode_received(record).event))["event"] for record in outcome.records] == [
        "A",
        "B",
    ]
    assert (source.counts.requests, source.counts.events, source.counts.quarantined) == (1, 2, 1)


def test_an_event_that_no_step_can_read_is_held_back_as_it_came() -> None:
    item = b'{"type":"track","userId":"u","n":1e999}'
    accepted = send_raw(b'{"batch":[%b]}' % item, lower_event, path="/v1/batch")
    (held,) = map(decode_quarantined, accepted.quarantined)
    assert (bytes(held.event), held.request_ip) == (item, "203.0.113.7")
    assert "a number in it is too large" in held.reason


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 5000, "9" * 400 + ".5"])
def test_where_there_are_rules_an_event_with_too_large_a_number_is_kept_as_they_leave_it(number: str) -> None:
    items = f'{{"type":"track","userId":"u","event":"A","n":{number},"m":[1.5,2]}},["A",{number}]'
    accepted = send_raw(
        f'{{"batch":[{items}]}}'.encode(),
        lower_event,
        hide_ip,
        path="/v1/batch",
        scrub=lambda value, sending: value,
    )
    assert accepted.records == []
    event, item = map(decode_quarantined, accepted.quarantined)
    kept = {"type": "track", "userId": "u", "event": "a", "n": number, "m": [1.5, 2]}
    assert (json.loads(bytes(event.event)), event.request_ip) == (kept, "203.0.113.0")
    assert "a number in it is too large" in event.reason
    assert (json.loads(bytes(item.event)), item.request_ip) == (["A", number], "")


@pytest.mark.parametrize("scrub", [None, lambda value, sending: value])
def test_a_single_event_with_too_large_a_number_is_refused_as_its_sender_can_be_told(
    scrub: Scrub | None,
) -> None:
    outcome, source = _handled((lower_event,), "/v1/track", b'{"userId":"u","n":1e999}', scrub)
    assert isinstance(outcome, Reply)
    assert (outcome.status, outcome.body) == (400, b"invalid json\n")
    counts = source.counts
    assert (counts.requests, counts.refused_requests, counts.events, counts.quarantined) == (1, 1, 0, 0)


def test_what_is_refused_at_the_door_is_scrubbed_by_the_headers_of_its_request() -> None:
    def scrub(value: Any, sending: Sending) -> Any:
        return sending.headers[b"dnt"].decode()

    accepted = send(lower_event, path="/v1/batch", body={"batch": [7]}, scrub=scrub)
    assert [bytes(decode_quarantined(record).event) for record in accepted.quarantined] == [b'"1"']


def test_an_event_nested_deeper_than_a_step_can_follow_is_held_back_as_it_came() -> None:
    def depth(value: Any) -> int:
        return 1 + max(depth(inner) for inner in value.values()) if isinstance(value, dict) else 0

    def measured(event: dict[str, Any], sending: Sending) -> None:
        event["depth"] = depth(event)

    body = b'{"userId":"u","a":' + b'{"a":' * 700 + b"1" + b"}" * 701
    accepted = send_raw(body, measured)
    assert accepted.records == []
    (held,) = map(decode_quarantined, accepted.quarantined)
    assert (bytes(held.event), held.reason) == (body, "event is nested too deep")
