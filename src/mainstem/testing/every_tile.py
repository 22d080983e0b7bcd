"""A dashboard with every kind of element that LookML dashboards have, over a DuckDB of this process.

For tests of what only a whole page shows: that each is drawn, described, filtered and printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.query.connections import Connections
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import load_project
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)

MODEL = """
connection: "warehouse"
include: "*.dashboard"
view: sales {
  derived_table: {
    sql:
      SELECT DATE '2026-02-01' + CAST(n % 28 AS INTEGER) AS day,
        (['EMEA', 'AMER', 'APAC', NULL])[n % 4 + 1] AS region,
        (['Berlin', 'Boston', 'Osaka', 'Nowhere'])[n % 4 + 1] AS city,
        (['Team', 'Business', 'Enterprise'])[n % 3 + 1] AS plan,
        (['52.52,13.40', '42.36,-71.06', '34.69,135.50', NULL])[n % 4 + 1] AS place,
        (n * 37) % 101 + 1 AS amount, n AS id
      FROM range(280) AS t(n) ;;
  }
  dimension: id { primary_key: yes type: number }
  dimension_group: sold {
    type: time timeframes: [date, week, month] datatype: date convert_tz: no sql: ${TABLE}.day ;;
  }
  dimension: region {
    drill_fields: [city]
    link: { label: "Wiki" url: "https://wiki.example/{{ value | url_encode }}" }
  }
  dimension: city {}
  dimension: plan {}
  dimension: latitude { type: number sql: CAST(split_part(${TABLE}.place, ',', 1) AS DOUBLE) ;; }
  dimension: longitude { type: number sql: CAST(split_part(${TABLE}.place, ',', 2) AS DOUBLE) ;; }
  measure: revenue {
    type: sum sql: ${TABLE}.amount ;; value_format_name: usd_0 drill_fields: [id, city, plan, revenue]
  }
  measure: orders { type: count }
  measure: lost { type: sum sql: ${TABLE}.gone ;; }
  measure: least { type: min sql: ${TABLE}.amount ;; }
  measure: lower { type: percentile percentile: 25 sql: ${TABLE}.amount ;; }
  measure: median { type: median sql: ${TABLE}.amount ;; }
  measure: upper { type: percentile percentile: 75 sql: ${TABLE}.amount ;; }
  measure: most { type: max sql: ${TABLE}.amount ;; }
}
explore: sales {}
view: plans {
  derived_table: {
    sql: SELECT * FROM (VALUES ('Team', 5), ('Business', 20), ('Enterprise', 90)) AS t (plan, seats) ;;
  }
  dimension: plan {}
  measure: seats { type: sum sql: ${TABLE}.seats ;; }
}
explore: plans {}
"""

BASE = """
- dashboard: base
  extension: required
  layout: newspaper
  filters:
  - {name: When, title: When, type: field_filter, model: shop, explore: sales, field: sales.sold_date,
    default_value: 60 days}
  - {name: Plan, title: Plan, type: field_filter, model: shop, explore: sales, field: sales.plan}
  elements:
  - {name: inherited, title: From the base, type: single_value, model: shop, explore: sales,
    fields: [sales.orders], row: 0, col: 0, width: 6, height: 4,
    listen: {When: sales.sold_date, Plan: sales.plan}}
"""

_HEAD = """
- dashboard: everything
  title: Everything there is
  description: One of each kind.
  extends: base
  crossfilter_enabled: true
  refresh: 10 minutes
  elements:
