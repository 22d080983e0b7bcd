from __future__ import annotations

import pytest

from mainstem.filters.membership import Membership, parse_membership


@pytest.mark.parametrize(
    ("expression", "asked", "english"),
    [
        ("in cohort left", Membership(("left",)), "in cohort left"),
        ("  IN  Cohort  Left-2 ", Membership(("left-2",)), "in cohort left-2"),
        ("not in cohort left", Membership((), ("left",)), "not in cohort left"),
        ("in cohort a, b", Membership(("a", "b")), "in cohort a or b"),
        (
            "in cohort a, not in cohort b, c",
            Membership(("a",), ("b", "c")),
            "in cohort a and not in cohort b or c",
        ),
    ],
)
def test_expressions_about_cohorts_are_read_and_said(
    expression: str, asked: Membership, english: str
) -> None:
    assert parse_membership(expression) == asked
    assert asked.english == english
    assert parse_membership(asked.expression) == asked


@pytest.mark.parametrize(
    "expression", ["", "left", '"in cohort left"', "in cohort", "in cohort a b", "a, in cohort b"]
)
def test_everything_else_is_left_to_the_fields_own_grammar(expression: str) -> None:
    assert parse_membership(expression) is None
