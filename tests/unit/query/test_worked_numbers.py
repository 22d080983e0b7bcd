"""The numbers of Looker's worked example of sums over repeated rows, from DuckDB."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from mainstem.query import Request, compile_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Project

NOW = datetime(2024, 5, 17)  # noqa: DTZ001 -- naive UTC by contract
LOOKML = """
view: orders {
  sql_table_name: orders ;;
  dimension: order_id { primary_key: yes type: number sql: ${TABLE}.order_id ;; }
  dimension: order_date { sql: ${TABLE}.order_date ;; }
  measure: count { type: count }
  measure: total { type: sum sql: ${TABLE}.total ;; }
  measure: mean { type: average sql: ${TABLE}.total ;; }
}
view: order_items {
  sql_table_name: order_items ;;
  dimension: key { primary_key: yes sql: ${TABLE}.order_id || '-' || ${TABLE}.item_id ;; }
  dimension: item_id { type: number sql: ${TABLE}.item_id ;; }
  measure: quantity { type: sum sql: ${TABLE}.quantity ;; }
}
explore: orders {
  join: order_items {
    sql_on: ${orders.order_id} = ${order_items.order_id} ;;
    relationship: one_to_many
  }
}
view: +order_items { dimension: order_id { type: number sql: ${TABLE}.order_id ;; } }
"""
TABLES = """
CREATE TABLE orders AS FROM (VALUES
    (1, 100, 50.36, '2017-12-01'), (2, 101, 24.12, '2017-12-02'), (3, 137, 50.36, '2017-12-02')
) AS orders(order_id, user_id, total, order_date);
CREATE TABLE order_items AS FROM (VALUES
    (1, 50, 1, 23.00), (1, 63, 2, 13.68), (2, 63, 1, 13.68), (2, 72, 1, 5.08), (2, 79, 1, 5.36),
    (3, 78, 1, 50.36)
) AS order_items(order_id, item_id, quantity, unit_price);
"""


def rows(model: Project, *fields: str) -> list[tuple[Any, ...]]:
    request = Request(model=next(iter(model.models)), explore="orders", fields=fields, sorts=fields[:1])
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        return connection.execute(compile_request(model, request, "duckdb", NOW).sql).fetchall()


@pytest.fixture
def model(project: Callable[[str], Project]) -> Project:
    return project(LOOKML)


def test_orders_come_to_124_84_and_their_items_to_7(model: Project) -> None:
    assert rows(model, "orders.total", "order_items.quantity") == [(Decimal("124.84"), 7)]


def test_three_orders_are_three_however_many_items_they_have(model: Project) -> None:
    found = rows(model, "order_items.quantity", "orders.count", "orders.mean")
    assert found == [(7, 3, pytest.approx(124.84 / 3))]


def test_each_day_has_its_own_orders_once(model: Project) -> None:
    found = rows(model, "orders.order_date", "orders.total", "order_items.quantity")
    assert found == [("2017-12-01", Decimal("50.36"), 3), ("2017-12-02", Decimal("74.48"), 4)]


def test_an_order_counts_once_under_each_item_it_has(model: Project) -> None:
    found = rows(model, "order_items.item_id", "orders.total")
    assert dict(found)[63] == Decimal("74.48")
    assert dict(found)[50] == Decimal("50.36")
