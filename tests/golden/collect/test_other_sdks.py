"""Requests of SDKs that cannot run here, written by hand after what those SDKs put on the wire.

Each shows what is its own: paths with and without a slash, keys in header or body, gzip that is called text,
ids in base64, clocks with zones, empty objects that PHP writes as lists.
"""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

import pytest

from mainstem.collect import Accepted, Answers, Handler, Reply, Request, SourceTable
from mainstem.collect.replies import OK
from mainstem.collect.sources import basic_authorization
from mainstem.events import Source, decode_received, enriched

RECEIVED_AT = "2026-03-04T05:06:07.890Z"
ANONYMOUS = b64encode(b"2f9c1a7e-5b1d-4c0e-9a3f-0d6f1c2b3a4d").decode()


@dataclass(frozen=True)
class Wire:
    """One request. `body` is sent as JSON, gzip'd where `gzipped`."""

    name: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    gzipped: bool = False
    basic: bool = True
    timestamps: list[str] = field(default_factory=list)
    """When the events happened, as `enriched` must tell, in order."""


def mobile(library: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "messageId": f"1772600766000-{kind}",
        "channel": "mobile",
        "context": {
            "app": {"build": "42", "name": "Shop", "namespace": "example.shop", "version": "3.1.0"},
            "device": {"id": "d1", "manufacturer": "Acme", "model": "A1", "name": "a1", "type": "Phone"},
            "library": {"name": library, "version": "1.31.0"},
            "locale": "de-CH",
            "network": {"carrier": "Acme", "wifi": True, "bluetooth": False, "cellular": True},
            "os": {"name": "OS", "version": "18.1"},
            "screen": {"density": 420, "height": 2138, "width": 1080},
            "timezone": "Europe/Zurich",
            "traits": {"anonymousId": "2f9c1a7e-5b1d-4c0e-9a3f-0d6f1c2b3a4d"},
            "sessionId": 1772600700,
        },
        "type": kind,
        "anonymousId": "2f9c1a7e-5b1d-4c0e-9a3f-0d6f1c2b3a4d",
        "originalTimestamp": "2026-03-04T05:06:00.000Z",
        "integrations": {"All": True},
        "sentAt": "2026-03-04T05:06:05.000Z",
        **fields,
    }


RUDDER_MOBILE = {"Content-Type": "application/json", "AnonymousId": ANONYMOUS}
SEGMENT_ITEM = {"integrations": {}, "messageId": "m1", "context": {"library": {"name": "x", "version": "1"}}}

