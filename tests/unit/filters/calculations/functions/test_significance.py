"""Tests of significance against worked examples."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from mainstem.filters.calculations import CalculationTable, Column, evaluate, parse

ONE_ROW = CalculationTable(rows=1, columns=())


def value(text: str) -> Any:
    now = datetime(2024, 5, 6, 7, 8, 9)  # noqa: DTZ001 # naive, in the time zone of the query
    return evaluate(parse(text), ONE_ROW, now=now, random=lambda: 0.5, source=text).values[0][0]


KNOWN: dict[str, Any] = {
    "t_test(list(3, 4, 5, 8, 9, 1, 2, 4, 5), list(6, 19, 3, 2, 14, 4, 5, 17, 1), 2, 1)": 0.196015785,
    "t_test(list(3, 4, 5, 8, 9, 1, 2, 4, 5), list(6, 19, 3, 2, 14, 4, 5, 17, 1), 1, 1)": 0.0980078926,
    "t_test(list(1, 2, 3), list(2, 4, 6), 2, 2)": 0.196252,
    "t_test(list(1, 2, 3), list(1, 2, 3), 2, 2)": 1,
    "z_test(list(3, 6, 7, 8, 6, 5, 4, 2, 1, 9), 4, 2.6012817)": 0.090574,
}
NULL = [
    "t_test(list(1), list(2), 2, 1)",
    "t_test(list(1, 2), list(2, 3), 3, 1)",
    "t_test(list(1, 2), list(2, 3), 2, 4)",
    "t_test(list(1, 1), list(1, 1), 2, 2)",
    "t_test(list(1, 1), list(1, 1), 2, 3)",
    "z_test(list(null), 1, 1)",
    "z_test(list(1), 1, 0)",
]


@pytest.mark.parametrize("text", KNOWN)
def test_a_test_gives_the_probability_of_a_worked_example(text: str) -> None:
    assert float(value(text)) == pytest.approx(KNOWN[text], rel=1e-4)


@pytest.mark.parametrize("text", NULL)
def test_what_is_not_defined_is_null(text: str) -> None:
    assert value(text) is None


def test_the_tails_and_variances_of_a_t_test_are_told_apart() -> None:
    one, other = "list(1, 2, 3, 4)", "list(2, 4, 6, 90)"
    assert value(f"t_test({one}, {other}, 2, 3)") == pytest.approx(2 * value(f"t_test({one}, {other}, 1, 3)"))
    assert value(f"t_test({one}, {other}, 2, 3)") > value(f"t_test({one}, {other}, 2, 2)")


def test_the_chi_squared_test_takes_a_column_or_a_table_of_lists() -> None:
    cells = {"a": (58, 11, 10), "b": (35, 25, 23), "c": (45.35, 17.56, 16.09), "d": (47.65, 18.44, 16.91)}
    columns = tuple(Column(name=name, kind="number", values=(values,)) for name, values in cells.items())
    table = CalculationTable(rows=3, columns=columns)

    def gives(text: str) -> Any:
        now = datetime(2024, 5, 6)  # noqa: DTZ001 # naive, in the time zone of the query
        return evaluate(parse(text), table, now=now, random=lambda: 0.5).values[0]

    assert gives("chisq_test(list(${a}, ${b}), list(${c}, ${d}))") == pytest.approx(
        (0.000308192,) * 3, rel=1e-4
    )
    assert gives("chisq_test(${a}, ${a})") == (1.0,) * 3
    assert gives("chisq_test(${a}, ${a} - ${a})") == (None,) * 3
