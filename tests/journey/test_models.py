"""The pages about LookML in a real browser, over files that somebody edits meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from mainstem.artifacts import DbtModel, DbtProject, DbtTest
from mainstem.assemble.live_lookml import LiveLookml
from mainstem.query.connections import Connections
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.sound import problems_of
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.web import Assets, Services, WebSettings, build_app
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Browser, Page
    from starlette.types import ASGIApp

    ServeApp = Callable[[ASGIApp], AbstractContextManager[str]]

pytestmark = pytest.mark.journey

MODEL = """connection: "warehouse"
include: "/views/*"
include: "/*.dashboard"
explore: orders {
  label: "Orders"
  description: "One row an order, with who placed it."
  join: people {
    type: left_outer relationship: many_to_one sql_on: ${orders.person_id} = ${people.id} ;;
  }
  join: per_person { relationship: many_to_one sql_on: ${people.id} = ${per_person.person_id} ;; }
}
explore: raw_orders { from: orders hidden: yes }
"""
VIEWS = """view: orders {
  sql_table_name: analytics.orders ;;
  dimension: id { primary_key: yes hidden: yes type: number }
  dimension: person_id { hidden: yes type: number }
  dimension: region { group_label: "Place" tags: ["geo"] description: "Where it was sent, as the shop says." }
  dimension_group: placed { type: time timeframes: [date, week, month] sql: ${TABLE}.placed_at ;; }
  parameter: unit { type: unquoted allowed_value: { label: "Day" value: "day" } }
  measure: count { type: count }
  measure: revenue { type: sum sql: ${TABLE}.total ;; value_format_name: usd description: "Paid, with tax." }
}
view: people {
  sql_table_name: analytics.people ;;
  dimension: id { primary_key: yes type: number }
  dimension: name {}
}
view: per_person {
  derived_table: { sql: SELECT person_id, COUNT(*) AS orders FROM analytics.orders GROUP BY 1 ;; }
  dimension: person_id { primary_key: yes hidden: yes }
  dimension: orders { type: tier tiers: [1, 5, 10] style: integer label: "Orders so far" }
}
"""
BOARD = """- dashboard: health
  title: Health
  elements:
    - { name: orders, type: single_value, model: shop, explore: orders, fields: [orders.count] }
    - { name: lost, title: Lost, type: single_value, model: shop, fields: [orders.count] }
