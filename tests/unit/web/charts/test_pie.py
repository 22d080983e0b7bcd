from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.web.charts.pie import pie

if TYPE_CHECKING:
    from tests.unit.web.charts.conftest import Answer


def test_slices_are_as_large_as_their_shares_and_keep_the_order(answer: Answer) -> None:
    drawn = pie(answer("Page, =Visitors", [("/", 25), ("/jobs", 75)]), {})
    rows = drawn.spec["data"]["values"]
    assert [(row["label"], row["text"]) for row in rows] == [("/", "25 · 25%"), ("/jobs", "75 · 75%")]
    assert rows[0]["end"] == rows[1]["start"] == pytest.approx(1.570796)
    assert drawn.description == "Pie of Visitors by Page, 2 slices, 100 in all. /jobs 75, 75%; / 25, 25%."


def test_null_zero_and_a_value_are_three_things(answer: Answer) -> None:
    drawn = pie(answer("Page, =Visitors", [("/", 5), ("/a", 0), ("/b", None), (None, 5)]), {})
    assert [row["label"] for row in drawn.spec["data"]["values"]] == ["/", "NULL"]
    assert drawn.missing == 1
    assert drawn.notes == ("1 value is 0 and without a slice.",)


def test_more_slices_than_colours_become_one_and_this_is_said(answer: Answer) -> None:
    rows = [(f"p{n}", n) for n in range(1, 13)]
    drawn = pie(answer("Page, =Visitors", rows), {})
    assert [row["label"] for row in drawn.spec["data"]["values"]] == [
        *(f"p{n}" for n in range(6, 13)),
        "5 others",
    ]
    assert drawn.spec["data"]["values"][-1]["text"] == "15 · 19%"
    assert drawn.notes == ("The smallest 5 of 12 values are drawn as one slice.",)
    assert drawn.spec["layer"][0]["encoding"]["color"]["scale"]["range"][-2:] == ["--series-8", "--series-7"]


def test_measures_of_one_row_are_slices_too(answer: Answer) -> None:
    drawn = pie(answer("=Free, =Paid", [(3, 1), (9, 9)]), {"series_labels": {"v.paid": "Customers"}})
    assert [row["label"] for row in drawn.spec["data"]["values"]] == ["Free", "Customers"]
    assert drawn.notes == ("Only the first of 2 rows is drawn.",)


def test_settings_of_lookml_change_labels_colours_and_the_hole(answer: Answer) -> None:
    vis = {
        "value_labels": "labels",
        "label_type": "labVal",
        "inner_radius": 50,
        "series_colors": {"/": "#123456", "/a": "url(evil)"},
    }
    spec = pie(answer("Page, =Visitors", [("/", 5), ("/a", 5)]), vis).spec
    arc, labels = spec["layer"]
    assert arc["encoding"]["color"]["scale"]["range"] == ["#123456", "--series-2"]
    assert arc["encoding"]["color"]["legend"] is None
    assert arc["mark"]["innerRadius"]["expr"].endswith("* 0.5")
    assert labels["encoding"]["text"]["field"] == "written"
    assert spec["data"]["values"][0]["written"] == "/  5"


def test_nothing_but_zeros_is_said_and_draws_nothing(answer: Answer) -> None:
    drawn = pie(answer("Page, =Visitors", [("/", 0), ("/a", None)]), {})
    assert drawn.spec["data"]["values"] == []
    assert "every value is 0 or NULL" in drawn.description


def test_what_is_no_part_of_a_whole_is_refused(answer: Answer) -> None:
    with pytest.raises(QueryError, match="/ is -1"):
        pie(answer("Page, =Visitors", [("/", -1)]), {})
    with pytest.raises(QueryError, match="a pie takes no pivots"):
        pie(answer("Page, Plan^, =Visitors", [("/", "x", 1)]), {})
    with pytest.raises(QueryError, match="a pie needs a measure"):
        pie(answer("Page", [("/",)]), {})
    with pytest.raises(QueryError, match="or several measures"):
        pie(answer("=Visitors", [(1,)]), {})
