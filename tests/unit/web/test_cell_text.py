from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from mainstem.query.result import ColumnKind, OutputColumn, OutputType
from mainstem.web.cell_text import format_cell


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
