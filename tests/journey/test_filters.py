"""Every kind of filter set by keyboard alone, in an explore and on a dashboard, over a small warehouse."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from mainstem.query.connections import Connections
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import read_project
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.sound import problems_of
from mainstem.testing.visit import Watched, page_of
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


MODEL = """
connection: "warehouse"
view: orders {
  derived_table: {
    sql: SELECT i AS id, TIMESTAMP '2026-03-01 12:00:00' - INTERVAL (i) DAY AS created,
      ['Berlin', 'Lisbon', 'New York, NY', 'O''Fallon', '50% off', 'Paris'][1 + i % 6] AS city,
      ['new', 'paid', 'sent'][1 + i % 3] AS status, i * 10 AS amount, i % 2 = 0 AS gift,
      52.5 + i / 100 AS lat, 13.4 AS lon
      FROM range(120) AS t(i) ;;
  }
  dimension: id { primary_key: yes type: number hidden: yes sql: ${TABLE}.id ;; }
  dimension_group: created { type: time timeframes: [date, month, year] sql: ${TABLE}.created ;; }
  dimension: city { description: "Where it was sent" sql: ${TABLE}.city ;; }
  dimension: status { suggestions: ["new", "paid", "sent"] sql: ${TABLE}.status ;; }
  dimension: amount { type: number sql: ${TABLE}.amount ;; }
  dimension: is_gift { type: yesno sql: ${TABLE}.gift ;; }
  dimension: size { type: tier tiers: [100, 500, 1000] style: integer sql: ${TABLE}.amount ;; }
  dimension: place { type: location sql_latitude: ${TABLE}.lat ;; sql_longitude: ${TABLE}.lon ;; }
  measure: count { type: count label: "Orders" }
  measure: total { type: sum sql: ${TABLE}.amount ;; }
  parameter: unit {
    type: unquoted
    allowed_value: { label: "Days" value: "day" }
    allowed_value: { label: "Weeks" value: "week" }
    default_value: "day"
  }
}
explore: orders {
  always_filter: { filters: [orders.status: "-new"] }
  conditionally_filter: { filters: [orders.created_date: "90 days"] unless: [orders.city] }
}
"""
FIELD = "type: field_filter, model: company, explore: orders"
CREATED, CITY = "field: orders.created_date", "field: orders.city"
HEARD = """{Created: orders.created_date, City: orders.city, Status: orders.status, Amount: orders.amount,
      Gift: orders.is_gift, Town: orders.city, Period: orders.created_date}"""
PERIODS = "{type: relative_timeframes, display: inline, options: [7 days, 90 days, this year]}"
BOARD = f"""
- dashboard: shop
  title: Shop
  layout: newspaper
  filters:
  - {{name: Created, {FIELD}, {CREATED}, default_value: 90 days}}
  - {{name: City, {FIELD}, {CITY}, listens_to_filters: [Status]}}
  - {{name: Status, {FIELD}, field: orders.status, ui_config: {{type: checkboxes}}}}
  - {{name: Town, {FIELD}, {CITY}, ui_config: {{type: radio_buttons}}, allow_multiple_values: false}}
  - {{name: Amount, {FIELD}, field: orders.amount,
      ui_config: {{type: range_slider, options: {{min: 0, max: 1200}}}}}}
  - {{name: Gift, {FIELD}, field: orders.is_gift, ui_config: {{type: button_toggles, display: inline}}}}
  - {{name: Period, type: date_filter, default_value: 90 days, ui_config: {PERIODS}}}
  elements:
  - name: orders
    title: Orders
    type: single_value
    model: company
    explore: orders
    fields: [orders.count]
    listen: {HEARD}
- dashboard: patient
  title: Patient
  layout: newspaper
  auto_run: false
  filters:
  - {{name: City, {FIELD}, {CITY}}}
  elements:
  - name: orders
    title: Orders
    type: single_value
    model: company
    explore: orders
    fields: [orders.count]
    listen: {{City: orders.city}}
