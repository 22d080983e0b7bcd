from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from mainstem.errors import QueryError
from mainstem.query.result import ColumnKind, OutputColumn, OutputType
from mainstem.web.value_format import format_cell, format_number, named_format


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
        ("percent_1", "123,445.6%"),
        ("usd", "$1,234.46"),
        ("usd_0", "$1,234"),
        ("eur", "€1,234.46"),
        ("gbp_0", "£1,234"),
    ],
)
def test_the_named_formats_are_lookers(name: str, text: str) -> None:
    value_format = named_format(name)
    assert value_format is not None
    assert format_number(1234.456, value_format) == text


@pytest.mark.parametrize("name", ["dollars", "decimal", "usd_x"])
def test_a_name_lookml_does_not_define_is_an_error_that_names_it(name: str) -> None:
    with pytest.raises(QueryError, match=name):
        named_format(name)


def test_a_format_with_two_groups_of_digits_is_refused() -> None:
    with pytest.raises(QueryError, match="two groups"):
        format_number(1, '0 "of" 0')


def column(kind: OutputType = OutputType.NUMBER, **given: str) -> OutputColumn:
    return OutputColumn(
        name="a.b",
        label="A B",
        field_label="B",
        kind=ColumnKind.DIMENSION,
        type=kind,
        timeframe=given.get("timeframe"),
        value_format=given.get("value_format"),
        value_format_name=given.get("value_format_name"),
    )


def test_cells_without_a_format_read_plainly() -> None:
    assert format_cell(None, column()) == "–"
    assert format_cell(0, column()) == "0"
    assert format_cell(1234567, column()) == "1,234,567"
    assert format_cell(0.126, column()) == "0.13"
    assert format_cell(Decimal("3.0"), column()) == "3"
    assert format_cell(True, column(OutputType.YESNO)) == "Yes"
    assert format_cell("text", column(OutputType.STRING)) == "text"
    assert format_cell(date(2026, 3, 1), column(OutputType.DATE)) == "2026-03-01"
    moment = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC)
    assert format_cell(moment, column(OutputType.TIME)) == "2026-03-01 04:05:06"
    assert format_cell(moment, column(OutputType.TIME, timeframe="hour")) == "2026-03-01 04:05"


def test_years_and_ids_have_no_thousands_separator() -> None:
    assert format_cell(2026, column(timeframe="year")) == "2026"
    assert format_cell(12345, column(value_format_name="id")) == "12345"


def test_a_pattern_wins_over_a_name() -> None:
    assert format_cell(0.5, column(value_format="0.00", value_format_name="percent_0")) == "0.50"
