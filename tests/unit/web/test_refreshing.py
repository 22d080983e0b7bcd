from __future__ import annotations

import pytest

from mainstem.web.refreshing import LEAST, refresh_seconds


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("10 minutes", 600), ("1 hour", 3600), ("30 seconds", 30), ("1 Day", 86_400), ("1 second", LEAST)],
)
def test_what_lookml_writes_becomes_seconds(written: str, seconds: int) -> None:
    assert refresh_seconds(written) == seconds


@pytest.mark.parametrize("written", [None, "", "often", "10", "minutes 10"])
def test_what_says_no_time_refreshes_nothing(written: str | None) -> None:
    assert refresh_seconds(written) is None