WIRES = [
    Wire(
        "RudderStack iOS, gzip",
        "/v1/batch",
        {**RUDDER_MOBILE, "User-Agent": "Shop/42 CFNetwork/1568.200.51 Darwin/24.1.0"},
        {
            "sentAt": "2026-03-04T05:06:05.000Z",
            "batch": [
                mobile(
                    "rudder-ios-library", "track", event="Application Opened", properties={"from": "push"}
                ),
                mobile("rudder-ios-library", "identify", event="identify", userId="u1"),
                mobile("rudder-ios-library", "screen", event="Cart", properties={"name": "Cart"}),
            ],
        },
        gzipped=True,
        timestamps=["2026-03-04T05:06:02.890Z"] * 3,
    ),
    Wire(
        "RudderStack Android and Flutter",
        "/v1/batch",
        {**RUDDER_MOBILE, "User-Agent": "Dalvik/2.1.0 (Linux; U; Android 15; A1)"},
        {
            "sentAt": "2026-03-04T05:06:05.000Z",
            "batch": [
                mobile("com.rudderstack.android.sdk.core", "track", event="Product Added", userId="u1")
            ],
        },
        timestamps=["2026-03-04T05:06:02.890Z"],
    ),
    Wire(
        "Segment Kotlin",
        "/v1/b",
        {"Content-Type": "text/plain", "Content-Encoding": "gzip", "User-Agent": "analytics-kotlin/1.19.0"},
        {
            "writeKey": "WK",
            "sentAt": "2026-03-04T05:06:05.000Z",
            "batch": [
                {
                    **SEGMENT_ITEM,
                    "type": "track",
                    "event": "Opened",
                    "anonymousId": "a1",
                    "userId": "",
                    "properties": {},
                    "timestamp": "2026-03-04T05:06:00.123Z",
                    "_metadata": {"bundled": [], "unbundled": [], "bundledIds": []},
                }
            ],
        },
        gzipped=True,
        basic=False,
        timestamps=["2026-03-04T05:06:00.123Z"],
    ),
    Wire(
        "Segment Swift",
        "/v1/b",
        {"Content-Type": "application/json; charset=utf-8", "User-Agent": "analytics-ios/1.7.0"},
        {
            "batch": [
                {
                    **SEGMENT_ITEM,
                    "type": "screen",
                    "name": "Cart",
                    "anonymousId": "a1",
                    "timestamp": "2026-03-04T05:06:00.123Z",
                }
            ],
            "sentAt": "2026-03-04T05:06:05.000Z",
            "writeKey": "WK",
        },
        timestamps=["2026-03-04T05:06:00.123Z"],
    ),
    Wire(
        "Segment Android before Kotlin",
        "/v1/import",
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {
            "batch": [
                {
                    **SEGMENT_ITEM,
                    "type": "identify",
                    "channel": "mobile",
                    "userId": "u1",
                    "anonymousId": "a1",
                    "traits": {"email": "a@b.example"},
                    "timestamp": "2026-03-04T05:06:00.123Z",
                }
            ],
            "sentAt": "2026-03-04T05:06:05.000Z",
        },
        gzipped=True,
        timestamps=["2026-03-04T05:06:00.123Z"],
    ),
    Wire(
        "RudderStack Go",
        "/v1/batch",
        {
            "Content-Type": "application/json",
            "User-Agent": "analytics-go (version: 4.2.2)",
            "RS-targetNode": "0",
            "RS-nodeCount": "1",
            "RS-userAgent": "serverSDK",
            "Accept-Encoding": "gzip",
        },
        {
            "batch": [
                {
                    "type": "group",
                    "messageId": "m1",
                    "userId": "u1",
                    "groupId": "g1",
                    "originalTimestamp": "2026-03-04T06:06:00.123456789+01:00",
                    "sentAt": "2026-03-04T06:06:05.123456789+01:00",
                    "context": {"library": {"name": "analytics-go", "version": "4.2.2"}, "direct": True},
                    "traits": {"plan": "pro"},
                    "channel": "server",
                }
            ]
        },
        gzipped=True,
        timestamps=["2026-03-04T05:06:02.890Z"],
    ),
    Wire(
        "Segment Java",
        "/v1/import/",
        {"Content-Type": "application/json; charset=UTF-8", "User-Agent": "analytics-java/3.5.2"},
        {
            "batch": [
                {
                    "type": "alias",
                    "messageId": "m1",
                    "sentAt": "2026-03-04T05:06:05.000Z",
                    "timestamp": "2026-03-04T05:06:00.123Z",
                    "userId": "u1",
                    "previousId": "a1",
                }
            ],
            "sentAt": "2026-03-04T05:06:05.000Z",
            "context": {"library": {"name": "analytics-java", "version": "3.5.2"}},
            "sequence": 1,
            "writeKey": "WK",
        },
        timestamps=["2026-03-04T05:06:00.123Z"],
    ),
    Wire(
        "RudderStack PHP",
        "/v1/batch",
        {
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "AnonymousId": b64encode(b"u1").decode(),
            "User-Agent": "rudder-analytics-php/2.2.0",
        },
        {
            "batch": [
                {
                    "userId": "u1",
                    "event": "Bought",
                    "properties": [],
                    "context": {
                        "library": {"name": "rudder-analytics-php", "version": "2.2.0", "consumer": "LibCurl"}
                    },
                    "originalTimestamp": "2026-03-04T05:06:00+00:00",
                    "sentAt": "2026-03-04T05:06:05+00:00",
                    "type": "track",
                    "channel": "server",
                    "messageId": "m1",
                }
            ],
            "sentAt": "2026-03-04T05:06:06+00:00",
        },
        gzipped=True,
        timestamps=["2026-03-04T05:06:02.890Z"],
    ),
    Wire(
        "Segment Ruby",
        "/v1/import",
        {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "analytics-ruby/2.5.0",
        },
        {
            "sentAt": "2026-03-04T05:06:05.000Z",
            "batch": [
                {
                    "context": {"library": {"name": "analytics-ruby", "version": "2.5.0"}},
                    "messageId": "m1",
                    "timestamp": "2026-03-04T06:06:00.123+01:00",
                    "userId": 17,
                    "type": "track",
                    "event": "Bought",
                    "properties": {"total": 10.5},
                }
            ],
        },
        timestamps=["2026-03-04T06:06:00.123+01:00"],
    ),
]


@pytest.fixture
def handler() -> Handler:
    return Handler(
        SourceTable([Source("src", "App", ("WK",))]),
        max_body_bytes=4_096_000,
        max_batch_events=5000,
        strict=True,
        new_message_id=lambda: "made",
        other_routes=Answers(None, RECEIVED_AT, lambda: OK).routes,
    )


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.name)
def test_what_another_sdk_sends_is_kept_as_it_came(wire: Wire, handler: Handler) -> None:
    headers = {name.lower().encode(): value.encode() for name, value in wire.headers.items()}
    body = json.dumps(wire.body).encode()
    if wire.gzipped:
        headers[b"content-encoding"], body = b"gzip", gzip.compress(body)
    if wire.basic:
        headers[b"authorization"] = basic_authorization("WK")
    outcome = handler.handle(
        Request(b"POST", wire.path.encode(), b"", headers, body, "192.0.2.7", RECEIVED_AT)
    )
    assert isinstance(outcome, Accepted), outcome
    assert outcome.quarantined == []
    kept = [decode_received(record) for record in outcome.records]
    assert [json.loads(bytes(record.event)) for record in kept] == wire.body["batch"]
    assert [enriched(record)["timestamp"] for record in kept] == wire.timestamps


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/sourceConfig", "p=android&v=1.26.0&bv=35"),
        ("/sourceConfig", "p=ios&v=1.31.0"),
        ("/v1/projects/WK/settings", ""),
    ],
)
def test_what_mobile_sdks_ask_first_names_the_source_and_no_destination(
    path: str, query: str, handler: Handler
) -> None:
    headers = {b"authorization": basic_authorization("WK"), b"host": b"gateway"}
    outcome = handler.handle(Request(b"GET", path.encode(), query.encode(), headers, b"", "", ""))
    assert isinstance(outcome, Reply)
    told = json.loads(outcome.body)
    assert outcome.status == 200
    if "source" in told:
        assert (told["source"]["enabled"], told["source"]["destinations"]) == (True, [])
    else:
        assert list(told["integrations"]) == ["Segment.io"]
