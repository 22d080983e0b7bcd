from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.web.charts.boxplot import MOST, boxplot

if TYPE_CHECKING:
    from tests.unit.web.charts.conftest import Answer

FIVE = "Plan, =Min, =P25, =Median, =P75, =Max"


def test_a_box_is_its_five_measures(answer: Answer) -> None:
    drawn = boxplot(answer(FIVE, [("Free", 1, 2, 3, 4, 9)]), {})
    (box,) = drawn.spec["layer"][0]["data"]["values"]
    assert [box[name] for name in ("lowest", "low", "median", "high", "highest")] == [1, 2, 3, 4, 9]
    assert [row["series"] for row in drawn.spec["data"]["values"]] == ["Min", "P25", "Median", "P75", "Max"]
    assert drawn.description == (
        "Boxplot by Plan, 1 box, the line being Median. Free: 3, half between 2 and 4, all between 1 and 9."
    )


def test_a_row_with_an_unknown_measure_is_left_out_and_counted(answer: Answer) -> None:
    drawn = boxplot(answer(FIVE, [("Free", 1, None, 3, 4, 9), ("Paid", 0, 0, 0, 0, 0)]), {})
    assert [box["label"] for box in drawn.spec["layer"][0]["data"]["values"]] == ["Paid"]
    assert drawn.notes == ("1 row is left out: one of the five measures is NULL.",)


def test_boxes_beyond_the_room_are_counted(answer: Answer) -> None:
    drawn = boxplot(answer(FIVE, [(f"p{n}", 1, 2, 3, 4, 5) for n in range(MOST + 2)]), {})
    assert drawn.notes == (f"The first {MOST} of {MOST + 2} boxes are drawn.",)


def test_what_is_no_box_is_refused(answer: Answer) -> None:
    with pytest.raises(QueryError, match="those of Free do not"):
        boxplot(answer(FIVE, [("Free", 5, 4, 3, 2, 1)]), {})
    with pytest.raises(QueryError, match=r"five measures, in this order.*there are 1"):
        boxplot(answer("Plan, =Min", [("Free", 1)]), {})
