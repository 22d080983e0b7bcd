from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from mainstem.errors import ExpressionError, QueryError
from mainstem.filters.calculations import (
    Arithmetic,
    Branch,
    Call,
    Case,
    Comparison,
    Expression,
    Field,
    FilterText,
    Logic,
    Negative,
    Not,
    Null,
    Number,
    Text,
    YesNo,
    parse,
)
from mainstem.filters.calculations.parsing import DEEPEST, HIGHEST, LONGEST


def n(value: str) -> Number:
    return Number(Decimal(value))


A, B, C = Field("a.a"), Field("b.b"), Field("c")

CASES: dict[str, Expression] = {
    "7": n("7"),
    ".5": n("0.5"),
    "1.": n("1"),
    "2.50": n("2.50"),
    "1e3": n("1E+3"),
    '"Oslo"': Text("Oslo"),
    "'it is'": Text("it is"),
    '"5\\" pipe \\\\ \\n"': Text('5" pipe \\ \n'),
    "'#no comment'": Text("#no comment"),
    "yes": YesNo(True),
    "No": YesNo(False),
    "NULL": Null(),
    "`last 7 days`": FilterText("last 7 days"),
    "${a.a}": A,
    "${ a.a }": A,
    "${c}": C,
    "${28_day_average}": Field("28_day_average"),
    "${a.a:total}": Field("a.a", "total"),
    "${a.a:row_total}": Field("a.a", "row_total"),
    "${view.deep.field}": Field("view.deep.field"),
    "-${a.a}": Negative(A),
    "- -1": Negative(Negative(n("1"))),
    "+1": n("1"),
    "1 - 2 - 3": Arithmetic("-", Arithmetic("-", n("1"), n("2")), n("3")),
    "1 + 2 * 3": Arithmetic("+", n("1"), Arithmetic("*", n("2"), n("3"))),
    "(1 + 2) * 3": Arithmetic("*", Arithmetic("+", n("1"), n("2")), n("3")),
    "8 / 4 / 2": Arithmetic("/", Arithmetic("/", n("8"), n("4")), n("2")),
    "-1 * 2": Arithmetic("*", Negative(n("1")), n("2")),
    "2 * -1": Arithmetic("*", n("2"), Negative(n("1"))),
    "${a.a}-1": Arithmetic("-", A, n("1")),
    "1 + 2 > 3": Comparison(">", Arithmetic("+", n("1"), n("2")), n("3")),
    "${c} <> 1": Comparison("!=", C, n("1")),
    "${c} = null": Call("is_null", (C,)),
    "null != ${c}": Not(Call("is_null", (C,))),
    "${c} OR ${a.a} AND NOT ${b.b}": Logic("OR", C, Logic("AND", A, Not(B))),
    "NOT ${c} = 1": Not(Comparison("=", C, n("1"))),
    "NOT(${c})": Not(C),
    "is_null(${c})OR${a.a}": Logic("OR", Call("is_null", (C,)), A),
    "row()": Call("row", ()),
    "SUM( ${c} , 1 )": Call("sum", (C, n("1"))),
    "if(${c}, 1, null)": Case((Branch(C, n("1")),), Null()),
    "IF(${c}, 1, 2)": Case((Branch(C, n("1")),), n("2")),
    "case(when(${a.a}, 1), when(${b.b}, 2), 3)": Case((Branch(A, n("1")), Branch(B, n("2"))), n("3")),
    "case(when(${a.a}, 1))": Case((Branch(A, n("1")),), Null()),
    "# of the year\n1 # one\n+ 2": Arithmetic("+", n("1"), n("2")),
    "1\t+\r\n2": Arithmetic("+", n("1"), n("2")),
}


def without_places(tree: Expression) -> object:
    """Equality of meaning: the same tree, wherever its parts were written."""

    def strip(value: object) -> object:
        if isinstance(value, dict):
            return {key: strip(inner) for key, inner in value.items() if key != "at"}
        return [strip(inner) for inner in value] if isinstance(value, list | tuple) else value

    return strip(msgspec.to_builtins(tree))


@pytest.mark.parametrize("text", CASES)
def test_an_expression_has_the_meaning_its_precedence_gives(text: str) -> None:
    assert without_places(parse(text)) == without_places(CASES[text])


