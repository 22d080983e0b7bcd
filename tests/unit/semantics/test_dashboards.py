from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.semantics import ElementType, FilterType
from mainstem.semantics.dashboard import TextBody
from mainstem.semantics.dynamic import CustomDimension, CustomMeasure, TableCalculation

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Element, Reading

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


def test_a_calculation_that_cannot_be_read_is_left_out_alone(read: Callable[..., Reading]) -> None:
    text = DASHBOARD.replace("row: 0", "dynamic_fields: [{table_calculation: x}]")
    reading = read(MODEL, d__dashboard__lookml=text)
    (element,) = reading.project.dashboards["health"].elements
    assert element.dynamic_fields == ()
    assert reading.warnings[0].message == "x of element daily is left out: it has no expression"


def only(reading: Reading, name: str = "health") -> Element:
    assert reading.errors == ()
    (element,) = reading.project.dashboards[name].elements
    return element


def test_dynamic_fields_are_read_and_checked(read: Callable[..., Reading]) -> None:
    more = """dynamic_fields:
    - {category: table_calculation, table_calculation: share, label: Share, value_format_name: percent_1,
       expression: "${sales.count} / sum(${sales.count})", _kind_hint: measure}
    - {measure: new_sales, based_on: sales.count, filters: {sales.is_new: "yes"}}
    - {category: dimension, dimension: letter, expression: 'concat("a", ${sales.is_new})'}
    - {table_calculation: running, calculation_type: running_total, args: [sales.count]}
    - {table_calculation: gone, expression: "1", is_disabled: true}
    hidden_fields: [sales.count]
    row: 0"""
    element = only(read(MODEL, d__dashboard__lookml=DASHBOARD.replace("row: 0", more)))
    assert element.dynamic_fields == (
        TableCalculation(
            name="share",
            label="Share",
            expression="${sales.count} / sum(${sales.count})",
            value_format_name="percent_1",
        ),
        CustomMeasure(name="new_sales", based_on="sales.count", filters={"sales.is_new": "yes"}),
        CustomDimension(name="letter", expression='concat("a", ${sales.is_new})'),
        TableCalculation(name="running", expression="running_total(${sales.count})"),
    )
    assert element.hidden_fields == ("sales.count",)


def test_a_calculation_of_an_unknown_field_is_an_error_where_it_stands(read: Callable[..., Reading]) -> None:
    more = 'dynamic_fields: [{table_calculation: x, expression: "${sales.coumt}"}]'
    reading = read(MODEL, d__dashboard__lookml=DASHBOARD.replace("row: 0", more))
    (error,) = reading.errors
    assert str(error).startswith("d.dashboard.lookml:24: element daily, x: unknown field sales.coumt")


def test_totals_and_what_goes_with_them_are_read(read: Callable[..., Reading]) -> None:
    more = """total: true
    row_total: right
    column_limit: 20
    fill_fields: [sales.day_date]
    row: 0"""
    element = only(read(MODEL, d__dashboard__lookml=DASHBOARD.replace("row: 0", more)))
    assert (element.totals, element.row_totals, element.column_limit) == (True, True, 20)
    assert element.fill_fields == ("sales.day_date",)


def test_a_text_tile_asks_nothing(read: Callable[..., Reading]) -> None:
    text = DASHBOARD + "  - {name: words, type: text, title_text: Read me, body_text: All is well.}\n"
    reading = read(MODEL, d__dashboard__lookml=text)
    assert reading.errors == ()
    words = reading.project.dashboards["health"].elements[1]
    assert not words.asks
    assert words.text == TextBody(title="Read me", body="All is well.")


def test_a_button_says_where_it_leads(read: Callable[..., Reading]) -> None:
    text = """- dashboard: d
  elements:
  - name: go
    type: button
    rich_content_json: '{"text":"Docs","href":"https://example.org","newTab":true}'
  - name: odd
    type: button
    rich_content_json: "{not"
"""
    reading = read(MODEL, d__dashboard__lookml=text)
    go, odd = reading.project.dashboards["d"].elements
    assert go.text == TextBody(body="Docs", address="https://example.org")
    assert odd.text == TextBody()
    (warning,) = reading.warnings
    assert (warning.where.line, warning.message.split(":")[0]) == (
        8,
        "rich_content_json of a button is no JSON",
    )


