from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.web.charts.waterfall import MOST, waterfall

if TYPE_CHECKING:
    from tests.unit.web.charts.conftest import Answer


def test_each_step_starts_where_the_last_one_ended_and_the_total_starts_at_nothing(answer: Answer) -> None:
    rows = [("New", Decimal("0.1")), ("More", Decimal("0.2")), ("Gone", Decimal("-0.3"))]
    drawn = waterfall(answer("Step, =MRR", rows), {})
    found = [(row["label"], row["from"], row["to"], row["kind"]) for row in drawn.spec["data"]["values"]]
    assert found == [
        ("New", 0, 0.1, "Up"),
        ("More", 0.1, 0.3, "Up"),
        ("Gone", 0.3, 0, "Down"),
        ("Total", 0, 0, "Total"),
    ]
    assert drawn.description == (
        "Waterfall of MRR by Step, 3 steps to a total of 0. "
        "Largest step up: More 0.2. Largest step down: Gone -0.3."
    )


def test_an_unknown_step_keeps_its_place_without_a_bar(answer: Answer) -> None:
    drawn = waterfall(answer("Step, =MRR", [("New", 1), ("Odd", None), ("Total", 2)]), {})
    rows = drawn.spec["data"]["values"]
    assert [row["label"] for row in rows] == ["New", "Odd", "Total", "Total of all"]
    assert rows[1]["from"] is None
    assert drawn.missing == 1


def test_steps_beyond_the_room_are_one_and_the_total_holds_them(answer: Answer) -> None:
    drawn = waterfall(answer("Step, =MRR", [(f"s{n}", 1) for n in range(MOST + 5)]), {})
    rows = drawn.spec["data"]["values"]
    assert len(rows) == MOST + 1
    assert rows[-1]["to"] == MOST + 5
    assert drawn.notes == (f"Steps {MOST} to {MOST + 5} are drawn as one.",)


def test_an_author_chooses_the_colours_and_the_labels(answer: Answer) -> None:
    vis = {"up_color": "#0a0", "down_color": False, "show_value_labels": False}
    spec = waterfall(answer("=Start, =Churn", [(5, -2)]), vis).spec
    assert len(spec["layer"]) == 2
    assert spec["layer"][0]["encoding"]["color"]["scale"]["range"] == ["#0a0", "--series-5", "--series-7"]


def test_a_single_number_is_no_waterfall(answer: Answer) -> None:
    with pytest.raises(QueryError, match="a waterfall needs a dimension and a measure, or several"):
        waterfall(answer("=Start", [(5,)]), {})
