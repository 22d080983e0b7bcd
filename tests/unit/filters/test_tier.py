from __future__ import annotations

import pytest

from mainstem.filters import AllOf, Anything, Condition, Not, TextIs, TextLike, parse_tier

LABELS = ("Below -10", "-10 to -1", "0 to 9", "10, or more")
CASES: dict[str, Condition] = {
    "": Anything(),
    "20 to 29": TextIs(("20 to 29",)),
    "20 to 29, 30 to 39": TextIs(("20 to 29", "30 to 39")),
    "-20 to 29": Not(TextIs(("20 to 29",))),
    "[0,10),[10,20)": TextIs(("[0,10)", "[10,20)")),
    "-[0,10)": Not(TextIs(("[0,10)",))),
    "(-inf,0), T02 [0,10)": TextIs(("(-inf,0)", "T02 [0,10)")),
    ">= 10 and < 20": TextIs((">= 10 and < 20",)),
    '"[0,10)","20, 30"': TextIs(("[0,10)", "20, 30")),
    "20 to%": TextLike("20 to%"),
    "20 to 29,-30 to 39": AllOf((TextIs(("20 to 29",)), Not(TextIs(("30 to 39",))))),
}


@pytest.mark.parametrize("expression", CASES)
def test_a_tier_is_filtered_by_its_labels(expression: str) -> None:
    assert parse_tier(expression) == CASES[expression]


@pytest.mark.parametrize(
    ("expression", "meaning"),
    [
        ("-10 to -1", TextIs(("-10 to -1",))),
        ("--10 to -1", Not(TextIs(("-10 to -1",)))),
        ("10, or more", TextIs(("10, or more",))),
        ("0 to 9,10, or more", TextIs(("0 to 9", "10, or more"))),
        ("-10, or more", Not(TextIs(("10, or more",)))),
    ],
)
def test_a_known_label_is_that_label_whatever_its_characters_mean(
    expression: str, meaning: Condition
) -> None:
    assert parse_tier(expression, LABELS) == meaning
