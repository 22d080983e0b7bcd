"""Whatever is sent, the gateway answers with a status it documents, and keeps only what it can give back."""

from __future__ import annotations

import asyncio
import gzip
import json

from hypothesis import given
from hypothesis import strategies as st

from mainstem.collect import Accepted, Answers, CollectSettings, Handler, Outcome, Request, SourceTable
from mainstem.collect.clock import Clock
from mainstem.collect.connections import Connections
from mainstem.collect.intake import Intake
from mainstem.collect.replies import OK
from mainstem.events import EVENT_TYPES, Source, decode_quarantined, decode_received
from mainstem.testing.gateway import RecordingLog, Wire

PATHS = ["/v1/track", "/v1/i", "/v1/batch", "/v1/b", "/beacon/v1/batch", "/sourceConfig", "/health", "/x"]
DOCUMENTED = {200, 204, 400, 401, 404, 405, 413, 415}
HANDLER = Handler(
    SourceTable([Source("s", "S", ("WK",)), Source("off", "Off", ("OFF",), enabled=False)]),
    max_body_bytes=5000,
    max_batch_events=50,
    strict=False,
    new_message_id=lambda: "made",
    other_routes=Answers(None, "", lambda: OK).routes,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
events = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(EVENT_TYPES) | json_values,
        "userId": json_values,
        "anonymousId": json_values,
        "messageId": json_values,
        "properties": json_values,
        "writeKey": st.sampled_from(["WK", "OFF"]) | json_values,
    },
)
bodies = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=100).map(str.encode),
    (json_values | events).map(lambda value: json.dumps(value).encode()),
    st.builds(
        lambda items, key, ascii_only: json.dumps(
            {"batch": items, "writeKey": key}, ensure_ascii=ascii_only
        ).encode(),
        st.lists(events | json_values, max_size=5) | json_values,
        st.sampled_from(["WK", "OFF", None, 3]),
        st.booleans(),
    ),
)
headers = st.fixed_dictionaries(
    {},
    optional={
        b"authorization": st.sampled_from([b"Basic V0s6", b"basic V0s6eA==", b"Basic", b"Bearer t"])
        | st.binary(),
        b"content-encoding": st.sampled_from([b"gzip", b"identity", b"", b"br", b"\xff"]),
        b"host": st.binary(),
    },
)


def handle(method: str, path: str, query: bytes, sent: dict[bytes, bytes], body: bytes) -> Outcome:
    return HANDLER.handle(Request(method.encode(), path.encode(), query, sent, body, "ip", "now"))


@given(
    st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PATCH"]),
    st.sampled_from(PATHS),
    st.sampled_from([b"", b"writeKey=WK", b"writeKey=OFF&"]) | st.binary(),
    headers,
    bodies,
    st.booleans(),
)
def test_any_request_gets_a_documented_answer(
    method: str, path: str, query: bytes, sent: dict[bytes, bytes], body: bytes, packed: bool
) -> None:
    outcome = handle(method, path, query, sent, gzip.compress(body) if packed else body)
    if isinstance(outcome, Accepted):
        assert outcome.records or outcome.quarantined
    else:
        assert outcome.status in DOCUMENTED
        assert outcome.status < 400 or outcome.body.endswith(b"\n")


@given(bodies)
def test_what_is_accepted_of_a_batch_is_every_item_once_and_unchanged(body: bytes) -> None:
    outcome = handle("POST", "/v1/batch", b"writeKey=WK", {}, body)
    if not isinstance(outcome, Accepted):
        return
    kept = [json.loads(bytes(decode_received(record).event)) for record in outcome.records]
    held = [json.loads(bytes(decode_quarantined(record).event)) for record in outcome.quarantined]
    written = json.loads(body)["batch"]
    items = written if isinstance(written, list) else [written]
    as_text = [json.dumps(item) for item in items]
    assert sorted(map(json.dumps, kept + held)) == sorted(as_text)
    assert all(item["type"] in EVENT_TYPES for item in kept)


@given(
    st.lists(st.binary(max_size=60) | st.sampled_from([b"\r\n", b"POST /v1/track HTTP/1.1\r\n"]), max_size=8)
)
def test_any_bytes_on_the_wire_are_survived(chunks: list[bytes]) -> None:
    async def run() -> None:
        intake = Intake(RecordingLog(), RecordingLog(), 10_000)
        shared = Connections(CollectSettings(), HANDLER.handle, intake, Clock(lambda: 0), lambda: 0.0)
        wire = Wire(shared).send(*chunks)
        await intake.drained()
        assert all(answer.status in DOCUMENTED | {431} for answer in wire.answers())
        if not wire.closed:
            wire.close()
        assert len(shared) == 0

    asyncio.run(run())
