"""Somebody who may not see everything tries to, in a real browser; and hostile texts try to run there."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb
import pytest
from playwright.sync_api import expect

from mainstem.query.answers import Answers
from mainstem.query.connections import Connections
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import read_project
from mainstem.semantics.settings import UserAttribute
from mainstem.testing.hostile import VECTORS
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.web import Assets, Services, WebSettings, build_app
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page
    from starlette.types import ASGIApp

    ServeApp = Callable[[ASGIApp], AbstractContextManager[str]]

pytestmark = pytest.mark.journey

PASSWORD = "correct horse battery"
MODEL = """
access_grant: pay { user_attribute: team allowed_values: ["board"] }
view: people {
  sql_table_name: people ;;
  dimension: name { label: "Name" }
  dimension: region { label: "Region" }
  dimension: note { label: "Note" html: <b>{{ value }}</b> ;;
    link: { label: "{{ value }}" url: "{{ value }}" } }
  dimension: salary { label: "Salary" type: number required_access_grants: [pay] }
  measure: count { label: "People" type: count drill_fields: [name, region, salary] }
}
explore: people { label: "People" access_filter: { field: people.region user_attribute: region } }
"""
BOARD = {
    "dashboard": "staff",
    "title": "Staff",
    "layout": "newspaper",
    "filters": [
        {"name": "Region", "title": "Region", "type": "field_filter", "model": "m", "explore": "people",
         "field": "people.region"},
    ],
    "elements": [
        {"name": "heads", "title": "Heads", "type": "table", "model": "m", "explore": "people",
         "fields": ["people.region", "people.count"], "listen": {"Region": "people.region"}, "row": 0},
        {"name": "pay", "title": "What they earn", "type": "table", "model": "m", "explore": "people",
         "fields": ["people.name", "people.salary"], "row": 4},
        {"name": "notes", "title": "Notes", "type": "table", "model": "m", "explore": "people",
         "fields": ["people.note"], "limit": 500, "row": 8},
        {"name": "said", "type": "text", "title_text": VECTORS[3],
         "body_text": "\n\n".join(VECTORS), "row": 12},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def kept() -> MemoryAccounts:
    found = MemoryAccounts({"region": UserAttribute(type="string_filter"), "team": UserAttribute()})
    found.user("root", Role.ADMIN, PASSWORD)
    found.user("nora", Role.EXPLORER, PASSWORD)
    found.give("nora", region="north")
    return found


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, serve_app: ServeApp, kept: MemoryAccounts, assets: Assets
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("restricted")
    (folder / "m.model.lkml").write_text(MODEL)
    (folder / "b.dashboard.lookml").write_text("- " + json.dumps(BOARD))
    project = read_project(folder).project
    file = folder / "memory.duckdb"
    with duckdb.connect(str(file)) as made:
        made.execute("CREATE TABLE people (name VARCHAR, region VARCHAR, note VARCHAR, salary INTEGER)")
        rows = [(f"nobody {number}", "north", vector, 10) for number, vector in enumerate(VECTORS)]
        made.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", [*rows, ("Sam", "south", "quiet", 777123)])
    warehouse = MemoryWarehouse(file)
    explorers = WarehouseExplorers(
        lambda: project,
        Connections(warehouse),
        lambda: datetime(2026, 3, 3, tzinfo=UTC),
        Answers(2**20, at_once=4, seconds=60),
    )
    app = build_app(Services(explorers, "1.2.3", accounts=kept.accounts), WebSettings(), assets)
    with serve_app(app) as address:
        yield address
    warehouse.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser that tells of every script that was run by a text."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.add_init_script("window.firings = []; window.fired = (n) => window.firings.push(n);")
    opened = context.new_page()
    opened.on("dialog", lambda dialog: pytest.fail(f"a page asked {dialog.message}"))
    yield opened
    context.close()


def log_in(page: Page, site: str, login: str) -> None:
    page.goto(f"{site}/login")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile("/dashboards/"))


def test_a_restricted_person_finds_only_what_is_theirs(page: Page, site: str, kept: MemoryAccounts) -> None:
    log_in(page, site, "root")
    expect(page.locator("#main")).to_contain_text("south")
    expect(page.locator("#main")).to_contain_text("777,123")
    page.context.clear_cookies()
    log_in(page, site, "nora")
    main = page.locator("#main")
    expect(main).to_contain_text("north")
    expect(main).not_to_contain_text("south")
    expect(page.get_by_text("What they earn")).to_have_count(0)
    assert page.goto(f"{site}/dashboards/staff/tiles/pay").status == 404  # type: ignore[union-attr] # it was gone to
    assert page.goto(f"{site}/users").status == 403  # type: ignore[union-attr] # it was gone to
    page.goto(f"{site}/explore/m/people?fields=people.region,people.count")
    expect(main).to_contain_text("north")
    expect(main).not_to_contain_text("Salary")
    expect(main).not_to_contain_text("south")
    page.goto(f"{site}/explore/m/people?fields=people.name,people.salary")
    expect(main).to_contain_text("people.salary")
    expect(main).not_to_contain_text("777")
    asked = page.request
    for address in (
        "/explore/m/people/download/csv?fields=people.region,people.name&rows=all",
        "/explore/m/people/download/json?fields=people.region",
        "/explore/m/people/values/people.region",
        "/explore/m/people/answer?fields=people.name&f[people.region]=south",
        "/dashboards/staff/filters/Region/values",
        "/search?q=sal",
    ):
        text = asked.get(f"{site}{address}").text()
        assert "Sam" not in text, address
        assert "Salary" not in text, address
        assert "south" not in text or "south" in address, address


def test_an_administrator_sees_what_another_sees_and_stops(
    page: Page, site: str, kept: MemoryAccounts
) -> None:
    log_in(page, site, "root")
    page.goto(f"{site}/users")
    page.get_by_role("link", name="nora").click()
    page.get_by_role("button", name="See pages as nora").click()
    expect(page.get_by_text("You see this page as")).to_be_visible()
    expect(page.locator("#main")).to_contain_text("north")
    expect(page.locator("#main")).not_to_contain_text("south")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("heading", name="nora")).to_be_visible()


def test_no_text_of_a_row_or_a_tile_runs_in_a_browser(page: Page, site: str) -> None:
    log_in(page, site, "nora")
    expect(page.locator("[data-tile='notes'], #tile-notes, #main").last).to_contain_text("over")
    expect(page.locator("#main")).to_contain_text("north")
    page.mouse.move(400, 400)
    assert page.evaluate("window.firings") == []
    page.goto(f"{site}/explore/m/people?fields=people.note,people.name&limit=500")
    expect(page.locator("#main")).to_contain_text("nobody 7")
    assert page.evaluate("window.firings") == []
    unsafe = page.evaluate(
        "[...document.querySelectorAll('a[href],[src],form[action]')]"
        ".map(e => e.href || e.src || e.action).filter(u => !/^(https?|mailto):/.test(u))"
    )
    assert unsafe == []
