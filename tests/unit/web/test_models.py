"""Pages about LookML, over a project that was read from files with typos in them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.errors import UsageError
from mainstem.query.connections import Connections
from mainstem.query.context import Asking
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import Reading, read_project
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.web.auth import Role
from mainstem.web.lookml import LookmlNow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.web.auth.stores import UserRecord

SHOP = """
connection: "snowflake"
include: "*"
access_grant: money { user_attribute: sees allowed_values: ["money"] }
view: orders {
  sql_table_name: shop.orders ;;
  dimension: id { primary_key: yes hidden: yes }
  dimension: region { group_label: "Place" tags: ["geo"] description: "Where <it> went" }
  dimension: person_id { hidden: yes }
  dimension: broken { type: nubmer }
  measure: count { type: count view_label: "Figures" }
  measure: revenue { type: sum sql: ${TABLE}.paid ;; required_access_grants: [money] }
  measure: lost { type: number sql: ${nothing_here} ;; }
  parameter: unit { type: unquoted allowed_value: { value: "day" } }
  filter: area { type: string }
}
view: people { dimension: id { primary_key: yes } dimension: name {} dimension: age { type: number } }
view: unread { dimension: x {} }
explore: orders {
  label: "Orders & more"
  join: people { relationship: many_to_one sql_on: ${orders.person_id} = ${people.id} ;; fields: [name] }
}
explore: secret { from: orders hidden: yes }
view: regions {
  derived_table: { sql: SELECT * FROM (VALUES ('north'), ('south'), ('secret')) AS t (region) ;; }
  dimension: region {}
}
explore: regions { access_filter: { field: regions.region user_attribute: region } }
explore: guarded { from: orders required_access_grants: [money] }
"""
BOARD = """
- dashboard: board
  title: Board
  filters:
    - { name: where, type: field_filter, model: shop, explore: regions, field: regions.region }
  elements:
    - { name: fine, type: single_value, model: shop, explore: orders, fields: [orders.count] }
    - { name: bad, type: single_value, model: shop, fields: [orders.count] }