"""
DBT = DbtProject(
    models={
        "orders": DbtModel(
            name="orders",
            schema="analytics",
            table="orders",
            tests=(DbtTest(name="unique_orders_id", kind="unique", column="id"),),
        ),
        "people": DbtModel(name="people", schema="analytics", table="people"),
    }
)
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "dark phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
PATHS = (
    "/models",
    "/models/shop",
    "/explores/shop/orders",
    "/explores/shop/orders?hidden=yes",
    "/explores/shop/orders/fields/orders.revenue",
    "/explores/shop/orders/fields/per_person.orders",
    "/explores/shop/orders/fields/orders.unit",
)


class Site:
    def __init__(self, address: str, kept: MemoryAccounts, folder: Path, live: LiveLookml) -> None:
        self.address = address
        self.folder = folder
        self.live = live
        self._kept = kept

    def page(self, browser: Browser, role: Role, **look: Any) -> Page:
        context = browser.new_context(**{**LOOKS["wide"], **look})
        name = f"mainstem_session_{urlsplit(self.address).port}"
        token = self._kept.session(f"{role.label}@example.org", role)
        context.add_cookies([{"name": name, "value": token, "url": self.address}])
        return context.new_page()


@pytest.fixture
def site(tmp_path: Path, serve_app: ServeApp, assets: Assets) -> Iterator[Site]:
    folder = tmp_path / "lookml"
    (folder / "views").mkdir(parents=True)
    (folder / "shop.model.lkml").write_text(MODEL)
    (folder / "views" / "shop.view.lkml").write_text(VIEWS)
    (folder / "health.dashboard.lookml").write_text(BOARD)
    live = LiveLookml(folder, dbt=lambda: DBT)
    warehouse = MemoryWarehouse()
    kept = MemoryAccounts()
    explorer = WarehouseExplorers(lambda: live.project, Connections(warehouse), lambda: datetime.now(UTC))
    services = Services(explorer, "1.2.3", lookml=live, accounts=kept.accounts)
    app = build_app(services, WebSettings(), assets)
    with serve_app(app) as address:
        yield Site(address, kept, folder, live)
    warehouse.close()


def test_an_analyst_finds_out_what_a_measure_counts(site: Site, browser: Browser) -> None:
    page = site.page(browser, Role.EXPLORER)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.goto(f"{site.address}/explores")
    page.get_by_role("link", name="Models", exact=True).first.click()
    expect(page.get_by_role("heading", name="Models", exact=True)).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="shop.model.lkml")).to_contain_text("1 error")
    expect(page.locator("main")).to_contain_text("health.dashboard.lookml:5")
    page.get_by_role("rowheader").get_by_role("link", name="Shop").click()

    people = page.get_by_role("row").filter(has=page.locator("code", has_text="analytics.people"))
    expect(people).to_contain_text("no test of dbt's says anything of people")
    expect(
        page.get_by_role("row").filter(has=page.locator("code", has_text="analytics.orders"))
    ).to_contain_text("tested")
    page.get_by_role("link", name="Orders", exact=True).click()

    expect(page.locator("main")).not_to_contain_text("orders.person_id")
    page.get_by_role("link", name="With hidden ones").click()
    expect(page.locator("main")).to_contain_text("orders.person_id")
    page.get_by_role("link", name="Revenue", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Revenue")).to_be_visible()
    alone = page.get_by_role("region", name="SQL of this field alone")
    expect(alone).to_contain_text("FROM analytics.orders AS orders")
    expect(page.get_by_role("region", name="sql: as written")).to_have_text("${TABLE}.total")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy SQL of this field alone").click()
    assert "SUM(orders.total)" in page.evaluate("() => navigator.clipboard.readText()")

    page.goto(f"{site.address}/explores/shop/orders/fields/per_person.orders")
    expect(page.locator("main")).to_contain_text("${people.id} = ${per_person.person_id}")
    expect(page.get_by_role("region", name="Derived table per_person")).to_contain_text("COUNT(*) AS orders")
    assert complaints == []
    page.context.close()


def test_a_typo_takes_away_no_page_and_is_gone_when_it_is_mended(site: Site, browser: Browser) -> None:
    page = site.page(browser, Role.EXPLORER)
    views = site.folder / "views" / "shop.view.lkml"
    views.write_text(VIEWS.replace("type: sum sql", "type: smu sql"))
    assert site.live.look_again()
    page.goto(f"{site.address}/models/shop")
    problem = page.get_by_role("row").filter(has_text="views/shop.view.lkml:9")
    expect(problem).to_contain_text("did you mean sum?")
    page.goto(f"{site.address}/explores/shop/orders")
    expect(page.get_by_role("link", name="Count", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Revenue", exact=True)).to_have_count(0)
    page.goto(f"{site.address}/dashboards/health")
    expect(page.locator("main .notice")).to_contain_text("lost")

    views.write_text(VIEWS)
    assert site.live.look_again()
    page.goto(f"{site.address}/explores/shop/orders")
    expect(page.get_by_role("link", name="Revenue", exact=True)).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_sound_in_every_look(site: Site, browser: Browser, look: str) -> None:
    page = site.page(browser, Role.ADMIN, **LOOKS[look])
    found = {}
    for path in PATHS:
        page.goto(f"{site.address}{path}")
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
        problems = problems_of(page)
        if problems:
            found[path] = problems
    assert found == {}
    page.context.close()