"""


@pytest.fixture(scope="module")
def kept() -> MemoryAccounts:
    return MemoryAccounts()


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, kept: MemoryAccounts, serve_app: ServeApp, assets: Assets
) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("lookml")
    (folder / "company.model.lkml").write_text(MODEL)
    (folder / "shop.dashboard.lookml").write_text(BOARD)
    found = read_project(folder)
    project, warehouse = found.project, MemoryWarehouse()
    explorers = WarehouseExplorers(
        lambda: project, Connections(warehouse), lambda: datetime(2026, 3, 3, tzinfo=UTC)
    )
    services = Services(explorers, "1.2.3", accounts=kept.accounts)
    app = build_app(services, WebSettings(), assets)
    with serve_app(app) as address:
        yield address
    warehouse.close()


class Visit(Watched):
    def count(self, wanted: str) -> None:
        expect(self.page.locator("[data-tile=orders] .figure")).to_have_text(wanted)


@pytest.fixture
def visit(browser: Browser, site: str, kept: MemoryAccounts) -> Iterator[Visit]:
    with page_of(browser, site, kept, "eve@example.org", Role.EXPLORER, {}) as page:
        yield Visit(page, site)


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query, keep_blank_values=True)


def test_a_dashboard_follows_what_is_chosen_by_keyboard(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.site}/dashboards/shop")
    visit.count("88")
    page.locator("[data-filter=City] summary").press("Enter")
    city = page.get_by_role("combobox", name="Value of City")
    expect(city).to_be_focused()
    city.press("ArrowDown")
    expect(page.get_by_role("option", name="Lisbon")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**City=Lisbon**")
    visit.count("15")
    page.keyboard.type("york")
    page.keyboard.press("ArrowDown")  # faster than the list comes
    page.keyboard.press("Enter")
    page.wait_for_url("**City=Lisbon%2C%22New+York%2C+NY%22**")
    visit.count("30")
    page.go_back()
    visit.count("15")


def choose(page: Page, about: str, label: str) -> None:
    """An operator, by typing its name; the control has come back once its fields are there."""
    select = page.get_by_label(f"How {about} is filtered")
    select.focus()
    expect(select).to_be_focused()
    select.evaluate("select => { select.dataset.before = ''; }")
    page.keyboard.type(label)
    expect(page.locator("[data-before]")).to_have_count(0)
    expect(select).to_be_focused()


def test_every_kind_of_filter_is_set_in_an_explore_by_keyboard(visit: Visit) -> None:
    page = visit.page
    kinds = ("amount", "city", "is_gift", "size", "place", "count", "unit", "created_date")
    page.goto(
        f"{visit.site}/explore/company/orders?fields=orders.count&"
        + "&".join(f"f[orders.{k}]=" for k in kinds)
    )
    choose(page, "Amount", "is between")
    for text in ("100", "500"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.get_by_role("combobox", name="Value of City").press("ArrowDown")
    expect(page.get_by_role("option", name="Lisbon")).to_be_visible()
    page.keyboard.type("lis")
    expect(page.locator(".combo-panel [role=option]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="Lisbon")).to_be_checked()
    expect(page.get_by_text("City is 'Lisbon'")).to_be_visible()
    page.get_by_role("radio", name="any", exact=True).press("ArrowRight")
    expect(page.get_by_text("Is Gift is yes")).to_be_visible()
    page.get_by_role("checkbox", name="100 to 499").press("Space")
    expect(page.get_by_text("Size is '100 to 499'")).to_be_visible()
    choose(page, "Place", "is within")
    for text in ("500", "kilometers", "52.5", "13.4"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    choose(page, "Orders", "is greater")
    page.keyboard.press("Tab")
    page.keyboard.type("1")
    page.get_by_role("radio", name="default (Days)").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Unit is Days", exact=True)).to_be_visible()
    choose(page, "Created Date", "in the last")
    page.keyboard.press("Tab")
    page.keyboard.type("90")
    page.keyboard.press("Enter")
    page.wait_for_url("**created_date*=90*")
    values = {name[9:-1]: value[0] for name, value in asked(page).items() if name.startswith("f[orders.")}
    assert values == {
        "amount": "[100,500]",
        "city": "Lisbon",
        "is_gift": "Yes",
        "size": "100 to 499",
        "place": "500 kilometers from 52.5, 13.4",
        "count": ">1",
        "unit": "day",
        "created_date": "90 days",
    }
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert problems_of(page) == []
    page.go_back()
    expect(page.get_by_role("checkbox", name="Lisbon")).to_have_count(0)
    assert visit.complaints == []


def test_a_patient_dashboard_waits_for_run(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.site}/dashboards/patient")
    visit.count("58")
    page.locator("[data-filter=City] summary").press("Enter")
    expect(page.get_by_role("combobox", name="Value of City")).to_be_focused()
    choose(page, "City", "contains")
    page.keyboard.press("Tab")
    page.keyboard.type("o")
    page.keyboard.press("Enter")
    expect(page.locator("#filter-0-said")).to_contain_text("City contains 'o'")
    visit.count("58")
    assert problems_of(page) == []
    page.get_by_role("button", name="Run", exact=True).press("Enter")
    visit.count("60")


def test_who_has_gone_on_before_a_filter_is_open_keeps_the_focus(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.site}/dashboards/patient")
    visit.count("58")
    seen = page.evaluate(
        """async () => {
          const menu = document.querySelector("[data-filter=City]").closest("details");
          const [summary, select] = ["summary", "select"].map((one) => menu.querySelector(one));
          const once = (done) => menu.addEventListener("toggle", () => setTimeout(done), { once: true });
          const told = () => new Promise(once);
          const where = () => document.activeElement.getAttribute("role") ?? document.activeElement.localName;
          summary.focus();
          summary.click();
          const first = told();
          select.focus();  // faster than the browser says that it is open
          await first;
          const kept = where();
          summary.focus();
          summary.click();
          await told();
          summary.click();
          await told();
          return [kept, where()];
        }"""
    )
    assert seen == ["select", "combobox"]


def test_who_goes_on_while_a_control_comes_back_is_neither_called_back_nor_unheard(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.site}/explore/company/orders?fields=orders.count&f[orders.place]=")
    choose(page, "Place", "is within")
    page.evaluate(
        """() => {
          const field = (name) => document.querySelector(`[name='w[orders.place].0.${name}']`);
          const say = (name, value) => {
            field(name).focus();
            field(name).value = value;
            field(name).dispatchEvent(new Event("change", { bubbles: true }));
          };
          const goOn = () => say("longitude", "13.4");  // the control is there, and has not settled
          document.addEventListener("htmx:afterSwap", goOn, { once: true });
          say("distance", "500");
          say("latitude", "52.5");
        }"""
    )
    expect(page.locator("[id$=-said]").filter(has_text="52.5, 13.4")).to_have_count(1)
    expect(page.get_by_label("Longitude")).to_be_focused()
