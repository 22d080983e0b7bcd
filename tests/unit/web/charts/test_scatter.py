from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.web.charts.scatter import MOST, scatter

if TYPE_CHECKING:
    from tests.unit.web.charts.conftest import Answer


def test_two_measures_are_drawn_against_each_other(answer: Answer) -> None:
    drawn = scatter(answer("=Seats, =Revenue $#,##0", [(1, 10), (2, 20), (3, 30), (4, None)]), {})
    assert [(row["x"], row["y"]) for row in drawn.spec["data"]["values"]] == [(1, 10), (2, 20), (3, 30)]
    assert drawn.missing == 1
    assert drawn.description == (
        "Scatter plot of Revenue by Seats, 3 points. Lowest $10 at Seats 1, highest $30 at Seats 3. "
        "Correlation 1.00."
    )


def test_dates_stand_on_a_timeline_and_pivots_have_colours(answer: Answer) -> None:
    rows = [(date(2026, 3, 1), "EU", 5), (date(2026, 3, 2), "US", 0)]
    spec = scatter(answer("Day:date, Region^, =Hours", rows), {"series_colors": {"US": "red"}}).spec
    assert spec["encoding"]["x"]["type"] == "temporal"
    assert spec["encoding"]["color"]["scale"] == {"domain": ["EU", "US"], "range": ["--series-1", "red"]}
    assert [row["y"] for row in spec["data"]["values"]] == [5, 0]


def test_names_stand_side_by_side_null_by_its_name(answer: Answer) -> None:
    spec = scatter(answer("Plan, =Hours", [("Free", 1), (None, 2)]), {}).spec
    assert spec["encoding"]["x"]["scale"]["domain"] == ["Free", "NULL"]


def test_a_measure_can_be_the_size(answer: Answer) -> None:
    result = answer("=Seats, =Revenue, =Age", [(1, 10, 3), (2, 20, 5)])
    drawn = scatter(result, {"size_by_field": "v.age"})
    assert [row["size"] for row in drawn.spec["data"]["values"]] == [3, 5]
    assert drawn.spec["data"]["values"][0]["text"] == "10 · Age 3"
    assert drawn.description.endswith("Larger points have more Age.")


def test_points_beyond_what_a_page_bears_are_counted(answer: Answer) -> None:
    drawn = scatter(answer("=a, =b", [(n, n) for n in range(MOST + 1)]), {})
    assert len(drawn.spec["data"]["values"]) == MOST
    assert drawn.notes == ("The first 2,000 of 2,001 points are drawn.",)


def test_one_column_is_no_scatter_plot(answer: Answer) -> None:
    with pytest.raises(QueryError, match="or two such measures"):
        scatter(answer("=a", [(1,)]), {})
