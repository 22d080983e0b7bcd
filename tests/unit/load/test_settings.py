from __future__ import annotations

import math

import msgspec
import pytest

from mainstem.load import LoadSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("batch_max_bytes", 0),
        ("batch_max_bytes", 2**40),
        ("commit_interval_s", -1),
        ("commit_interval_s", math.inf),
        ("busy_wait_s", -1),
        ("busy_wait_s", 0),
        ("busy_wait_s", math.nan),
        ("dedupe_days", 0),
        ("dedupe_days", 10**9),
        ("destination_id", ""),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError, match=rf"\$\.{name}"):
        msgspec.convert({name: value}, LoadSettings)
