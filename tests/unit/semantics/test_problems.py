from __future__ import annotations

from pathlib import Path

import pytest

from mainstem.semantics import Origin
from mainstem.semantics.problems import Problems, did_you_mean

NAMES = [f"{kind}_{number}" for kind in ("order", "customer", "shipment") for number in range(300)] + [
    "user_id"
]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("usr_id", " (did you mean user_id?)"),
        ("order_29", " (did you mean order_29?)"),
        ("shiment_12", " (did you mean shipment_12?)"),
        ("zzz", ""),
    ],
)
def test_a_name_like_it_is_found_among_hundreds(name: str, hint: str) -> None:
    assert did_you_mean(name, NAMES) == hint


def test_a_name_like_it_is_found_among_few_whatever_its_ends() -> None:
    assert did_you_mean("rice", ["price_", "size", "colour"]) == " (did you mean price_?)"


def test_problems_are_told_once_in_the_order_of_files_and_lines() -> None:
    problems = Problems()
    for file, line in (("b", 1), ("a", 10), ("a", 9), ("a", 10)):
        problems.error(Origin(file, line), "wrong")
    assert [(error.where.file, error.where.line) for error in problems.errors] == [
        (Path("a"), 9),
        (Path("a"), 10),
        (Path("b"), 1),
    ]


def test_what_was_passed_over_is_counted_by_place() -> None:
    problems = Problems()
    for line in (1, 2, 2):
        problems.passed_over("x of y", Origin("f", line))
    problems.passed_over("z of y", Origin("f", 1))
    assert problems.without_effect == {"x of y": 2, "z of y": 1}
