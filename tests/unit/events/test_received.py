from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.events import Received, decode_received, encode_received, enriched

MD5_OF_U_AND_A = "d7374af0-fa5c-9067-2818-1c4963a3798c"
AT = "2026-01-02T03:04:05.678Z"


def received(event: dict[str, Any], **more: Any) -> Received:
    return Received(AT, "10.0.0.9", "web", msgspec.Raw(json.dumps(event).encode()), **more)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_a_record_comes_back_with_the_senders_own_bytes(event: dict[str, Any]) -> None:
    record = received(event)
    again = decode_received(encode_received(record))
    assert bytes(again.event) == bytes(record.event)
    assert (again.received_at, again.request_ip, again.source_id) == (AT, "10.0.0.9", "web")


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_enriching_is_pure(event: dict[str, Any]) -> None:
    record = received(event, message_id="m")
    assert enriched(record) == enriched(decode_received(encode_received(record)))


def test_what_the_sender_left_out_is_filled_in() -> None:
    event = enriched(received({"userId": "u"}, type="track", message_id="made"))
    assert event["type"] == "track"
    assert event["messageId"] == "made"
    assert event["receivedAt"] == event["originalTimestamp"] == event["sentAt"] == event["timestamp"] == AT
    assert event["request_ip"] == "10.0.0.9"


def test_what_the_sender_said_is_kept() -> None:
    said = {"messageId": " m1 ", "receivedAt": "2025-01-01T00:00:00Z", "request_ip": "1.2.3.4"}
    event = enriched(received(said))
    assert (event["messageId"], event["receivedAt"], event["request_ip"]) == (
        "m1",
        "2025-01-01T00:00:00Z",
        "1.2.3.4",
    )


def test_the_rudder_id_is_the_md5_of_user_and_anonymous_id() -> None:
    assert enriched(received({"userId": "u", "anonymousId": "a"}))["rudderId"] == MD5_OF_U_AND_A
    assert enriched(received({"userId": "u"}))["rudderId"] != MD5_OF_U_AND_A


def test_a_timestamp_that_parses_is_kept_to_the_letter() -> None:
    said = "2026-01-01T00:00:00.123456+02:00"
    assert enriched(received({"timestamp": said}))["timestamp"] == said


def test_a_missing_timestamp_corrects_the_senders_clock() -> None:
    event = enriched(
        received({"originalTimestamp": "2020-05-05T10:00:00Z", "sentAt": "2020-05-05T10:00:30Z"})
    )
    assert event["timestamp"] == "2026-01-02T03:03:35.678Z"


@pytest.mark.parametrize("clock", ["yesterday", "", 12345, None, {}])
def test_a_clock_that_is_none_counts_as_missing(clock: object) -> None:
    assert enriched(received({"timestamp": clock}))["timestamp"] == AT


def test_clocks_that_lead_out_of_all_years_leave_the_time_of_arrival() -> None:
    event = enriched(
        received({"originalTimestamp": "0001-01-01T00:00:00Z", "sentAt": "9999-12-31T00:00:00Z"})
    )
    assert event["timestamp"] == AT


@pytest.mark.parametrize("event", [b"[1]", b'"text"'])
def test_an_event_that_is_no_object_is_a_validation_error(event: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        enriched(Received(AT, "", "web", msgspec.Raw(event)))
