"""Which records of each stream are a person's."""

from __future__ import annotations

import gzip
import json
from typing import Any

import msgspec
import pytest

from mainstem.events import (
    Forwarded,
    Quarantined,
    Received,
    Resolved,
    encode_forwarded,
    encode_quarantined,
    encode_received,
    encode_resolved,
)
from mainstem.operate.erase.records import links, record_judge
from mainstem.operate.erase.sought import forms, sought
from mainstem.privacy import PseudonymKeys, pseudonym

AT = "2026-01-02T03:04:05.678Z"
KEYS = PseudonymKeys("k1", {"k1": b"x" * 32})
ANA = sought(["ana-1234"], KEYS)


def raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())


def received(event: Any) -> bytes:
    return encode_received(Received(AT, "", "web", raw(event), "identify"))


def forwarded(body: bytes, **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return encode_forwarded(Forwarded(AT, "", "web", "POST", "/v1/batch", "", named, body))


def test_an_accepted_event_is_theirs_by_id_or_pseudonym() -> None:
    judge = record_judge("events", ANA)
    assert judge(received({"userId": "ana-1234"}))
    assert judge(received({"userId": pseudonym(KEYS, "ana-1234")}))
    assert not judge(received({"userId": "bob", "properties": {"friend": "ana-1234"}}))
    assert links(received({"userId": "ana-1234", "anonymousId": "b"}), ANA) == ({"ana-1234"}, {"b"})
    assert links(b"no record", ANA) == (set(), set())


def test_what_cannot_be_read_is_theirs_when_an_id_stands_in_it() -> None:
    judge = record_judge("events", ANA)
    assert judge(b"\xff broken ana-1234")
    assert not judge(b"\xff broken")


@pytest.mark.parametrize("value", [{"userId": "ana-1234"}, {"batch": [1, {"userId": "ana-1234"}]}])
def test_held_events_and_whole_bodies_are_looked_through(value: Any) -> None:
    judge = record_judge("quarantine", ANA)
    assert judge(encode_quarantined(Quarantined(AT, "", "web", "why", raw(value))))
    assert not judge(encode_quarantined(Quarantined(AT, "", "web", "why", raw("ana"))))


def test_requests_to_be_forwarded_are_looked_through_as_they_were_sent() -> None:
    judge = record_judge("shadow", ANA)
    body = json.dumps({"batch": [{"userId": "bob"}, {"userId": "ana-1234"}]}).encode()
    assert judge(forwarded(body))
    assert judge(forwarded(gzip.compress(body), content_encoding="gzip"))
    assert not judge(forwarded(gzip.compress(b"{}"), content_encoding="gzip"))


def test_what_became_of_held_events_names_nobody_but_by_mistake() -> None:
    judge = record_judge("resolved", ANA)
    assert not judge(encode_resolved(Resolved("gateway:1", "dismissed", AT)))
    assert judge(encode_resolved(Resolved("gateway:1", "held", AT, reason="ana-1234 again")))


def test_ids_are_looked_for_as_json_and_urls_write_them() -> None:
    assert set(forms('a"é/')) == {'a"é/', 'a\\"\\u00e9/', 'a\\"é/', "a%22%C3%A9%2F", "a%22%C3%A9/"}


def test_short_ids_are_looked_for_in_no_text() -> None:
    assert sought(["42"], None).distinct == ()
    assert sought(["Ana@Example.com "], None).addresses == ("ana@example.com",)