"""

_KINDS: tuple[tuple[str, str, str], ...] = (
    ("value", "single_value", "sales.revenue"),
    ("line", "looker_line", "sales.sold_date, sales.revenue"),
    ("area", "looker_area", "sales.sold_week, sales.plan, sales.revenue"),
    ("column", "looker_column", "sales.region, sales.revenue, sales.orders"),
    ("bar", "looker_bar", "sales.city, sales.revenue"),
    ("pie", "looker_pie", "sales.region, sales.revenue"),
    ("donuts", "looker_donut_multiples", "sales.plan, sales.region, sales.revenue"),
    ("scatter", "looker_scatter", "sales.city, sales.revenue, sales.orders"),
    (
        "boxplot",
        "looker_boxplot",
        "sales.region, sales.least, sales.lower, sales.median, sales.upper, sales.most",
    ),
    ("waterfall", "looker_waterfall", "sales.plan, sales.revenue"),
    ("funnel", "looker_funnel", "sales.plan, sales.revenue"),
    ("timeline", "looker_timeline", "sales.plan, sales.sold_week, sales.orders"),
    ("words", "looker_wordcloud", "sales.city, sales.orders"),
    ("map", "looker_map", "sales.city, sales.latitude, sales.longitude, sales.revenue"),
    ("flows", "sankey", "sales.region, sales.plan, sales.orders"),
    ("record", "looker_single_record", "sales.region, sales.revenue"),
    ("table", "table", "sales.region, sales.plan, sales.revenue"),
    ("grid", "looker_grid", "sales.plan, sales.region, sales.revenue"),
)
_MORE = {
    "value": "note_text: Without **taxes**, note_display: above, subtitle_text: All plans",
    "area": "pivots: [sales.plan], stacking: normal",
    "column": "series_types: {sales.orders: line}, "
    "y_axes: [{orientation: left, series: [{id: sales.revenue}]}, "
    "{orientation: right, series: [{id: sales.orders}]}]",
    "donuts": "pivots: [sales.region]",
    "grid": "pivots: [sales.region], total: true, row_total: right, conditional_formatting: "
    "[{type: greater than, value: 1200, background_color: '#1c6e3d', bold: true, fields: [sales.revenue]}]",
    "table": "hidden_fields: [sales.plan], dynamic_fields: [{category: table_calculation, "
    'table_calculation: twice, label: Twice, expression: "${sales.revenue} * 2", _type_hint: number}], '
    "fill_fields: []",
    "line": "reference_lines: [{reference_type: line, line_value: mean, label: Mean}], title_hidden: true",
}
_REST = """
  - {name: seats, title: Seats by plan, type: looker_column, model: shop, explore: plans,
    fields: [plans.plan, plans.seats], listen: {Plan: plans.plan}, row: 40, col: 0, width: 12, height: 6}
  - {name: trellis, title: A chart a region, type: looker_column, model: shop, explore: sales,
    fields: [sales.region, sales.plan, sales.revenue], pivots: [sales.region], trellis: pivot,
    row: 40, col: 12, width: 12, height: 6, listen: {When: sales.sold_date}}
  - {name: broken, title: Broken, type: looker_column, model: shop, explore: sales,
    fields: [sales.region, sales.lost], row: 46, col: 0, width: 8, height: 4}
  - {name: text, type: text, title_text: In words, subtitle_text: beneath,
    body_text: "Some *words* and a [link](https://example.org).", row: 46, col: 8, width: 8, height: 4}
  - {name: button, type: button, rich_content_json: '{"text":"More","href":"https://example.org/more"}',
    row: 46, col: 16, width: 4, height: 4}
  - {name: both, title: Revenue and seats, type: looker_column, row: 50, col: 12, width: 12, height: 5,
    merged_queries: [{model: shop, explore: sales, fields: [sales.plan, sales.revenue]},
      {model: shop, explore: plans, fields: [plans.plan, plans.seats],
       join_fields: [{source_field_name: plans.plan, field_name: sales.plan}]}],
    dynamic_fields: [{table_calculation: each, label: Each, expression: "${sales.revenue} / ${plans.seats}"}],
    listen: [{Plan: sales.plan}, {Plan: plans.plan}]}
  - {name: areas, title: Areas, type: looker_geo_choropleth, model: shop, explore: sales,
    fields: [sales.region, sales.revenue], row: 50, col: 0, width: 12, height: 5}
"""


@dataclass
class Shop:
    warehouse: MemoryWarehouse
    explorers: WarehouseExplorers


def open_every_tile(folder: Path) -> Shop:
    """`folder` gets its LookML. The warehouse is closed by whoever opened it."""
    (folder / "shop.model.lkml").write_text(MODEL)
    (folder / "base.dashboard.lookml").write_text(BASE)
    (folder / "everything.dashboard.lookml").write_text(
        f"{_HEAD}{''.join(map(_tile, range(len(_KINDS))))}{_REST}"
    )
    project = load_project(folder)
    warehouse = MemoryWarehouse()
    return Shop(warehouse, WarehouseExplorers(lambda: project, Connections(warehouse), lambda: NOW))


def _tile(n: int) -> str:
    name, kind, fields = _KINDS[n]
    more = f", {_MORE[name]}" if name in _MORE else ""
    return (
        f"  - {{name: {name}, title: A {name}, type: {kind}, model: shop, explore: sales, "
        f"fields: [{fields}], "
        f"row: {4 + 6 * (n // 3)}, col: {8 * (n % 3)}, width: 8, height: 6, "
        f"listen: {{When: sales.sold_date, Plan: sales.plan}}{more}}}\n"
    )
