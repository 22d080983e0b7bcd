"""SQL put into SQL keeps its meaning."""

from __future__ import annotations

import pytest

from mainstem.query.expanding.text import closed, operand


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("t.x", "t.x"),
        ('"T"."x"', '"T"."x"'),
        ("lower(t.x)", "lower(t.x)"),
        ("a + b", "(a + b)"),
        ("(a + b)", "(a + b)"),
        ("(a) = (b)", "((a) = (b))"),
        ("')' = (b)", "(')' = (b))"),
        ("a -- why\n + b", "(a -- why\n + b\n)"),
        ("(a -- why\n)", "(a -- why\n)"),
        ("f((a -- why\n)) || 'x'", "(f((a -- why\n)) || 'x'\n)"),
        ("(a -- why\n) + (b -- so\n)", "((a -- why\n) + (b -- so\n)\n)"),
    ],
)
def test_an_operand_stands_beside_any_operator(sql: str, expected: str) -> None:
    assert operand(sql) == expected


@pytest.mark.parametrize(
    ("sql", "expected"), [("a", "a"), ("a -- why", "(a -- why\n)"), ("a # why", "(a # why\n)")]
)
def test_nothing_is_swallowed_by_a_comment(sql: str, expected: str) -> None:
    assert closed(sql) == expected
