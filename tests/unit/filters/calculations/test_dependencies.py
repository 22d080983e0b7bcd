from __future__ import annotations

import pytest

from mainstem.errors import QueryError
from mainstem.filters.calculations import Dependencies, depends_on, in_order, is_row_wise, parse

CASES = {
    "1": Dependencies(),
    "${b} + ${a} * ${b}": Dependencies(fields=("b", "a")),
    "${a} / ${a:total}": Dependencies(fields=("a",), totals=("a",)),
    "${a} / ${b:row_total}": Dependencies(fields=("a", "b"), row_totals=("b",)),
    "offset(${a}, 1)": Dependencies(fields=("a",), all_rows=True),
    "running_total(${a})": Dependencies(fields=("a",), all_rows=True),
    "sum(${a})": Dependencies(fields=("a",), all_rows=True),
    "row()": Dependencies(all_rows=True),
    "pivot_where(${b} = 1, ${a})": Dependencies(fields=("b", "a"), pivots=True),
    "if(pivot_column() = 1, ${a}, null)": Dependencies(fields=("a",), pivots=True),
    "concat(${a}, now())": Dependencies(fields=("a",)),
}


@pytest.mark.parametrize("text", CASES)
def test_what_must_be_fetched_is_told_from_the_tree(text: str) -> None:
    assert depends_on(parse(text)) == CASES[text]


@pytest.mark.parametrize(
    "text",
    [
        "${a} > 1 AND NOT is_null(${b})",
        "matches_filter(${a}, `7 days`)",
        "case(when(yes, round(${a})), 1)",
        "rand()",
    ],
)
def test_an_expression_of_one_row_may_become_sql(text: str) -> None:
    assert is_row_wise(parse(text))


@pytest.mark.parametrize(
    "text",
    ["sum(${a})", "1 + row()", "${a:total}", "if(yes, offset(${a}, 1), 0)", "to_string(${a})", "foo(1)"],
)
def test_an_expression_of_other_rows_or_unknown_functions_may_not(text: str) -> None:
    assert not is_row_wise(parse(text))


def test_calculations_come_after_those_they_rest_on() -> None:
    calculations = {"c": parse("${b} + ${a}"), "b": parse("${a} * ${x}"), "a": parse("${y}"), "d": parse("1")}
    assert in_order(calculations) == ("a", "b", "c", "d")


def test_a_circle_is_told_by_the_way_around() -> None:
    circle = {"z": parse("${a}"), "a": parse("${b}"), "b": parse("1 + ${c}"), "c": parse("${a}")}
    with pytest.raises(QueryError, match="rest on themselves: a → b → c → a"):
        in_order(circle)
    with pytest.raises(QueryError, match="rest on themselves: a → a"):
        in_order({"a": parse("${a} + 1")})


def test_a_chain_may_be_longer_than_the_stack_of_python() -> None:
    chain = {f"c{place}": parse(f"${{c{place + 1}}}") for place in range(5000)}
    assert in_order(chain)[0] == "c4999"
