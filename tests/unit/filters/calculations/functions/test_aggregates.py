"""Aggregates against worked examples of spreadsheets, which define most of them."""

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
    "skew(list(3, 4, 5, 2, 3, 4, 5, 6, 4, 7))": 0.359543071,
    "kurtosis(list(3, 4, 5, 2, 3, 4, 5, 6, 4, 7))": -0.151799637,
    "var_samp(list(1345, 1301, 1368, 1322, 1310, 1370, 1318, 1350, 1303, 1299))": 754.2666667,
    "stddev_samp(list(1345, 1301, 1368, 1322, 1310, 1370, 1318, 1350, 1303, 1299))": 27.46391572,
    "var_pop(list(1345, 1301, 1368, 1322, 1310, 1370, 1318, 1350, 1303, 1299))": 678.84,
    "stddev_pop(list(1345, 1301, 1368, 1322, 1310, 1370, 1318, 1350, 1303, 1299))": 26.05455814,
    "geomean(list(4, 5, 8, 7, 11, 4, 3))": 5.47698697,
    "percentile(list(1, 3, 2, 4), 0.3)": 1.9,
    "percentile(list(1, 3, 2, 4), 0)": 1,
    "percentile(list(1, 3, 2, 4), 1)": 4,
    "percentile(list(7), 0.4)": 7,
    "median(list(4, 1, 3, 2))": 2.5,
    "median(list(4, null, 1, 3))": 3,
    "mode(list(5.6, 4, 4, 3, 2, 4))": 4,
    "large(list(3, 5, 3, 5, 4), 3)": 4,
    "small(list(3, 4, 5, 2, 3, 4, 6, 4, 7), 4)": 4,
    "mean(list(0.1, 0.2, 0.3))": 0.2,
    "sum(list(null, 2))": 2,
    "count(list(null, 2))": 1,
    "count(list(null))": 0,
}
NULL = [
    "sum(list(null))",
    "mean(list(null))",
    "max(list(null))",
    "mode(list(null))",
    "product(list(null))",
    "median(list(null))",
    "percentile(list(1, 2), 1.1)",
    "percentile(list(1, 2), null)",
    "large(list(1, 2), 3)",
    "small(list(1, 2), 0)",
    "stddev_samp(list(1))",
    "var_samp(list(1))",
    "skew(list(1, 2))",
    "skew(list(2, 2, 2))",
    "kurtosis(list(1, 2, 3))",
    "geomean(list(1, 0))",
]


@pytest.mark.parametrize("text", KNOWN)
def test_an_aggregate_gives_what_spreadsheets_document(text: str) -> None:
    assert float(value(text)) == pytest.approx(KNOWN[text], rel=1e-5)


@pytest.mark.parametrize("text", NULL)
def test_what_is_not_defined_is_null(text: str) -> None:
    assert value(text) is None
