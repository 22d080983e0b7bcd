"""Settings come from files and from addresses: whatever they say, an answer that can be drawn is drawn."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.semantics.dashboard import ElementType
from mainstem.web.charts import CHART_TYPES, OTHER_TYPES, make_chart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.query.result import Cell
    from tests.unit.web.charts.conftest import Answer

NAMES = [
    "stacking",
    "series_types",
    "series_colors",
    "colors",
    "series_labels",
    "hidden_series",
    "interpolation",
    "point_style",
    "y_axes",
    "y_axis_scale_mode",
    "y_axis_min",
    "y_axis_max",
    "y_axis_labels",
    "x_axis_label",
    "show_value_labels",
    "show_totals_labels",
    "limit_displayed_rows",
    "limit_displayed_rows_values",
    "show_null_points",
    "reference_lines",
    "value_labels",
    "label_type",
    "inner_radius",
    "charts_across",
    "percentType",
    "up_color",
    "groupBars",
    "size_by_field",
    "hide_legend",
    "x_axis_reversed",
]
KEYS = [
    "v.seats",
    "type",
    "label",
    "orientation",
    "series",
    "id",
    "axisId",
    "minValue",
    "maxValue",
    "unpinAxis",
    "num_rows",
    "show_hide",
    "first_last",
    "reference_type",
    "line_value",
    "range_start",
    "range_end",
    "margin_value",
    "margin_top",
    "margin_bottom",
    "value_format",
    "color",
]
WORDS = st.sampled_from(
    [
        "",
        "true",
        "line",
        "log",
        "right",
        "mean",
        "max",
        "range",
        "margins",
        "inf",
        "nan",
        "-1e999",
        "5",
        "red",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers(-9, 99) | st.floats() | WORDS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)
ANSWERS: dict[ElementType, tuple[str, Sequence[Sequence[Cell]]]] = {
    ElementType.BOXPLOT: ("Plan, =a, =b, =c, =d, =e", [("Free", 1, 2, 3, 4, 5)]),
    ElementType.TIMELINE: ("Plan, Start:date", [("Free", None)]),
    ElementType.MAP: ("Location, =Seats", [("1,2", 3)]),
    ElementType.GOOGLE_MAP: ("Location, =Seats", [("1,2", 3)]),
    ElementType.GEO_COORDINATES: ("Location, =Seats", [("1,2", 3)]),
}
PLAIN: tuple[str, Sequence[Sequence[Cell]]] = ("Plan, =Seats, =Age", [("Free", 1, 2), ("Paid", None, 0)])


@pytest.mark.parametrize("kind", [*CHART_TYPES, *OTHER_TYPES])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(vis=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6))
def test_no_setting_keeps_an_answer_from_being_drawn(
    answer: Answer, kind: ElementType, vis: dict[str, Any]
) -> None:
    chart = make_chart(kind, answer(*ANSWERS.get(kind, PLAIN)), vis)
    json.dumps(chart.spec, allow_nan=False)
