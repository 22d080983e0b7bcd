from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.manifest.durations import seconds_of, written


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90.0),
        ("5m", 300.0),
        ("1h30m", 5400.0),
        ("1d", 86400.0),
        ("1 h", 3600.0),
        ("0.5s", 0.5),
        ("0s", 0.0),
    ],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "5min", "m", "1m1h", "-5m", "1.5h", "5m x"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert seconds_of(text) is None


@given(st.integers(0, 10**7))
def test_a_duration_is_read_as_it_is_written(seconds: int) -> None:
    assert seconds_of(written(seconds)) == seconds
