"""Distributions of what is counted, against worked examples of spreadsheets."""

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
    "binom_dist(6, 10, 0.5, no)": 0.2050781,
    "binom_dist(6, 10, 0.5, yes)": 0.828125,
    "binom_dist(11, 10, 0.5, no)": 0,
    "binom_dist(10, 10, 1, no)": 1,
    "binom_inv(6, 0.5, 0.75)": 4,
    "binom_inv(10, 0.3, 0)": 0,
    "binom_inv(10, 0.3, 1)": 10,
    "hypgeom_dist(1, 4, 8, 20, yes)": 0.465428,
    "hypgeom_dist(1, 4, 8, 20, no)": 0.363261,
    "hypgeom_dist(5, 4, 8, 20, no)": 0,
    "negbinom_dist(10, 5, 0.25, yes)": 0.3135141,
    "negbinom_dist(10, 5, 0.25, no)": 0.0550487,
    "negbinom_dist(0, 1, 1, no)": 1,
    "poisson_dist(2, 5, yes)": 0.124652,
    "poisson_dist(2, 5, no)": 0.084224,
    "poisson_dist(1000, 1000, yes)": 0.508409,
}
NULL = [
    "binom_dist(-1, 10, 0.5, no)",
    "binom_dist(1, 10, 1.5, yes)",
    "binom_inv(5, 0.5, 2)",
    "hypgeom_dist(1, 30, 8, 20, yes)",
    "negbinom_dist(1, 0, 0.5, no)",
    "poisson_dist(1, 0, yes)",
    "poisson_dist(-1, 3, no)",
]


@pytest.mark.parametrize("text", KNOWN)
def test_a_distribution_gives_what_spreadsheets_document(text: str) -> None:
    assert float(value(text)) == pytest.approx(KNOWN[text], rel=1e-4)


@pytest.mark.parametrize("text", NULL)
def test_what_is_not_defined_is_null(text: str) -> None:
    assert value(text) is None
