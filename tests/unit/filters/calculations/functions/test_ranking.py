"""Ranks and places."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from mainstem.filters.calculations import CalculationTable, evaluate, parse

ONE_ROW = CalculationTable(rows=1, columns=())


def value(text: str) -> Any:
    now = datetime(2024, 5, 6, 7, 8, 9)  # noqa: DTZ001 # naive, in the time zone of the query
    return evaluate(parse(text), ONE_ROW, now=now, random=lambda: 0.5, source=text).values[0][0]


KNOWN: dict[str, Any] = {
    "percent_rank(list(13, 12, 11, 8, 4, 3, 2, 1, 1, 1), 2)": 0.3333333333333333,
    "percent_rank(list(13, 12, 11, 8, 4, 3, 2, 1, 1, 1), 4)": 0.5555555555555556,
    "percent_rank(list(13, 12, 11, 8, 4, 3, 2, 1, 1, 1), 8)": 0.6666666666666666,
    "percent_rank(list(13, 12, 11, 8, 4, 3, 2, 1, 1, 1), 5)": 0.583333,
    "percent_rank(list(13, 12, 11, 8, 4, 3, 2, 1, 1, 1), 13)": 1,
    "percent_rank(list(13, 12, 11, 8, 4, 3, 2, 1, 1, 1), 1)": 0,
    "percent_rank(list(7), 7)": 1,
    "rank(3.5, list(7, 3.5, 3.5, 1, 2))": 2,
    "rank(7, list(7, 3.5, 3.5, 1, 2))": 1,
    "rank(1, list(7, 3.5, 3.5, 1, 2))": 5,
    'rank("b", list("a", "c"))': 2,
    "rank_avg(3.5, list(7, 3.5, 3.5, 1, 2))": 2.5,
    "rank_avg(3.5, list(3.5, 3.5, 3.5))": 2,
    "rank_avg(7, list(7, 1))": 1,
    "match(0.5, list(1, 1 / 2))": 2,
    'match("b", list("a", "b", "b"))': 2,
    "match(date(2024, 1, 1), list(date_time(2024, 1, 1, 0, 0, 0)))": 1,
    "index(list(1, 2, 3), 3)": 3,
    "lookup(2, list(1, 2), list(10, 20))": 20,
}
NULL = [
    "percent_rank(list(13, 12, 11, 8, 4, 3, 2, 1, 1, 1), 14)",
    "percent_rank(list(null), 1)",
    "rank(null, list(1))",
    "match(4, list(1))",
    "match(null, list(null))",
    "index(list(1), 2)",
    "index(list(1), 0)",
    "lookup(3, list(1), list(2))",
]


@pytest.mark.parametrize("text", KNOWN)
def test_a_rank_counts_from_the_largest_and_a_place_from_one(text: str) -> None:
    assert float(value(text)) == pytest.approx(KNOWN[text], rel=1e-5)


@pytest.mark.parametrize("text", NULL)
def test_what_is_not_there_is_null(text: str) -> None:
    assert value(text) is None
