from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from mainstem.query import ColumnKind, OutputColumn, OutputType, QueryResult, display
from mainstem.query.formats import FORMATS

if TYPE_CHECKING:
    from mainstem.query.result import Cell


def column(name: str, type_: OutputType, **more: str) -> OutputColumn:
    return OutputColumn(
        name=name,
        label=name,
        field_label=name,
        kind=ColumnKind.DIMENSION,
        type=type_,
        timeframe=more.get("timeframe"),
        value_format=more.get("value_format"),
        value_format_name=more.get("value_format_name"),
    )


RESULT = QueryResult(
    columns=(
        column("v.day", OutputType.DATE),
        column("v.name", OutputType.STRING),
        column("v.is_new", OutputType.YESNO),
        column("v.paid", OutputType.NUMBER, value_format_name="usd"),
    ),
    rows=[(date(2024, 1, 2), 'a "b", c', True, Decimal("1234.50")), (None, None, False, None)],
    sql="SELECT 1",
    seconds=0.1,
)


def test_a_table_is_aligned_and_formatted() -> None:
    assert FORMATS["table"](RESULT).splitlines() == [
        "v.day       v.name    v.is_new     v.paid",
        "----------  --------  --------  ---------",
        '2024-01-02  a "b", c  Yes       $1,234.50',
        "∅           ∅         No                ∅",
    ]


def test_csv_is_quoted_and_unformatted() -> None:
    assert FORMATS["csv"](RESULT) == (
        'v.day,v.name,v.is_new,v.paid\r\n2024-01-02,"a ""b"", c",Yes,1234.50\r\n,,No,\r\n'
    )


def test_json_keeps_types() -> None:
    assert json.loads(FORMATS["json"](RESULT)) == [
        {"v.day": "2024-01-02", "v.name": 'a "b", c', "v.is_new": True, "v.paid": 1234.5},
        {"v.day": None, "v.name": None, "v.is_new": False, "v.paid": None},
    ]


@pytest.mark.parametrize(
    ("cell", "shown", "more"),
    [
        (0.5, "50.0%", {"value_format_name": "percent_1"}),
        (1234, "1234", {}),
        (Decimal("1.50"), "1.50", {}),
        (1234.5, "$1,234.50", {"value_format": "$#,##0.00"}),
        (datetime(2024, 1, 2, 3, 4, 5), "2024-01-02 03:04:05", {}),  # noqa: DTZ001 -- naive as a warehouse gives it
        (datetime(2024, 1, 2, 3), "2024-01-02 03", {"timeframe": "hour"}),  # noqa: DTZ001 -- as above
        (None, "∅", {}),
    ],
)
def test_a_cell_is_shown_by_its_columns_format(cell: Cell, shown: str, more: dict[str, str]) -> None:
    assert display(cell, column("a.b", OutputType.NUMBER, **more)) == shown
