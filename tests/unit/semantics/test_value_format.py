from __future__ import annotations

from decimal import Decimal

import pytest

from mainstem.errors import QueryError
from mainstem.semantics.value_format import NAMED, format_number


@pytest.mark.parametrize(
    ("value_format", "value", "text"),
    [
        ("0", 1234.5, "1235"),
        ("0", -0.4, "0"),
        ("#,##0", 1234567, "1,234,567"),
        ("#,##0.00", Decimal("1234.005"), "1,234.01"),
        ("0.##", 2.5, "2.5"),
        ("0.##", 2, "2"),
        ("00000", 42, "00042"),
        ("0.0%", 0.1234, "12.3%"),
        ("$#,##0.00", -1234.5, "-$1,234.50"),
        ('#,##0" items"', 3, "3 items"),
        ('0.0,,"M"', 1_250_000, "1.3M"),
        ('[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', 2_500_000, "2.5M"),
        ('[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', 2_500, "2.5K"),
        ('[>=1000000]0.0,,"M";[>=1000]0.0,"K";0', 25, "25"),
        ('0;(0);"none"', 7, "7"),
        ('0;(0);"none"', -7, "(7)"),
        ('0;(0);"none"', 0, "none"),
        ("0;(0)", 0, "0"),
        ("[Red]0.0", 1.25, "1.3"),
        ("0.00E+00", 12345, "1.23E+04"),
        (r"0\x", 5, "5x"),
        ('"€"#,##0', 1000, "€1,000"),
        ("0", float("inf"), "inf"),
    ],
)
def test_a_spreadsheet_format_reads_as_spreadsheets_do(
    value_format: str, value: float | Decimal, text: str
) -> None:
    assert format_number(value, value_format) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("decimal_0", "1,234"),
        ("decimal_2", "1,234.46"),
        ("percent_1", "123445.6%"),
        ("id", "1234"),
        ("usd", "$1,234.46"),
        ("usd_0", "$1,234"),
        ("eur", "€1,234.46"),
        ("gbp_0", "£1,234"),
    ],
)
def test_the_named_formats_are_lookers(name: str, text: str) -> None:
    assert format_number(1234.456, NAMED[name]) == text


def test_a_format_with_two_groups_of_digits_is_refused() -> None:
    with pytest.raises(QueryError, match="two groups"):
        format_number(1, '0 "of" 0')
