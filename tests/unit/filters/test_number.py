from __future__ import annotations

from decimal import Decimal

import pytest

from mainstem.errors import FilterError, QueryError
from mainstem.filters import AllOf, AnyOf, Anything, Condition, IsNull, Not, NumberIs, NumberRange
from mainstem.filters.number import parse_number


def numbers(*values: float) -> NumberIs:
    return NumberIs(tuple(Decimal(str(value)) for value in values))


def between(low: float | None, high: float | None, ends: str = "[]") -> NumberRange:
    return NumberRange(
        low=None if low is None else Decimal(str(low)),
        high=None if high is None else Decimal(str(high)),
        low_included=ends[0] == "[",
        high_included=ends[1] == "]",
    )


CASES: dict[str, Condition] = {
    "": Anything(),
    "5": numbers(5),
    "-5.5": numbers(-5.5),
    "1, 3, 5, 7": numbers(1, 3, 5, 7),
    "NOT 5": Not(numbers(5)),
    "<>5": Not(numbers(5)),
    "!= 5": Not(numbers(5)),
    "NOT 66, 99, 4": Not(numbers(66, 99, 4)),
    "5, NOT 6, NOT 7": AllOf((numbers(5), Not(numbers(6, 7)))),
    ">1 AND <100, NOT 2": AllOf((between(1, 100, "()"), Not(numbers(2)))),
    "5.5 to 10": between(5.5, 10),
    "NOT 3 to 80.44": Not(between(3, 80.44)),
    "1 to": between(1, None),
    "to 10": between(None, 10),
    ">=5.5 AND <=10": between(5.5, 10),
    "<=10 and >=5.5": between(5.5, 10),
    "<3 OR >80.44": AnyOf((between(None, 3, "[)"), between(80.44, None, "(]"))),
    ">10 AND <=20 OR 90": AnyOf((numbers(90), between(10, 20, "(]"))),
    "[0,9],[20,29]": AnyOf((between(0, 9), between(20, 29))),
    "(12, 20]": between(12, 20, "(]"),
    "(500, inf)": between(500, None, "(]"),
    "(-inf, 10]": between(None, 10),
    "(,10)": between(None, 10, "[)"),
    "80 to 159": between(80, 159),
    "= 5": numbers(5),
    "5, NOT 6": Not(numbers(5, 6)),
    "23, not 42, 43": Not(numbers(23, 42, 43)),
    "23, not 42, not 42": AllOf((numbers(23), Not(numbers(42)))),
    "NOT 10,[1,5)": AllOf((between(1, 5, "[)"), Not(numbers(10)))),
    "1, [5,6], not 2": AllOf((AnyOf((numbers(1), between(5, 6))), Not(numbers(2)))),
    ">1 AND NOT 5": AllOf((between(1, None, "(]"), Not(numbers(5)))),
    "(-inf, inf)": NumberRange(),
    "[-Infinity, 5]": between(None, 5),
    "-NULL": Not(IsNull()),
    "5 or null": AnyOf((numbers(5), IsNull())),
    "1e2,.5,+3": numbers(100, 0.5, 3),
    "NULL": IsNull(),
    "not null": Not(IsNull()),
}


@pytest.mark.parametrize("expression", CASES)
def test_a_number_filter_means_what_looker_says(expression: str) -> None:
    assert parse_number(expression) == CASES[expression]


@pytest.mark.parametrize("expression", ["five", "5 6", ">", ">1 AND", "5,", "[1,2", "to", "NOT"])
def test_what_is_no_number_filter_is_an_error_that_says_what_is_valid(expression: str) -> None:
    with pytest.raises(QueryError, match=r"is not understood.*[Vv]alid are 5, 1,2,3"):
        parse_number(expression)


@pytest.mark.parametrize(
    ("expression", "place", "reason"),
    [
        ("5 6", (2, "6"), "a comma, OR or AND must stand between two numbers"),
        ("1, >", (3, ">"), "a number was expected"),
        ("5,", (2, ""), "at its end: it ends where a number was expected"),
        ("(,)", (0, "(,)"), "a range needs a number on one side at least"),
        ("7, 1e999", (3, "1e999"), "numbers have at most 308 digits"),
        ("٣", (0, "٣"), "a number was expected"),
    ],
)
def test_an_error_says_where_it_stops_making_sense(
    expression: str, place: tuple[int, str], reason: str
) -> None:
    with pytest.raises(FilterError, match=reason) as caught:
        parse_number(expression)
    assert (caught.value.at, caught.value.read) == place


@pytest.mark.parametrize(
    ("expression", "meant"),
    [("=<5", "<=5"), ("5..10", "5 to 10"), ("at least 5", ">=5"), ("1 2 3", "1, 2, 3"), ("1,,2", "1,2"),
     ("$5", "5"), ("nul", "null"), ("nonsense", ""), ("5 || 6", "5 , 6")],
)  # fmt: skip
def test_an_error_suggests_what_may_have_been_meant(expression: str, meant: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_number(expression)
    assert caught.value.suggestion == meant
