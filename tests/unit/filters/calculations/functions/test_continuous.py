"""Distributions of what is measured, against worked examples of spreadsheets."""

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
    "beta_dist(0.5, 8, 10, yes)": 0.6854706,
    "beta_dist(0.5, 8, 10, no)": 2.9675292,
    "beta_inv(0.685470581, 8, 10)": 0.5,
    "chisq_dist(0.5, 1, yes)": 0.52049988,
    "chisq_dist(2, 3, no)": 0.20755375,
    "chisq_inv(0.93, 1)": 3.283020286,
    "chisq_inv(0.6, 2)": 1.832581464,
    "confidence_norm(0.05, 2.5, 50)": 0.692951912,
    "confidence_t(0.05, 1, 50)": 0.284196855,
    "expon_dist(0.2, 10, yes)": 0.86466472,
    "expon_dist(0.2, 10, no)": 1.35335283,
    "f_dist(15.2069, 6, 4, yes)": 0.99,
    "f_dist(15.2069, 6, 4, no)": 0.0012238,
    "f_inv(0.01, 6, 4)": 0.10930991,
    "gamma_dist(10.00001131, 9, 2, no)": 0.032639,
    "gamma_dist(10.00001131, 9, 2, yes)": 0.068094,
    "gamma_inv(0.068094, 9, 2)": 10.0000112,
    "norm_dist(42, 40, 1.5, yes)": 0.9087888,
    "norm_dist(42, 40, 1.5, no)": 0.10934,
    "norm_inv(0.908789, 40, 1.5)": 42.000002,
    "norm_s_dist(1.333333, yes)": 0.908788726,
    "norm_s_dist(1.333333, no)": 0.164010148,
    "norm_s_inv(0.908789)": 1.3333347,
    "t_dist(60, 1, yes)": 0.99469533,
    "t_dist(8, 3, no)": 0.00073691,
    "t_inv(0.75, 2)": 0.8164966,
    "t_inv(0.25, 2)": -0.8164966,
    "t_inv(0.5, 2)": 0,
    "weibull_dist(105, 20, 100, yes)": 0.92958139,
    "weibull_dist(105, 20, 100, no)": 0.035588864,
    "norm_s_dist(-38, yes)": 2.885428e-316,
    "gamma_dist(-1, 2, 3, yes)": 0,
    "beta_dist(2, 2, 3, yes)": 1,
    "f_dist(-1, 2, 3, no)": 0,
}
KNOWN |= {
    # as far out as numbers go
    "gamma_dist(1e300, 2, 1e-300, yes)": 1,
    "chisq_dist(1e300, 1, yes)": 1,
    "f_dist(1e300, 2, 3, yes)": 1,
    "t_dist(-1e300, 2, yes)": 0,
    "norm_dist(1e300, 0, 1e-300, yes)": 1,
}
NULL = [
    "norm_dist(1, 0, 0, yes)",
    "norm_inv(1, 0, 1)",
    "norm_s_inv(0)",
    "t_dist(1, 0, yes)",
    "t_inv(1.5, 3)",
    "chisq_inv(0, 1)",
    "beta_inv(0.5, 0, 1)",
    "gamma_dist(1, 0, 1, yes)",
    "f_inv(0.5, 0, 1)",
    "expon_dist(1, 0, yes)",
    "weibull_dist(1, 0, 1, yes)",
    "confidence_t(0.05, 1, 1)",
    "confidence_norm(0, 1, 5)",
    "norm_s_dist(null, yes)",
    "norm_s_dist(1, null)",
]


@pytest.mark.parametrize("text", KNOWN)
def test_a_distribution_gives_what_spreadsheets_document(text: str) -> None:
    assert float(value(text)) == pytest.approx(KNOWN[text], rel=3e-5)


@pytest.mark.parametrize("text", NULL)
def test_what_is_not_defined_is_null(text: str) -> None:
    assert value(text) is None
