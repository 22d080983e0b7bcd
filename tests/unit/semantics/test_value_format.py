from __future__ import annotations

from decimal import Decimal

import pytest

from mainstem.semantics.value_format import NAMED, pattern_of

CASES = [
    ("decimal_0", 1234.5, "1,235"),
    ("decimal_2", Decimal("-1234.567"), "-1,234.57"),
    ("percent_1", 0.1234, "12.3%"),
    ("percent_2", 1, "100.00%"),
    ("usd", 1234.5, "$1,234.50"),
    ("usd_0", -5, "-$5"),
    ("eur", 0, "€0.00"),
    ("gbp_0", 999.5, "£1,000"),
    ("id", 1234567, "1234567"),
    ('0.0,,"M"', 12_345_678, "12.3M"),
    ('#,##0 "days"', 3, "3 days"),
]


@pytest.mark.parametrize(("name", "number", "text"), CASES)
def test_numbers_are_written_as_looker_writes_them(name: str, number: float | Decimal, text: str) -> None:
    pattern = pattern_of(NAMED.get(name, name))
    assert pattern is not None
    assert pattern.format(number) == text


def test_a_format_that_is_not_understood_has_no_pattern() -> None:
    assert pattern_of('[>=1000]0,"K";0') is None
