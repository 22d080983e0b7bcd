"""An explore as a person asks it, in a real browser: by keyboard, back and forward, in every look."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from mainstem.query.connections import Connections
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import read_project
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.memory_questions import MemoryQuestions
from mainstem.testing.visit import Watched, page_of
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.web import Assets, Services, WebSettings, build_app
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page, Route
    from starlette.types import ASGIApp

    ServeApp = Callable[[ASGIApp], AbstractContextManager[str]]

pytestmark = pytest.mark.journey

MODEL = """
connection: "warehouse"
view: visits {
  derived_table: { sql:
    SELECT DATE '2026-01-01' + CAST(i % 90 AS INTEGER) AS day,
      CASE i % 3 WHEN 0 THEN 'google' WHEN 1 THEN 'a partner of a rather long name' END AS source,
      CASE i % 2 WHEN 0 THEN 'Norway' ELSE 'Kenya' END AS country, i % 7 AS pages
    FROM range(600) AS t(i) ;; }
  dimension_group: day { timeframes: [date, month] datatype: date sql: ${TABLE}.day ;; }
  dimension: source { group_label: "Origin" description: "Where they came from" }
  dimension: country { group_label: "Origin" }
  measure: count { type: count label: "Visits" }
  measure: pages { type: sum sql: ${TABLE}.pages ;; }
}
explore: visits {
  query: by_source { label: "Visits by source" dimensions: [visits.source] measures: [visits.count] }
}
"""
PATH = "/explore/m/visits"
WIDE = {"viewport": {"width": 1440, "height": 900}}


class Visit(Watched):
    expected = "status of 400"

    def open(self, path: str) -> Page:
        self.page.goto(self.site + path)
        self.settled()
        return self.page

    def settled(self) -> None:
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around what asks anew: ends when the page is the next one, and its answer is there."""
        self.page.locator("#ask").evaluate("ask => { ask.dataset.before = ''; }")
        yield
        expect(self.page.locator("#ask:not([data-before], .htmx-settling)")).to_have_count(1)
        self.settled()


@pytest.fixture(scope="module")
def kept() -> MemoryAccounts:
    return MemoryAccounts()


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, kept: MemoryAccounts, serve_app: ServeApp, assets: Assets
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("lookml")
    (folder / "m.model.lkml").write_text(MODEL)
    project = read_project(folder).project
    warehouse = MemoryWarehouse()
    explorers = WarehouseExplorers(
        lambda: project, Connections(warehouse), lambda: datetime(2026, 4, 1, tzinfo=UTC)
    )
    services = Services(explorers, "1.2.3", questions=MemoryQuestions(), accounts=kept.accounts)
    app = build_app(services, WebSettings(), assets)
    with serve_app(app) as address:
        yield address
    warehouse.close()


@pytest.fixture(params=[WIDE], ids=[""])
def visit(
    browser: Browser, site: str, kept: MemoryAccounts, request: pytest.FixtureRequest
) -> Iterator[Visit]:
    with page_of(browser, site, kept, "ann@example.org", Role.EXPLORER, request.param) as page:
        yield Visit(page, site)


def test_what_is_picked_before_the_answer_came_is_asked_next(visit: Visit) -> None:
    page = visit.open(PATH)
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route(re.compile(r"/explore/m/visits\?.*do=field"), hold_first)
    page.locator('[id="pick-visits.source"]').click()
    for name in ("country", "count"):
        page.locator(f'[id="pick-visits.{name}"]').click()
    page.wait_for_function("() => document.querySelector('.htmx-request')")
    held[0].continue_()
    for name in ("source", "country", "count"):
        expect(page.locator(f'[id="pick-visits.{name}"][aria-pressed=true]')).to_be_visible()
    expect(page.locator(".answer-line strong")).to_have_text("6 rows")


