from __future__ import annotations

from math import sqrt
from typing import Protocol

import pytest


class RateCheck(Protocol):
    def __call__(self, hits: int, of: int, rate: float) -> None: ...


@pytest.fixture
def has_rate() -> RateCheck:
    """That `hits` of so many are no surprise at a rate: within 4.5 standard errors, once in 150,000 wrong."""

    def check(hits: int, of: int, rate: float) -> None:
        error = sqrt(of * rate * (1 - rate))
        assert abs(hits - of * rate) <= 4.5 * error + 0.5, f"{hits} of {of} at a rate of {rate}"

    return check
