from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.web.charts.series import Series, read_series
from mainstem.web.charts.settings import read_settings, shown

if TYPE_CHECKING:
    from tests.unit.web.charts.conftest import Answer

PAIR = "Page, =Visitors, =Revenue $#,##0"
PIVOT = "Page, Plan^, =Visitors"


@pytest.fixture
def pair(answer: Answer) -> Series:
    return read_series(answer(PAIR, [("/", 1, 2), ("/a", 3, 4), ("/b", 5, 6)]))


@pytest.fixture
def pivot(answer: Answer) -> Series:
    return read_series(answer(PIVOT, [("/", "Free", 1), ("/", None, 2)]))


@pytest.mark.parametrize("key", ["Free", "Free - v.visitors", "Free - 0 - v.visitors"])
def test_a_pivoted_series_is_known_by_each_name_that_looker_writes(pivot: Series, key: str) -> None:
    settings = read_settings(pivot, {"series_colors": {key: "#123"}, "series_types": {key: "line"}}, "column")
    assert settings.colours == ("#123", "--series-2")
    assert settings.kinds == {"Free": "line", "NULL": "column"}


def test_the_null_of_a_pivot_is_looked_up_as_looker_writes_it(pivot: Series) -> None:
    assert read_settings(pivot, {"series_colors": {"null - v.visitors": "red"}}, "line").colours == (
        "--series-1",
        "red",
    )


def test_colours_that_could_be_anything_else_are_none(pair: Series) -> None:
    vis = {"series_colors": {"v.visitors": "url(//x)"}, "colors": ["red;", "palette: X"]}
    assert read_settings(pair, vis, "line").colours is None
    assert read_settings(pair, {"colors": ["red", "#00ff00"]}, "line").colours == ("red", "#00ff00")


def test_series_on_the_right_are_on_a_second_axis_with_titles_to_tell_them(pair: Series) -> None:
    axes = [
        {"orientation": "left", "series": [{"id": "v.visitors"}], "type": "log", "minValue": "1"},
        {"orientation": "right", "series": [{"axisId": "v.revenue"}], "label": "Money"},
    ]
    first, second = read_settings(pair, {"y_axes": axes}, "column").axes
    assert (first.names, first.title, first.is_log, first.low) == (("Visitors",), "Visitors", True, 1)
    assert (second.names, second.title, second.is_second) == (("Revenue",), "Money", True)


def test_everything_on_the_right_is_one_axis(pair: Series) -> None:
    right = [{"orientation": "right", "series": [{"id": "v.visitors"}, {"id": "v.revenue"}]}]
    (only,) = read_settings(pair, {"y_axes": right}, "line").axes
    assert only.names == ("Visitors", "Revenue")
    assert not only.is_second


def test_older_names_of_axis_settings_count_as_well(pair: Series) -> None:
    vis = {
        "y_axis_scale_mode": "log",
        "y_axis_max": ["9"],
        "y_axis_labels": ["People"],
        "y_axis_gridlines": "no",
    }
    (axis,) = read_settings(pair, vis, "line").axes
    assert (axis.is_log, axis.high, axis.title, axis.shows_grid) == (True, 9, "People", False)


def test_lying_bars_stay_bars(pair: Series) -> None:
    assert set(read_settings(pair, {"series_types": {"v.revenue": "line"}}, "bar").kinds.values()) == {"bar"}


def test_hidden_series_and_rows_are_left_out_and_this_is_said(pair: Series) -> None:
    vis = {
        "hidden_series": ["v.revenue"],
        "limit_displayed_rows": True,
        "limit_displayed_rows_values": {"show_hide": "hide", "first_last": "first", "num_rows": "1"},
        "series_labels": {"v.visitors": "People"},
    }
    series, notes = shown(pair, vis)
    assert series.names == ("People",)
    assert [(point.place, point.value) for point in series.points] == [("/a", 3), ("/b", 5)]
    assert notes == (
        "Not drawn, as the author wants it: Revenue.",
        "Drawn are 2 of 3 places, as the author wants it.",
    )


def test_two_series_are_never_given_one_name(pair: Series) -> None:
    series, _ = shown(pair, {"series_labels": {"v.visitors": "X", "v.revenue": "X"}})
    assert series.names == ("Visitors", "Revenue")


def test_a_chart_of_nothing_is_not_what_anybody_wants(pair: Series) -> None:
    assert shown(pair, {"hidden_series": ["v.visitors", "v.revenue"]}) == (pair, ())


def test_nonsense_in_settings_leaves_the_chart_as_it_is(pair: Series) -> None:
    vis = {
        "y_axes": ["x", {"series": ["y"], "minValue": "low"}],
        "series_types": [],
        "series_colors": "red",
        "limit_displayed_rows": True,
        "limit_displayed_rows_values": {"num_rows": "many"},
        "interpolation": "wild",
    }
    assert shown(pair, vis) == (pair, ())
    assert read_settings(pair, vis, "line") == read_settings(pair, {}, "line")
