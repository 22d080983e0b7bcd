"""Two columns against each other, against worked examples of spreadsheets."""

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
    "correl(list(3, 2, 4, 5, 6), list(9, 7, 12, 15, 17))": 0.997054486,
    "correl(list(1, 2), list(2, 1))": -1,
    "covar_pop(list(3, 2, 4, 5, 6), list(9, 7, 12, 15, 17))": 5.2,
    "covar_samp(list(2, 4, 8), list(5, 11, 12))": 9.666666667,
    "slope(list(2, 3, 9, 1, 8, 7, 5), list(6, 5, 11, 7, 5, 4, 4))": 0.305555556,
    "intercept(list(2, 3, 9, 1, 8), list(6, 5, 11, 7, 5))": 0.048387097,
    "slope(list(1, 100, 2), list(1, null, 2))": 1,
}
NULL = [
    "correl(list(1, 1), list(1, 2))",
    "slope(list(1, 2), list(3, 3))",
    "intercept(list(1, 2), list(3, 3))",
    "covar_samp(list(1), list(1))",
    "correl(list(null), list(1))",
]


@pytest.mark.parametrize("text", KNOWN)
def test_a_pair_of_columns_gives_what_spreadsheets_document(text: str) -> None:
    assert float(value(text)) == pytest.approx(KNOWN[text], rel=1e-5)


@pytest.mark.parametrize("text", NULL)
def test_what_is_not_defined_is_null(text: str) -> None:
    assert value(text) is None