"""


class Desk:
    def __init__(self, reading: Reading) -> None:
        self.standing = LookmlNow(reading, datetime(2026, 3, 2, tzinfo=UTC))
        self.found: dict[str, str | None] | None = None
        self.trouble: Exception | None = None

    def now(self) -> LookmlNow:
        return self.standing

    def judged(self) -> dict[str, str | None] | None:
        if self.trouble is not None:
            raise self.trouble
        return self.found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "shop.model.lkml").write_text(SHOP)
    (tmp_path / "board.dashboard.lookml").write_text(BOARD)
    return Desk(read_project(tmp_path))


def _asking(user: UserRecord, role: Role) -> Asking:
    attributes = {"region": "north,south"} if user.login == "vic@example.org" else {}
    return Asking(attributes, sees_everything=role is Role.ADMIN)


@pytest.fixture
def shop(company: Any, make_web: Any, desk: Desk) -> Iterator[Any]:
    warehouse = MemoryWarehouse()
    company.explorer = lambda: WarehouseExplorers(
        lambda: desk.now().reading.project, Connections(warehouse), lambda: datetime.now(UTC)
    )
    yield make_web(company, lookml=desk, asking_of=_asking)
    warehouse.close()


def test_models_are_listed_with_what_is_wrong_in_them(shop: Any) -> None:
    page = shop.client.get("/models").text
    assert 'href="/models/shop"' in page
    assert "unknown type nubmer" in page or "nubmer" in page
    assert "shop.model.lkml:10" in page
    assert "board.dashboard.lookml" in page


def test_a_model_tells_its_explores_views_and_problems(shop: Any, desk: Desk) -> None:
    page = shop.client.get("/models/shop").text
    assert "Orders &amp; more" in page
    assert "snowflake" in page
    assert "1 field left out: broken" in page
    assert "known once" in page
    views = desk.now().reading.project.models["shop"].views
    desk.found = {str(views["people"].origin): "view people reads people, which no dbt model makes"}
    page = shop.client.get("/models/shop").text
    assert "which no dbt model makes" in page
    assert 'data-state="ok"' not in page
    desk.found = {str(views["orders"].origin): None}
    assert shop.client.get("/models/shop").text.count('data-state="ok"') == 1
    desk.trouble = UsageError("manifest.json: this is no JSON")
    assert "this is no JSON" in shop.client.get("/models/shop").text
    assert shop.client.get("/models/other").status_code == 404


def test_lookml_that_cannot_be_read_any_more_is_said_on_the_page(shop: Any, desk: Desk) -> None:
    desk.standing = msgspec.structs.replace(desk.standing, problem="lookml: no such folder")
    assert "lookml: no such folder" in shop.client.get("/models").text
    assert "cannot be read" in shop.client.get("/models/shop").text


def test_views_no_explore_reads_are_for_developers(shop: Any) -> None:
    explorer = shop.logged_in("ann@example.org", Role.EXPLORER)
    assert "<code>unread</code>" not in explorer.get("/models/shop").text
    assert "<code>unread</code>" in shop.client.get("/models/shop").text
    assert shop.logged_in("vic@example.org", Role.VIEWER).get("/models").status_code == 403


def test_an_explore_shows_every_kind_of_field_under_its_headings(shop: Any) -> None:
    page = shop.client.get("/explores/shop/orders").text
    for text in (
        "Figures",
        "Place",
        "geo",
        "Where &lt;it&gt; went",
        "filter only",
        "parameter",
        "people.name",
    ):
        assert text in page
    assert "people.age" not in page
    assert "orders.person_id" not in page
    everything = shop.client.get("/explores/shop/orders?hidden=yes").text
    assert "orders.person_id" in everything
    assert "primary key" in everything


def test_a_field_shows_its_sql_as_written_and_as_it_becomes(shop: Any) -> None:
    page = shop.client.get("/explores/shop/orders/fields/people.name").text
    assert "SELECT" in page
    assert "LEFT JOIN" in page
    assert "${orders.person_id} = ${people.id}" in page
    assert "left outer, many to one" in page
    assert "shop.orders" in page
    assert "has no SQL" in shop.client.get("/explores/shop/orders/fields/orders.unit").text
    assert shop.client.get("/explores/shop/orders/fields/people.age").status_code == 404


def test_a_field_that_becomes_no_sql_says_why(shop: Any) -> None:
    answer = shop.client.get("/explores/shop/orders/fields/orders.lost")
    assert answer.status_code == 200
    assert "nothing_here" in answer.text
    assert "This field has no SQL" in answer.text


def test_what_somebody_may_not_see_is_not_there_for_them(shop: Any) -> None:
    explorer = shop.logged_in("ann@example.org", Role.EXPLORER)
    assert "orders.revenue" not in explorer.get("/explores/shop/orders").text
    assert explorer.get("/explores/shop/orders/fields/orders.revenue").status_code == 404
    assert explorer.get("/explores/shop/guarded").status_code == 404
    assert "guarded" not in explorer.get("/models/shop").text.replace("shop.model.lkml", "")
    assert "revenue" not in explorer.get("/search?q=revenue").text.split("<main", 1)[1].split("<ul", 1)[-1]
    assert "orders.revenue" in shop.client.get("/explores/shop/orders").text


def test_a_dashboard_says_what_was_left_out_of_it(shop: Any) -> None:
    page = shop.client.get("/dashboards/board").text
    assert "An element of this dashboard is left out" in page
    assert "<strong>bad</strong>" in page
    assert 'data-tile="fine"' in page


def test_suggestions_show_nobody_what_tiles_would_not(shop: Any) -> None:
    path = "/dashboards/board/filters/where/values"
    seen = shop.logged_in("vic@example.org", Role.VIEWER).get(path).text
    assert "north" in seen
    assert "south" in seen
    assert "secret" not in seen
    assert "secret" in shop.client.get(path).text
    nobody_s = shop.logged_in("ann@example.org", Role.EXPLORER).get(path).text
    assert "holds no values" in nobody_s
