"""Calls to Analytics stop before its quotas do, and refusals mean what Google means by them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import requests

from mainstem.connectors.ga4.quota import Tokens
from mainstem.saas import Quota, Verdict
from mainstem.testing.connectors import NOON, StillClock

MIDNIGHT = datetime(2026, 1, 16, 8, tzinfo=UTC)
"""The first in California after noon."""


def answer(body: Any, status: int = 200) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made.headers["Content-Type"] = "application/json"
    made._content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return made


def left(hour: int, day: int = 100_000, cost: int = 5, /, **more: Any) -> requests.Response:
    quota = {
        "tokensPerDay": {"consumed": cost, "remaining": day},
        "tokensPerProjectPerHour": {"consumed": cost, "remaining": hour},
        **more,
    }
    return answer({"rows": [], "propertyQuota": quota})


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(StillClock(), 0)


def test_while_there_is_enough_the_day_is_told(tokens: Tokens) -> None:
    assert tokens.quota(left(9_000)) == Quota(100_000, None, MIDNIGHT)


def test_an_hour_that_cannot_pay_for_the_dearest_request_is_over(tokens: Tokens) -> None:
    assert tokens.quota(left(150, 100_000, 200)) == Quota(0, None, NOON + timedelta(hours=1))
    cheap = tokens.quota(left(199, 100_000, 1))
    assert cheap is not None
    assert cheap.remaining == 0


def test_tokens_of_the_day_are_left_to_others() -> None:
    tokens = Tokens(StillClock(), 5_000)
    assert tokens.quota(left(9_000, 5_020)) == Quota(5_020, None, MIDNIGHT)
    assert tokens.quota(left(9_000, 5_008)) == Quota(5_000, None, MIDNIGHT)


@pytest.mark.parametrize(
    ("name", "status", "is_over"),
    [
        ("potentiallyThresholdedRequestsPerHour", {"consumed": 1, "remaining": 1}, True),
        ("potentiallyThresholdedRequestsPerHour", {"remaining": 1}, False),
        ("serverErrorsPerProjectPerHour", {"remaining": 1}, True),
        ("serverErrorsPerProjectPerHour", {"remaining": 9}, False),
    ],
)
def test_rare_requests_and_errors_have_quotas_too(
    tokens: Tokens, name: str, status: dict[str, int], is_over: bool
) -> None:
    found = tokens.quota(left(9_000, 100_000, 5, **{name: status}))
    assert found is not None
    assert (found.remaining == 0) is is_over


@pytest.mark.parametrize("body", [b'{"propertyQuota": {"tok', b"[]", b"{}", b'{"propertyQuota": null}'])
def test_an_answer_that_tells_nothing_changes_nothing(tokens: Tokens, body: bytes) -> None:
    assert tokens.quota(answer(body)) is None


@pytest.mark.parametrize(
    ("said", "verdict", "ends"),
    [
        ("Exhausted property tokens for a project per hour.", Verdict.QUOTA, NOON + timedelta(hours=1)),
        ("Exhausted property tokens per day.", Verdict.QUOTA, MIDNIGHT),
        ("Exhausted potentially thresholded requests quota.", Verdict.QUOTA, NOON + timedelta(hours=1)),
        ("Exhausted concurrent requests quota.", Verdict.WAIT, None),
        ("Too many requests.", Verdict.WAIT, None),
    ],
)
def test_a_refusal_is_over_when_google_says(
    tokens: Tokens, said: str, verdict: Verdict, ends: datetime | None
) -> None:
    refused = answer({"error": {"code": 429, "message": said}}, 429)
    assert tokens.judge(refused) is verdict
    found = tokens.quota(refused)
    assert (None if found is None else found.resets_at) == ends


def test_the_ninth_error_of_an_hour_is_the_last() -> None:
    clock = StillClock()
    tokens = Tokens(clock, 0)
    trouble = answer({}, 500)
    for _ in range(8):
        assert (tokens.quota(trouble), tokens.judge(trouble)) == (None, None)
        clock.advance(60)
    held = Quota(0, None, NOON + timedelta(hours=1))
    assert (tokens.quota(trouble), tokens.judge(trouble)) == (held, Verdict.QUOTA)
    clock.advance(3600)
    assert (tokens.quota(trouble), tokens.judge(trouble)) == (None, None)
