from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.shadow.pace import Verdict, pause_before, retry_after_of, verdict_of

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, "taken"), (202, "taken"), (301, "refused"), (307, "refused"), (400, "refused"),
        (401, "refused"), (404, "refused"), (408, "again"), (413, "refused"), (425, "again"),
        (429, "again"), (500, "again"), (503, "again"), (599, "again"),
    ],
)  # fmt: skip
def test_only_what_may_pass_is_tried_again(status: int, verdict: Verdict) -> None:
    assert verdict_of(status) == verdict


def test_pauses_double_up_to_the_longest_and_no_sooner_than_asked() -> None:
    assert [pause_before(n, None, 5.0) for n in (1, 2, 3, 4, 5, 1000)] == [0.5, 1, 2, 4, 5, 5]
    assert pause_before(1, 90.0, 5.0) == 90
    assert pause_before(5, 1.0, 5.0) == 5


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7),
        (" 7 ", 7),
        (format_datetime(NOON + timedelta(seconds=30), usegmt=True), 30),
        (format_datetime(NOON - timedelta(seconds=30), usegmt=True), 0),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_spellings(header: str | None, seconds: float | None) -> None:
    assert retry_after_of(header, NOON) == seconds


@given(st.text())
def test_no_header_stops_the_forwarder(header: str) -> None:
    wait = retry_after_of(header, NOON)
    assert wait is None or wait >= 0
    assert pause_before(1, wait, 60.0) <= 3600
