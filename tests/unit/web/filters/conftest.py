from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.query.connections import Connections
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import read_project
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

MODEL = """
connection: "warehouse"
view: orders {
  derived_table: {
    sql: SELECT * FROM (VALUES
      (DATE '2026-03-01', 'Berlin', 'new', 10), (DATE '2026-03-02', 'a,b', 'paid', 20),
      (DATE '2026-01-01', NULL, 'paid', 30), (DATE '2026-03-02', 'berlingen', 'sent', 40)
    ) AS t (day, city, status, amount) ;;
  }
  dimension_group: created { type: time timeframes: [date] datatype: date sql: ${TABLE}.day ;; }
  dimension: city { description: "Where it was sent" sql: ${TABLE}.city ;; }
  dimension: status { suggestions: ["new", "paid", "sent"] sql: ${TABLE}.status ;; }
  dimension: state { case: { when: { label: "open" sql: ${status} = 'new' ;; } else: "closed" } }
  dimension: town { suggest_dimension: city sql: ${TABLE}.city ;; }
  dimension: quiet { suggestable: no sql: ${TABLE}.city ;; }
  dimension: size { type: tier tiers: [10, 30] style: integer sql: ${TABLE}.amount ;; }
  dimension: amount { type: number sql: ${TABLE}.amount ;; }
  measure: count { type: count }
  parameter: unit { type: unquoted default_value: "day"
    allowed_value: { label: "Days" value: "day" } allowed_value: { label: "Weeks" value: "week" } }
  parameter: factor { type: number default_value: "1" }
}
explore: orders {
  always_filter: { filters: [orders.status: "-new"] }
  conditionally_filter: { filters: [orders.created_date: "7 days"] unless: [orders.city] }
}
"""
FIELD = "type: field_filter, model: m, explore: orders"
BOARD = f"""
- dashboard: shop
  auto_run: false
  filters:
  - {{name: Created, {FIELD}, field: orders.created_date, default_value: 7 days}}
  - {{name: City, {FIELD}, field: orders.city, listens_to_filters: [Status, Created], required: yes}}
  - {{name: Status, {FIELD}, field: orders.status, ui_config: {{type: checkboxes}}}}
  - {{name: Town, {FIELD}, field: orders.city, ui_config: {{type: radio_buttons}}}}
  - {{name: Unit, {FIELD}, field: orders.unit}}
  - {{name: Gone, {FIELD}, field: orders.gone}}
  - {{name: Words, type: string_filter}}
  elements:
  - {{name: count, type: single_value, model: m, explore: orders, fields: [orders.count],
      listen: {{Created: orders.created_date, City: orders.city}}}}
"""


@pytest.fixture
def shop(company: Any, make_web: Any, tmp_path: Path) -> Iterator[Any]:
    (tmp_path / "m.model.lkml").write_text(MODEL)
    (tmp_path / "shop.dashboard.lookml").write_text(BOARD)
    project = read_project(tmp_path).project
    warehouse = MemoryWarehouse()
    company.explorer = lambda: WarehouseExplorers(
        lambda: project, Connections(warehouse), lambda: datetime(2026, 3, 3, tzinfo=UTC)
    )
    yield make_web(company)
    warehouse.close()


@pytest.fixture
def analyst(shop: Any) -> TestClient:
    """A browser of somebody who explores, without a script."""
    client: TestClient = shop.logged_in("ann@example.org", Role.EXPLORER)
    return client