def test_conditional_formatting_is_read_rule_by_rule(read: Callable[..., Reading]) -> None:
    more = """conditional_formatting:
    - {type: greater than, value: 10, background_color: "#fff", bold: true, fields: [sales.count]}
    - {type: between, value: [1, 5], font_color: red}
    - {type: along a scale..., color_application: {custom: {stops: [{color: "#000"}, {color: "#fff"}]}}}
    - {type: grater than, value: 1}
    row: 0"""
    reading = read(MODEL, d__dashboard__lookml=DASHBOARD.replace("row: 0", more))
    first, second, third = only(reading).conditional_formatting
    assert (first.values, first.bold, first.fields) == ((10.0,), True, ("sales.count",))
    assert second.values == (1.0, 5.0)
    assert third.palette == ("#000", "#fff")
    (warning,) = reading.warnings
    assert "unknown type 'grater than' (did you mean greater than?)" in str(warning)


BASE = """\
- dashboard: base
  title: Base
  extension: required
  filters:
  - {name: Period, type: date_filter, default_value: 7 days}
  elements:
  - {name: daily, type: table, explore: sales, fields: [sales.count], width: 4, limit: 5}
  - {name: other, type: single_value, explore: sales, fields: [sales.count]}
"""
OWN = """\
- dashboard: health
  extends: base
  title: Health
  filters:
  - {name: Period, default_value: 2 days}
  elements:
  - {name: daily, limit: 9}
  - {name: third, explore: sales, fields: [sales.day_date]}
"""


def test_a_dashboard_changes_what_it_extends_by_name(read: Callable[..., Reading]) -> None:
    reading = read(MODEL, base__dashboard__lookml=BASE, own__dashboard__lookml=OWN)
    assert reading.errors == ()
    assert list(reading.project.dashboards) == ["health"]
    dashboard = reading.project.dashboards["health"]
    assert dashboard.title == "Health"
    assert [(one.name, one.limit, one.width) for one in dashboard.elements] == [
        ("daily", 9, 4),
        ("other", None, None),
        ("third", None, None),
    ]
    assert dashboard.filters[0].default_value == "2 days"
    assert str(dashboard.elements[1].origin) == "base.dashboard.lookml:8"


@pytest.mark.parametrize(
    ("extends", "message"),
    [
        ("bass", "dashboard health extends unknown dashboard bass (did you mean base?)"),
        ("health", "dashboards extend each other: health → health"),
    ],
)
def test_what_cannot_be_extended_is_said(read: Callable[..., Reading], extends: str, message: str) -> None:
    text = OWN.replace("extends: base", f"extends: {extends}")
    errors = read(MODEL, base__dashboard__lookml=BASE, own__dashboard__lookml=text).errors
    assert message in [error.message for error in errors]


def test_a_static_layout_becomes_places_in_the_grid(read: Callable[..., Reading]) -> None:
    text = DASHBOARD.replace("layout: newspaper", "layout: static\n  tile_size: 100")
    text = text.replace(
        "row: 0\n    col: 0\n    width: 12\n    height: 6", "top: 2\n    left: 6\n    width: 6\n    height: 3"
    )
    element = only(read(MODEL, d__dashboard__lookml=text))
    assert (element.row, element.col, element.width, element.height) == (4, 12, 12, 6)
    assert "top" not in element.vis


def test_a_grid_layout_shares_each_row_among_its_tiles(read: Callable[..., Reading]) -> None:
    text = """\
- dashboard: health
  layout: grid
  rows:
  - {elements: [a, b], height: 200}
  - {elements: [c], height: 300px}
  elements:
  - {name: a, explore: sales, fields: [sales.count]}
  - {name: b, explore: sales, fields: [sales.count]}
  - {name: c, explore: sales, fields: [sales.count]}
"""
    dashboard = read(MODEL, d__dashboard__lookml=text).project.dashboards["health"]
    assert [(e.row, e.col, e.width, e.height) for e in dashboard.elements] == [
        (0, 0, 12, 4),
        (0, 12, 12, 4),
        (4, 0, 24, 6),
    ]


def test_a_visualisation_that_is_not_here_is_a_table_with_a_warning(read: Callable[..., Reading]) -> None:
    reading = read(MODEL, d__dashboard__lookml=DASHBOARD.replace("looker_line", "marketplace_viz::radial"))
    element = only(reading)
    assert (element.type, element.visualization) == (ElementType.CUSTOM, "marketplace_viz::radial")
    assert "a visualisation that is not here" in str(reading.warnings[0])


def test_tabs_may_indent(read: Callable[..., Reading]) -> None:
    text = "".join(line.replace("    ", "\t\t", 1) for line in DASHBOARD.splitlines(keepends=True))
    assert "\t\ttype" in text
    assert only(read(MODEL, d__dashboard__lookml=text)).name == "daily"


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
