from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import vl_convert

from mainstem.semantics.dashboard import ElementType
from mainstem.web.charts import Chart, make_chart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.web.charts.conftest import Answer

DAYS = [date(2026, 3, day) for day in (1, 2, 3)]
RIGHT = {"y_axes": [{"orientation": "right", "series": [{"id": "v.revenue"}]}]}


def layers(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Those that draw, with the layers within layers."""
    for layer in spec.get("layer", ()):
        yield from layers(layer) if "layer" in layer else (layer,)


def marks(chart: Chart) -> list[str]:
    return [layer["mark"]["type"] for layer in layers(chart.spec)]


def test_a_second_axis_is_drawn_apart_and_told(answer: Answer) -> None:
    result = answer("Day:date, =Messages, =Revenue $#,##0", [(day, 5, 900) for day in DAYS])
    chart = make_chart(ElementType.COLUMN, result, {**RIGHT, "series_types": {"v.revenue": "line"}})
    first, second = chart.spec["layer"]
    assert chart.spec["resolve"] == {"scale": {"y": "independent"}}
    assert first["layer"][0]["transform"] == [{"filter": {"field": "series", "oneOf": ["Messages"]}}]
    axis = second["layer"][0]["encoding"]["y"]["axis"]
    assert (axis["orient"], axis["title"], "'$'" in axis["labelExpr"]) == ("right", "Revenue", True)
    assert marks(chart) == ["bar", "line", "point"]
    assert chart.description.endswith("Revenue on a second axis.")


def test_a_line_is_broken_at_null_unless_the_author_joins_it(answer: Answer) -> None:
    result = answer("Day:date, =Messages", [(DAYS[0], 5), (DAYS[1], None), (DAYS[2], 0)])

    def drawn(vis: dict[str, Any]) -> list[float | None]:
        return [row["value"] for row in make_chart(ElementType.LINE, result, vis).spec["data"]["values"]]

    assert drawn({}) == drawn({"show_null_points": True}) == [5, None, 0]
    assert drawn({"show_null_points": False}) == [5, 0]


def test_what_cannot_stand_on_a_logarithmic_axis_is_counted(answer: Answer) -> None:
    result = answer("Page, =Visitors", [("/", 100), ("/a", 0), ("/b", None)])
    chart = make_chart(ElementType.COLUMN, result, {"y_axis_scale_mode": "log"})
    (bars,) = layers(chart.spec)
    assert bars["encoding"]["y"]["scale"] == {"type": "log"}
    assert chart.notes == ("1 value is 0 or less and cannot stand on a logarithmic axis.",)
    assert chart.missing == 1


def test_a_stack_is_never_logarithmic(answer: Answer) -> None:
    result = answer("Page, =Free, =Paid", [("/", 100, 5)])
    vis = {"y_axis_scale_mode": "log", "stacking": "normal"}
    chart = make_chart(ElementType.COLUMN, result, vis)
    assert all("scale" not in layer["encoding"]["y"] for layer in layers(chart.spec))
    assert chart.notes == ("A stack has no logarithmic axis: this one is linear.",)


def test_bars_start_at_zero_and_a_forced_start_is_said(answer: Answer) -> None:
    result = answer("Page, =Visitors", [("/", 100)])
    free = make_chart(ElementType.COLUMN, result, {"y_axis_unpinned": True})
    assert "scale" not in next(layers(free.spec))["encoding"]["y"]
    forced = make_chart(ElementType.COLUMN, result, {"y_axis_min": ["50"]})
    assert next(layers(forced.spec))["encoding"]["y"]["scale"] == {"domainMin": 50}
    assert next(layers(forced.spec))["mark"]["clip"]
    assert forced.notes == ("The axis starts at 50, not at 0.",)
    line = make_chart(ElementType.LINE, result, {"y_axis_unpinned": True})
    assert next(layers(line.spec))["encoding"]["y"]["scale"] == {"zero": False}


def test_labels_of_a_stack_stand_in_its_parts_in_one_order_with_totals_above(answer: Answer) -> None:
    result = answer("Page, =Free, =Paid", [("/", 100, 5), ("/a", 1, None)])
    vis = {"stacking": "normal", "show_value_labels": True, "show_totals_labels": True}
    chart = make_chart(ElementType.COLUMN, result, vis)
    bars, labels, totals = layers(chart.spec)
    assert bars["encoding"]["order"] == labels["encoding"]["order"] == {"field": "rank", "sort": "descending"}
    assert labels["encoding"]["y"]["bandPosition"] == 0.5
    assert [(row["place"], row["text"]) for row in totals["data"]["values"]] == [("/", "105"), ("/a", "1")]


def test_reference_lines_of_a_stack_are_over_its_totals_and_of_shares_left_out(answer: Answer) -> None:
    result = answer("Page, =Free, =Paid", [("/", 10, 5), ("/a", 20, 5)])
    lines = {"reference_lines": [{"line_value": "mean"}]}
    stacked = make_chart(ElementType.COLUMN, result, {**lines, "stacking": "normal"})
    assert stacked.description.endswith("Reference lines: Mean 20.")
    assert marks(stacked) == ["bar", "rule", "text"]
    shares = make_chart(ElementType.COLUMN, result, {**lines, "stacking": "percent"})
    assert marks(shares) == ["bar"]
    assert shares.notes == ("Reference lines are left out: these are shares of each whole.",)


def test_a_chart_of_one_measure_takes_the_authors_colour(answer: Answer) -> None:
    vis = {"series_colors": {"v.visitors": "#0a0"}}
    chart = make_chart(ElementType.BAR, answer("Page, =Visitors", [("/", 1)]), vis)
    assert chart.spec["encoding"]["color"] == {"value": "#0a0"}


@pytest.mark.parametrize("kind", ["line", "area", "column", "scatter"])
@pytest.mark.parametrize("stacking", ["", "normal", "percent"])
def test_vega_lite_compiles_every_mixture(answer: Answer, kind: str, stacking: str) -> None:
    result = answer("Day:date, =Messages, =Revenue", [(day, 5, 900) for day in DAYS])
    vis = {
        **RIGHT,
        "stacking": stacking,
        "series_types": {"v.revenue": kind},
        "show_value_labels": True,
        "show_totals_labels": True,
        "x_axis_reversed": True,
        "x_axis_label": "Day",
        "interpolation": "step",
        "reference_lines": [
            {"line_value": "mean"},
            {"reference_type": "range", "range_start": 1, "range_end": 2},
        ],
    }
    for base in (ElementType.COLUMN, ElementType.LINE, ElementType.AREA, ElementType.BAR):
        assert vl_convert.vegalite_to_vega(make_chart(base, result, vis).spec)["marks"]
