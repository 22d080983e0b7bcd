"""Liquid as LookML has it: its own tags, members and filters; names without a value are nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.semantics.liquid import LiquidProblem, names_in, parse, render

if TYPE_CHECKING:
    from collections.abc import Mapping


class Told:
    """Says of each tag what was asked."""

    def names(self) -> Mapping[str, object]:
        return {
            "orders": {"status": {"_is_filtered": True, "_parameter_value": "'open'"}},
            "_user_attributes": {"region": "it's"},
        }

    def parameter(self, name: str) -> str:
        return f"<{name}>"

    def condition(self, name: str, sql: str) -> str:
        return f"[{name}: {sql}]"

    def date_start(self, name: str) -> str:
        return f"from {name}"

    def date_end(self, name: str) -> str:
        return f"to {name}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t.{% parameter orders.column %}", "t.<orders.column>"),
        ("{%condition status%} ${status} {%endcondition%}", "[status: ${status}]"),
        ("{% condition %} x {% endcondition %}", "[: x]"),
        ("{% date_start d %} {%- date_end d -%}", "from dto d"),
        ("{% if orders.status._is_filtered %}a{% else %}b{% endif %}", "a"),
        ("{% if orders.status._parameter_value == \"'open'\" %}a{% endif %}", "a"),
        ("{% if orders.other._is_filtered %}a{% else %}b{% endif %}", "b"),
        ("{{ nothing.at.all }}|", "|"),
        ("{{ _user_attributes['region'] | sql_quote }}", "'it''s'"),
        ("{{ 'a b/c' | encode_uri }}", "a%20b%2Fc"),
        ("{% incrementcondition %} t {% endincrementcondition %}", "1 = 1"),
        ("{% assign a = 'x,y' | split: ',' %}{{ a[1] }}", "y"),
    ],
)
def test_texts_render(text: str, expected: str) -> None:
    assert render(text, Told()) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{% if x",
        "{% nonsense %}",
        "{% condition a %} x",
        "{{ a | no_filter }}",
        "{% if a = 1 | b %} {% endif %}",
    ],
)
def test_what_is_no_liquid_is_said_so(text: str) -> None:
    with pytest.raises(LiquidProblem, match=r"\w"):
        render(text, Told())


@given(st.text("{}%|. abcdifen_'\"", max_size=40))
def test_any_text_renders_or_is_a_problem(text: str) -> None:
    try:
        parse(text)
        render(text, Told())
    except LiquidProblem:
        pass


def test_the_names_in_a_text_are_told() -> None:
    text = "{% parameter v.p %} {% if o.f._in_query or g._is_filtered %} {{ _filters['a.b'] }} {% endif %}"
    assert set(names_in(text)) == {"v.p", "o.f", "g", "a.b"}


@pytest.mark.parametrize(
    "condition",
    [
        "(orders.status._is_filtered or false) and orders.status._is_filtered",
        "orders.status._parameter_value == {{ orders.status._parameter_value }}",
        "(\"(\" == '(')",
        "1 < 2 | times: 0.75 or 2 < 1",
        "'a year' contains 'year'\n # or 2 < 1",
        "names['b or c'] == nil and 1 == 1 else",
    ],
)
def test_what_says_nothing_in_a_condition_is_passed_over(condition: str) -> None:
    assert render(f"{{% if {condition} %}}({{{{ 1 }}}}){{% endif %}}", Told()) == "(1)"