def test_an_explore_is_built_calculated_and_gone_back_through_by_keyboard(visit: Visit) -> None:
    page = visit.open(PATH)
    keys = page.keyboard

    page.locator("#picker-search").focus()
    for words in ("day mon", "visits"):  # the best match is taken, and the search is ready for the next
        page.locator("#picker-search").fill("")
        keys.type(words)
        with visit.asking():
            keys.press("Enter")
        expect(page.locator("#picker-search")).to_be_focused()
    expect(page.locator(".answer-line strong")).to_have_text("3 rows")

    page.locator("#picker-search").fill("")
    keys.type("countr")
    keys.press("ArrowDown")
    with visit.asking():
        keys.press("p")
    expect(page.locator(".answer-table thead").get_by_text("Kenya")).to_be_visible()
    pivoted = page.url

    page.locator("#picker-search").focus()
    keys.press("ArrowDown")
    keys.press("s")
    expect(page.locator("#picker-favourites .pick")).to_have_count(1)

    page.locator('[id="column-visits.count"] summary').focus()
    keys.press("Enter")
    with visit.asking():
        page.get_by_role("button", name="Running total").press("Enter")
    expect(page.locator(".answer-table thead").get_by_text("Visits, Running total").first).to_be_visible()

    page.locator("#ask-calculate summary").press("Enter")
    with visit.asking():
        page.get_by_role("button", name="Table calculation").press("Enter")
    expect(page.locator("#edit-label")).to_be_focused()
    keys.type("Share")
    page.locator("#edit-expression").focus()
    keys.type("vis")
    expect(page.locator("#edit-words [aria-selected=true]")).to_contain_text("${visits.count}")
    keys.press("Enter")
    keys.type(" / su")
    expect(page.locator("#edit-words [aria-selected=true]")).to_contain_text("sum")
    keys.press("Tab")
    expect(page.locator("#edit-signature strong")).to_be_visible()  # what sum() takes here
    keys.type("${visits.cuont})")
    expect(page.locator("#edit-checked")).to_contain_text("Did you mean visits.count")
    expect(page.locator("[data-mirror] mark")).to_have_text("${visits.cuont}")
    page.locator("#edit-expression").fill("${visits.count} / sum(${visits.count})")
    expect(page.locator("#edit-checked")).to_contain_text("Gives a number")
    with visit.asking():
        page.locator("#edit-expression").press("Control+Enter")
    expect(page.locator(".answer-table thead").get_by_text("Share").first).to_be_visible()
    calculated = page.url

    with visit.asking():
        page.locator(".head-sort").first.press("Enter")
    expect(page.locator(".answer-table th[aria-sort=descending]")).to_have_count(1)
    ordered = page.url
    page.locator("#answer-look > summary").press("Enter")
    with visit.asking():
        page.locator('[id="v:show_value_labels"]').press("Space")
    expect(page).not_to_have_url(ordered)
    expect(page.locator('[id="v:show_value_labels"]')).to_be_focused()
    expect(page.locator('[id="v:show_value_labels"]')).to_be_checked()

    for address in (ordered, calculated):
        page.evaluate("history.back()")
        expect(page).to_have_url(address)
        visit.settled()
    page.evaluate("history.forward()")
    expect(page).to_have_url(ordered)
    visit.settled()
    expect(page.locator(".answer-table th[aria-sort=descending]")).to_have_count(1)

    page.goto(pivoted)  # as somebody gets it by a link
    visit.settled()
    expect(page.locator(".answer-table thead").get_by_text("Kenya")).to_be_visible()
    visit.open("/questions")
    expect(page.locator("tbody tr").first).to_contain_text("Visits by Day Month across Country")
    assert visit.complaints == []


def test_a_question_leads_to_its_lookml_and_a_field_to_the_dictionary(visit: Visit) -> None:
    page = visit.open(f"{PATH}?fields=visits.source")
    page.get_by_role("link", name="Save as LookML").press("Enter")
    expect(page.locator("#lookml-element")).to_contain_text("- visits.source")
    page.get_by_role("link", name="Back to the question").press("Enter")
    expect(page.locator(".answer-line strong")).to_be_visible()
    page.locator('[id="pick-visits.source"]').press("i")
    expect(page.locator("#pick-about")).to_contain_text("m.model.lkml:")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Source")


def test_a_filter_that_leaves_nothing_is_taken_away_by_one_press(visit: Visit) -> None:
    page = visit.open(f"{PATH}?fields=visits.source&f[visits.source]=nobody")
    page.get_by_role("link", name="Ask without Source").press("Enter")
    visit.settled()
    expect(page.locator(".answer-line strong")).to_have_text("3 rows")
