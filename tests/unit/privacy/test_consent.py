from __future__ import annotations

from typing import Any

import pytest

from mainstem.events import Dropped, Sending
from mainstem.privacy import Consent, consent_step

NO = Dropped("consent")


def judged(
    consent: Consent, event: dict[str, Any], headers: dict[bytes, bytes] | None = None
) -> Dropped | None:
    step = consent_step(consent, "mine")
    assert step is not None
    verdict = step(event, Sending("203.0.113.7", "", headers or {}))
    assert verdict is None or isinstance(verdict, Dropped)
    return verdict


def test_a_profile_that_asks_for_nothing_has_no_step() -> None:
    assert consent_step(Consent(), "mine") is None


@pytest.mark.parametrize("header", [b"sec-gpc", b"dnt"])
def test_a_browser_that_says_no_is_heard(header: bytes) -> None:
    consent = Consent(gpc="drop", dnt="drop")
    assert judged(consent, {}, {header: b"1"}) == NO
    assert judged(consent, {}, {header: b"0"}) is None
    assert judged(consent, {}) is None


def test_an_anonymised_event_can_be_counted_and_leads_to_nobody() -> None:
    event = {
        "type": "page", "name": "Home", "messageId": "m", "userId": "u", "anonymousId": "a", "groupId": "g",
        "traits": {"plan": "p"}, "properties": {"path": "/"}, "request_ip": "203.0.113.7",
        "context": {"ip": "203.0.113.7", "sessionId": 1, "traits": {"email": "x"}, "locale": "en",
                    "device": {"id": "d", "type": "phone"}},
    }  # fmt: skip
    beside = Sending("203.0.113.7", "", {b"sec-gpc": b"1"})
    step = consent_step(Consent(gpc="anonymise"), "product")
    assert step is not None
    assert step(event, beside) is None
    assert event == {
        "type": "page", "name": "Home", "messageId": "m", "anonymousId": "anonymised",
        "properties": {"path": "/"},
        "context": {"locale": "en", "device": {"type": "phone"},
                    "privacy": {"profile": "product", "consent": "anonymised"}},
    }  # fmt: skip
    assert beside.request_ip == ""


@pytest.mark.parametrize("kind", ["identify", "alias", "merge", "group"])
def test_what_only_says_who_somebody_is_cannot_be_anonymised(kind: str) -> None:
    assert judged(Consent(dnt="anonymise"), {"type": kind, "userId": "u"}, {b"dnt": b"1"}) == NO


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"consentManagement": {"allowedConsentIds": ["analytics", "ads"]}}, None),
        ({"consentManagement": {"allowedConsentIds": ["ads"]}}, NO),
        ({"consentManagement": {"allowedConsentIds": [], "deniedConsentIds": ["analytics"]}}, NO),
        ({"consentManagement": {"allowedConsentIds": {"consent": ["analytics"]}}}, None),
        ({"consentManagement": {"allowedConsentIds": ["analytics"], "deniedConsentIds": ["analytics"]}}, NO),
        ({"consent": {"categoryPreferences": {"analytics": True}}}, None),
        ({"consent": {"categoryPreferences": {"analytics": False}}}, NO),
        ({"consent": {"categoryPreferences": {"ads": True}}}, NO),
        ({"consentManagement": {"allowedConsentIds": ["analytics"]},
          "consent": {"categoryPreferences": {"analytics": False}}}, NO),
        ({"consentManagement": "garbage", "consent": []}, None),
        ({}, None),
        ("garbage", None),
    ],
)  # fmt: skip
def test_categories_are_read_as_both_sdks_state_them(context: Any, expected: Dropped | None) -> None:
    assert judged(Consent(required=("analytics",)), {"context": context}) == expected


def test_an_event_that_states_nothing_can_be_refused_too() -> None:
    assert judged(Consent(required=("analytics",), unstated="drop"), {"context": {}}) == NO


def test_the_strictest_answer_wins() -> None:
    consent = Consent(gpc="anonymise", dnt="drop")
    assert judged(consent, {"type": "page"}, {b"dnt": b"1", b"sec-gpc": b"1"}) == NO