def test_a_tree_survives_serialisation_with_its_places() -> None:
    tree = parse('if(${a.a:total} > 1.50, concat("x", ${c}), null)')
    assert msgspec.json.decode(msgspec.json.encode(tree), type=Expression) == tree


def test_nodes_know_where_they_began() -> None:
    tree = parse("1 +\n ${a.a}")
    assert isinstance(tree, Arithmetic)
    assert (tree.left.at, tree.at, tree.right.at) == (0, 2, 5)


WRONG = {
    "": (1, 1, "empty"),
    "# only a comment": (1, 17, "empty"),
    "1 +": (1, 4, "the end came where a value was expected"),
    "1 2": (1, 3, "an operator or a comma is missing"),
    "(1": (1, 3, "a bracket is not closed"),
    "1)": (1, 2, "closed that was not opened"),
    "sum(1,,2)": (1, 7, "a value was expected"),
    "sum(1 2)": (1, 7, "a comma is missing"),
    "${a.a} and ${b.b}": (1, 8, "it is written AND"),
    "${a.a} is not null": (1, 8, "is_null(value)"),
    "${a.a} IN (1, 2)": (1, 8, "x = 1 OR x = 2"),
    "1 == 1": (1, 4, "equality is written ="),
    "2 ** 3": (1, 4, "power(base, exponent)"),
    "“x”": (1, 1, "straight quotes"),
    "not ${a.a}": (1, 1, "it is written NOT"),
    "true": (1, 1, "write yes"),
    "status": (1, 1, "a field is written ${status}"),
    "${}": (1, 1, "${view.field:total}"),
    "${a.a:sum}": (1, 1, "is no reference"),
    "${a b}": (1, 1, "is no reference"),
    "${a.a": (1, 1, "a field is written"),
    '"open': (1, 1, "no closing"),
    "`open": (1, 1, "no closing"),
    "5 % 2": (1, 3, "mod(value, divisor)"),
    "2 ^ 3": (1, 3, "power(base, exponent)"),
    "1 < 2 < 3": (1, 7, "a < b AND b < c"),
    "if(yes, 1)": (1, 1, "if(condition, value_if_yes, value_if_no)"),
    "case()": (1, 6, "a value was expected"),
    "case(1)": (1, 1, "no when(…)"),
    "case(when(yes))": (1, 6, "when(condition, value)"),
    "case(when(yes, 1), 2, 3)": (1, 21, "before the one default"),
    "when(yes, 1)": (1, 1, "only in case(…)"),
    "1 +\n  ?": (2, 3, "'?' does not belong here"),
    "1e999": (1, 1, "too large"),
}


@pytest.mark.parametrize("text", WRONG)
def test_a_mistake_is_told_with_its_place_and_what_is_valid(text: str) -> None:
    line, column, words = WRONG[text]
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in str(caught.value)


def test_the_line_of_a_mistake_is_shown_with_a_caret() -> None:
    with pytest.raises(QueryError) as caught:
        parse("1 +\n2 ? 3")
    assert str(caught.value).endswith("\n  2 ? 3\n    ^")


def test_a_long_line_is_shown_where_the_mistake_is() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("1 + " * 100 + "?" + " + 1" * 100)
    shown, caret = str(caught.value).splitlines()[1:]
    assert len(shown) < 130
    assert shown[len(caret) - 1] == "?"


@pytest.mark.parametrize(
    "text",
    [
        "(" * DEEPEST + "1" + ")" * DEEPEST,
        "-" * (DEEPEST + 1) + "1",
        "sum(" * (DEEPEST + 1) + "1",
        "NOT " * (DEEPEST + 1) + "yes",
        "+".join("1" * (HIGHEST + 1)),
        "1" * (LONGEST + 1),
        "9" * 5000,
    ],
)
def test_what_is_too_deep_or_too_long_is_refused_rather_than_tried(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


def test_what_people_write_is_far_from_these_limits() -> None:
    parse("+".join(["${a.a}"] * (HIGHEST - 1)))
    parse("if(${a.a} = 1, 1, " * (DEEPEST - 2) + "0" + ")" * (DEEPEST - 2))
    parse(f"concat({', '.join(['${a.a}'] * 1000)})")
