"""A dashboard as somebody works with it: picks marks, leads on from them, takes it away as files."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from mainstem.testing.every_tile import open_every_tile
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.sound import problems_of
from mainstem.testing.visit import Watched, page_of
from mainstem.web import Assets, Services, WebSettings, build_app
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Locator, Page
    from starlette.types import ASGIApp

    ServeApp = Callable[[ASGIApp], AbstractContextManager[str]]

pytestmark = pytest.mark.journey


class Visit(Watched):
    expected = "status of 400"  # of the broken tile

    def settled(self) -> None:
        """Every tile has come, and none asks again."""
        expect(self.page.locator(".tile[aria-busy=true]")).to_have_count(0, timeout=20_000)

    def tile(self, name: str) -> Locator:
        return self.page.locator(f"[data-tile={name}]")

    def marks(self, name: str) -> Locator:
        return self.tile(name).locator("svg .mark-rect.role-mark path")


@pytest.fixture
def visit(browser: Browser, tmp_path: Path, serve_app: ServeApp, assets: Assets) -> Iterator[Visit]:
    shop, kept = open_every_tile(tmp_path), MemoryAccounts()
    loaded_at = datetime(2026, 3, 20, 8, tzinfo=UTC)
    services = Services(shop.explorers, "1.2.3", lambda: loaded_at, accounts=kept.accounts)
    app = build_app(services, WebSettings(), assets)
    with (
        serve_app(app) as site,
        page_of(browser, site, kept, "ann@example.org", Role.EXPLORER, {"accept_downloads": True}) as page,
    ):
        yield Visit(page, site)
    shop.warehouse.close()


def taken(page: Page, link: Locator) -> bytes:
    with page.expect_download() as coming:
        link.click()
    return Path(coming.value.path()).read_bytes()


def test_a_dashboard_is_filtered_by_its_marks_led_on_from_and_taken_away(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.site}/dashboards/everything")
    visit.settled()
    orders = visit.tile("inherited")
    expect(orders).to_have_attribute("data-value", "280")

    # A click on a mark: the others follow, its own tile shows what else there is.
    expect(visit.marks("bar")).to_have_count(4)
    visit.marks("bar").first.click()
    visit.settled()
    expect(orders).to_have_attribute("data-value", "70")
    expect(visit.marks("bar")).to_have_count(4)
    expect(page.locator(".chip")).to_contain_text("City")
    assert "cross%5Bsales.city%5D" in page.url
    visit.marks("bar").nth(1).click(modifiers=["Control"])
    visit.settled()
    expect(orders).to_have_attribute("data-value", "140")
    page.go_back()
    visit.settled()
    expect(orders).to_have_attribute("data-value", "70")
    problems = problems_of(page)
    assert problems == [], "\n".join(problems)

    # The chip is the way out.
    page.locator(".chip a").click()
    visit.settled()
    expect(orders).to_have_attribute("data-value", "280")

    # By the keyboard: through the chart's data, and to where a row leads.
    tools = visit.tile("bar").locator(".tile-tools button").first
    tools.focus()
    page.keyboard.press("Enter")
    visit.tile("bar").locator(".sheet .pick").first.focus()
    page.keyboard.press("Enter")
    visit.settled()
    expect(orders).to_have_attribute("data-value", "70")
    expect(visit.tile("bar").locator(".sheet .pick[aria-pressed=true]")).to_be_focused()
    page.keyboard.press("Escape")
    visit.marks("bar").first.click(button="right")
    leads = page.locator("#mark-menu a")
    expect(leads.first).to_be_focused()
    expect(page.locator("#mark-menu")).to_contain_text("Show the rows behind it")
    page.keyboard.press("Escape")

    # A finger that stays opens the same menu, which stays when it is lifted; and picks nothing.
    finger = page.context.new_cdp_session(page)
    box = visit.marks("bar").first.bounding_box()
    assert box is not None
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    expect(leads.first).to_be_focused()
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#mark-menu")).to_have_js_property("popover", "auto")
    expect(leads.first).to_be_visible()
    expect(orders).to_have_attribute("data-value", "70")
    page.keyboard.press("Escape")

    # Full screen of a tile by the keyboard.
    more = visit.tile("line").locator(".tile-menu summary")
    more.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.fullscreenElement?.dataset.tile === 'line'")
    page.evaluate("() => document.exitFullscreen()")

    # What is seen, as files.
    more.click()
    png = taken(page, visit.tile("line").get_by_role("link", name="PNG"))
    assert png.startswith(b"\x89PNG")
    page.locator("#board-files summary").click()
    pdf = taken(page, page.get_by_role("link", name="PDF, A4 portrait"))
    text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(pdf)).pages)
    assert re.search(r"City: is '\w+'", text)
    assert "Events loaded to 2026-03-20 08:00 UTC" in text
    assert visit.complaints == []
