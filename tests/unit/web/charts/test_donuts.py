from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.web.charts.donuts import MOST, donuts

if TYPE_CHECKING:
    from tests.unit.web.charts.conftest import Answer


def test_each_row_is_a_ring_of_its_own_whole(answer: Answer) -> None:
    drawn = donuts(answer("Plan, =Open, =Done", [("Free", 1, 1), ("Paid", 1, 3)]), {})
    rows = drawn.spec["data"]["values"]
    assert [(row["n"], row["series"], row["text"]) for row in rows] == [
        (0, "Open", "1 · 50%"),
        (0, "Done", "1 · 50%"),
        (1, "Open", "1 · 25%"),
        (1, "Done", "3 · 75%"),
    ]
    assert rows[2]["start"] == 0
    assert drawn.description == (
        "2 donuts of Open, Done by Plan. Free: Open 50%, Done 50%; Paid: Open 25%, Done 75%."
    )


def test_a_row_of_nothing_has_no_ring_and_is_named(answer: Answer) -> None:
    drawn = donuts(answer("Plan, =Open, =Done", [("Free", 0, None), ("Paid", 1, 3)]), {})
    assert {row["label"] for row in drawn.spec["data"]["values"]} == {"Paid"}
    assert drawn.missing == 1
    assert drawn.notes == ("No ring for Free: every value is 0 or NULL.",)


def test_rings_beyond_what_can_be_compared_are_left_out_and_counted(answer: Answer) -> None:
    drawn = donuts(answer("Plan, =Open, =Done", [(f"p{n}", 1, 2) for n in range(MOST + 3)]), {})
    assert len({row["n"] for row in drawn.spec["data"]["values"]}) == MOST
    assert drawn.notes == (f"The first {MOST} of {MOST + 3} rows are drawn.",)


def test_a_pivoted_value_is_a_part_and_below_zero_is_none(answer: Answer) -> None:
    rows = [("Free", "yes", 3), ("Free", "no", 1)]
    drawn = donuts(answer("Plan, Answered^, =Threads", rows), {"charts_across": "2"})
    assert {row["series"] for row in drawn.spec["data"]["values"]} == {"yes", "no"}
    with pytest.raises(QueryError, match="Free is -3"):
        donuts(answer("Plan, =Open", [("Free", -3)]), {})
