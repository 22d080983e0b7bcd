from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from mainstem.errors import QueryError
from mainstem.filters.calculations import CalculationTable, evaluate, parse

ONE_ROW = CalculationTable(rows=1, columns=())


def value(text: str) -> Any:
    now = datetime(2024, 5, 6, 7, 8, 9)  # noqa: DTZ001 # naive, in the time zone of the query
    return evaluate(parse(text), ONE_ROW, now=now, random=lambda: 0.5).values[0][0]


KNOWN: dict[str, Any] = {
    'concat("a", 1, 2.50, yes, date(2024, 1, 1))': "a12.5Yes2024-01-01",
    'concat("a", to_string(null))': "a",
    'contains("Oslo", "SLO")': False,
    'contains("Oslo", "")': True,
    'length("né")': 2,
    'position("Oslo", "x")': 0,
    'replace("aaa", "a", "aa")': "aaaaaa",
    'replace("abc", "", "x")': "abc",
    'substring("2024-05-06", 0, 4)': "2024",
    'substring("2024-05-06", -3, 4)': "2024",
    'substring("abc", 3, 9)': "c",
    'substring("abc", 4, 1)': "",
    'substring("abc", 1, -1)': "",
    'split("a,b,,c", ",")': ("a", "b", "", "c"),
    'split("abc", "")': ("a", "b", "c"),
    'count(split("a b c", " "))': 3,
    'to_number("-1.50")': Decimal("-1.50"),
    'to_number("1e3")': 1000,
    "to_number(yes)": 1,
    "to_number(7)": 7,
    "to_string(0.10)": "0.1",
    "to_string(6 / 3)": "2",
    "to_string(1 / 4)": "0.25",
    "to_string(no)": "No",
    'upper("straße")': "STRASSE",
}
NULL = [
    'concat("a", null)',
    'contains(null, "a")',
    "length(null)",
    'to_number("12 apples")',
    'to_number("")',
    "upper(null)",
]


@pytest.mark.parametrize("text", KNOWN)
def test_a_text_is_cut_joined_and_read_from_position_one(text: str) -> None:
    assert value(text) == KNOWN[text]


@pytest.mark.parametrize("text", NULL)
def test_a_text_of_nothing_is_null(text: str) -> None:
    assert value(text) is None


def test_a_text_that_would_grow_without_end_is_refused() -> None:
    doubled = 'concat("aaaaaaaaaa", "aaaaaaaaaa")'
    for _ in range(12):
        doubled = f'replace({doubled}, "a", "aa")'
    with pytest.raises(QueryError, match="32,767 are allowed"):
        value(doubled)
