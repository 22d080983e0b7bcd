from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.semantics import ElementType, FilterType

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Reading

MODEL = """\
include: "*.dashboard.lookml"
view: sales {
  dimension_group: day { type: time timeframes: [date] datatype: date sql: ${TABLE}.day ;; }
  dimension: is_new { type: yesno }
  measure: count { type: count }
}
explore: sales {}
"""
DASHBOARD = """\
- dashboard: health
  title: Health
  layout: newspaper
  filters:
  - name: Period
    type: field_filter
    explore: sales
    field: sales.day_date
    default_value: 7 days
    ui_config:
      type: relative_timeframes
      display: inline
  elements:
  - name: daily
    type: looker_line
    explore: sales
    fields: [sales.day_date, sales.count]
    filters:
      sales.is_new: yes
    sorts: [sales.day_date]
    limit: 100
    listen:
      Period: sales.day_date
    row: 0
    col: 0
    width: 12
    height: 6
    show_legend: true
    series_colors: {sales.count: "#123456"}
"""


def test_a_dashboard_is_read_whole(read: Callable[..., Reading]) -> None:
    reading = read(MODEL, d__dashboard__lookml=DASHBOARD)
    assert (reading.errors, reading.warnings) == ((), ())
    dashboard = reading.project.dashboards["health"]
    filter_, element = dashboard.filters[0], dashboard.elements[0]
    assert (filter_.type, filter_.default_value) == (FilterType.FIELD, "7 days")
    assert filter_.ui_config == {"type": "relative_timeframes", "display": "inline"}
    assert (element.type, element.model, element.limit) == (ElementType.LINE, "shop", 100)
    assert element.listen == {"Period": "sales.day_date"}
    assert (element.row, element.col, element.width, element.height) == (0, 0, 12, 6)
    assert element.vis == {"show_legend": True, "series_colors": {"sales.count": "#123456"}}
    assert element.origin.line == 14


def test_a_filter_value_stays_the_text_that_was_written(read: Callable[..., Reading]) -> None:
    reading = read(MODEL, d__dashboard__lookml=DASHBOARD)
    assert reading.project.dashboards["health"].elements[0].filters == {"sales.is_new": "yes"}


WRONG = {
    ("fields: [sales.day_date, sales.count]", "fields: [sales.day_date, sales.cuont]"): (
        "17: element daily: unknown field sales.cuont (did you mean sales.count?)"
    ),
    ("explore: sales\n    fields", "explore: sale\n    fields"): (
        "14: element daily reads unknown explore sale (did you mean sales?); explores of shop are sales"
    ),
    ("Period: sales.day_date", "Priod: sales.day_date"): (
        "22: element daily listens to unknown filter 'Priod' (did you mean Period?)"
    ),
    ("type: looker_line", "type: looker_lin"): (
        "15: unknown element type 'looker_lin' (did you mean looker_line?)"
    ),
    ("type: field_filter", "type: feld_filter"): "6: unknown filter type 'feld_filter'",
    ("field: sales.day_date", "field: sales.day_dat"): "5: filter Period: unknown field sales.day_dat",
    ("default_value: 7 days", "default_value: 7 dys"): (
        "5: filter Period, sales.day_date: date filter '7 dys' is not understood"
    ),
    ("sorts: [sales.day_date]", "sorts: [sales.is_new]"): (
        "20: element daily: sorts has sales.is_new, which is not among its fields"
    ),
    ("row: 0", "row: top"): "24: row is 'top'; valid is a whole number from 0",
    ("title: Health", "title: [Health"): "3: not YAML",
}


@pytest.mark.parametrize("change", WRONG)
def test_an_error_in_a_dashboard_says_where_and_what(
    read: Callable[..., Reading], change: tuple[str, str]
) -> None:
    text = DASHBOARD.replace(*change)
    assert text != DASHBOARD
    errors = [str(error) for error in read(MODEL, d__dashboard__lookml=text).errors]
    assert any(error.startswith(f"d.dashboard.lookml:{WRONG[change]}") for error in errors), errors


def test_unknown_tags_and_keys_are_tolerated_with_a_warning(read: Callable[..., Reading]) -> None:
    text = DASHBOARD.replace("title: Health", "title: !custom Health\n  colour: red")
    reading = read(MODEL, d__dashboard__lookml=text)
    assert reading.errors == ()
    assert [str(warning) for warning in reading.warnings] == [
        "d.dashboard.lookml:2: the YAML tag !custom of title has no effect",
        "d.dashboard.lookml:3: unknown key colour has no effect",
    ]


def test_a_tile_that_would_show_other_numbers_is_left_out(read: Callable[..., Reading]) -> None:
    text = DASHBOARD.replace("row: 0", "dynamic_fields: [{table_calculation: x}]")
    reading = read(MODEL, d__dashboard__lookml=text)
    assert reading.project.dashboards["health"].elements == ()
    assert reading.warnings[0].message == "element daily is left out: dynamic_fields is not supported yet"


def test_a_dashboard_no_model_includes_is_noted(read: Callable[..., Reading]) -> None:
    model = MODEL.replace('include: "*.dashboard.lookml"\n', "")
    (warning,) = read(model, d__dashboard__lookml=DASHBOARD).warnings
    assert warning.message == "no model includes this dashboard; Looker would not show it"


def test_an_explore_without_its_view_is_one_error_a_tile_not_one_a_field(
    read: Callable[..., Reading],
) -> None:
    model = MODEL.replace("view: sales {", "view: sale {")
    errors = read(model, d__dashboard__lookml=DASHBOARD).errors
    assert [error.message for error in errors if "daily" in error.message] == [
        "element daily reads explore sales, which lacks a view; mend that first"
    ]
