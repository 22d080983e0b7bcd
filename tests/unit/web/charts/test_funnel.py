from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.web.charts.funnel import MOST, funnel

if TYPE_CHECKING:
    from tests.unit.web.charts.conftest import Answer

STEPS = [("Visited", 200), ("Installed", 50), ("Paid", 25)]


def test_a_step_says_its_share_of_the_first(answer: Answer) -> None:
    drawn = funnel(answer("Step, =People", STEPS), {})
    assert [row["text"] for row in drawn.spec["data"]["values"]] == ["200 · 100%", "50 · 25%", "25 · 12%"]
    assert [row["high"] - row["low"] for row in drawn.spec["data"]["values"]] == [1, 0.25, 0.125]
    assert drawn.description.startswith("Funnel of People by Step, 3 steps, with shares of the first. ")


def test_or_of_the_step_before(answer: Answer) -> None:
    drawn = funnel(answer("Step, =People", STEPS), {"percentType": "prior"})
    assert [row["text"] for row in drawn.spec["data"]["values"]] == ["200 · 100%", "50 · 25%", "25 · 50%"]


def test_null_zero_and_nothing_to_divide_by_differ(answer: Answer) -> None:
    rows = [("a", None), ("b", 0), ("c", 5)]
    drawn = funnel(answer("Step, =People", rows), {})
    assert [row["text"] for row in drawn.spec["data"]["values"]] == ["–", "0", "5"]
    assert drawn.spec["data"]["values"][0]["low"] is None
    assert drawn.missing == 1


def test_a_growing_funnel_and_a_long_one_say_so(answer: Answer) -> None:
    drawn = funnel(answer("Step, =People", [(f"s{n}", n) for n in range(MOST + 1)]), {})
    assert drawn.notes == (
        f"The first {MOST} of {MOST + 1} steps are drawn.",
        "A step is larger than the one before it: these may be no steps of one way.",
    )


def test_below_zero_is_refused(answer: Answer) -> None:
    with pytest.raises(QueryError, match="a funnel shows amounts; a is -1"):
        funnel(answer("Step, =People", [("a", -1)]), {})
