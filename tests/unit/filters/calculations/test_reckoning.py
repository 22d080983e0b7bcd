from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest

from mainstem.filters.calculations.reckoning import (
    add,
    divide,
    multiply,
    number_in,
    power,
    remainder,
    rounded,
    text_of,
    total,
)


@pytest.mark.parametrize(
    ("found", "value"),
    [
        (add(Decimal("0.1"), Decimal("0.2")), Decimal("0.3")),
        (add(1, Decimal("0.5")), Decimal("1.5")),
        (add(0.5, Decimal("0.5")), 1.0),
        (add(1e308, 1e308), None),
        (multiply(10**200, 10**200), None),
        (multiply(Decimal("1e200"), Decimal("1e200")), None),
        (divide(6, 3), 2),
        (divide(1, 4), 0.25),
        (divide(1, 0), None),
        (divide(0.0, 0.0), None),
        (divide(Decimal(1), 4), Decimal("0.25")),
        (multiply(divide(Decimal(1), 3) or 0, 3), 1.0),
        (remainder(7, 3), 1),
        (remainder(-7, 3), -1),
        (remainder(7, -3), 1),
        (remainder(Decimal("5.5"), 2), Decimal("1.5")),
        (remainder(1e300, Decimal(3)), math.fmod(1e300, 3)),
        (remainder(7, 0), None),
        (power(2, 100), 2**100),
        (power(2, -1), 0.5),
        (power(Decimal("1.1"), 2), Decimal("1.21")),
        (power(-8, Decimal("0.5")), None),
        (power(0, -1), None),
        (power(10, 10**9), None),
        (power(1, 10**12), 1),
        (rounded(2.5, 0), 3),
        (rounded(-2.5, 0), -3),
        (rounded(1.005, 2), 1.01),
        (rounded(Decimal("1.005"), 2), Decimal("1.01")),
        (rounded(1234, -2), 1200),
        (rounded(1250, -2), 1300),
        (rounded(7, 3), 7),
        (rounded(1.5, 400), 1.5),
        (rounded(1.5, -400), 0),
        (total([0.1] * 10), 1.0),
        (total([1e16, 1.0, -1e16]), 1.0),
        (total([Decimal("0.1")] * 3), Decimal("0.3")),
        (total([2**60, 1]), 2**60 + 1),
        (total([1e308, 1e308]), None),
    ],
)
def test_arithmetic_is_exact_or_null(found: Any, value: Any) -> None:
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        (" -1.50 ", Decimal("-1.50")),
        ("1e3", 1000),
        ("1e999", None),
        ("1e-999", 0),
        ("nan", None),
        ("Infinity", None),
        ("1_000", None),
        ("1,000", None),
        ("٣", None),
        ("", None),
        ("9" * 5000, None),
    ],
)
def test_a_number_is_read_from_a_text_or_null(text: str, value: Any) -> None:
    assert number_in(text) == value


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (7, "7"),
        (7.0, "7"),
        (7.5, "7.5"),
        (Decimal("7.00"), "7"),
        (Decimal("1E+3"), "1000"),
        (1e20, "1e+20"),
        (-0.0, "0"),
    ],
)
def test_a_number_is_written_as_people_do(number: Any, text: str) -> None:
    assert text_of(number) == text
