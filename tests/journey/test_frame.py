"""The frame in a real browser: every component and page, by keyboard, wide and narrow, dark and light."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from mainstem.query.result import ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.semantics.dashboard import Dashboard, Element, ElementType
from mainstem.semantics.model import Dimension, DimensionType, Explore, Model, Origin, View
from mainstem.semantics.project import Project
from mainstem.testing.explorer import CannedExplorer
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.sound import problems_of
from mainstem.testing.visit import Watched, page_of
from mainstem.web import Assets, Services, WebSettings, build_app
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page
    from starlette.types import ASGIApp

    from mainstem.query.request import Request

    ServeApp = Callable[[ASGIApp], AbstractContextManager[str]]

pytestmark = pytest.mark.journey

HERE = Origin("servers.view.lkml", 7)
SERVERS = OutputColumn(
    name="s.servers",
    label="Servers",
    field_label="Servers",
    kind=ColumnKind.MEASURE,
    type=OutputType.NUMBER,
)
TILE = Element(
    name="servers",
    title="Active servers",
    type=ElementType.SINGLE_VALUE,
    model="m",
    explore="servers",
    fields=("s.servers",),
    origin=HERE,
)
VERSION = Dimension(
    name="version", type=DimensionType.STRING, sql="${TABLE}.v", label="Server version", origin=HERE
)
PROJECT = Project(
    dashboards={
        name: Dashboard(name=name, title=title, layout="newspaper", origin=HERE, elements=(TILE,))
        for name, title in (("health", "Health of the business"), ("adoption", "Adoption"))
    },
    models={
        "m": Model(
            name="m",
            label="Company",
            connection=None,
            origin=HERE,
            views={"s": View(name="s", label="Servers", origin=HERE, dimensions={"version": VERSION})},
            explores={"servers": Explore(name="servers", label="Servers", alias="s", view="s", origin=HERE)},
        )
    },
)

WIDE = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}}
LOOKS = {"wide": WIDE, "dark phone": PHONE | {"color_scheme": "dark"}}


def answer(request: Request) -> QueryResult:
    return QueryResult(columns=(SERVERS,), rows=[(12345,)], sql="SELECT 1", seconds=0.01)


@pytest.fixture(scope="module")
def kept() -> MemoryAccounts:
    return MemoryAccounts()


@pytest.fixture(scope="module")
def site(assets: Assets, kept: MemoryAccounts, serve_app: ServeApp) -> Iterator[str]:
    services = Services(CannedExplorer(PROJECT, answer), "1.2.3", accounts=kept.accounts)
    app = build_app(services, WebSettings(), assets)
    with serve_app(app) as address:
        yield address


class Visit(Watched):
    def open(self, path: str) -> Page:
        self.page.goto(self.site + path)
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        return self.page


@pytest.fixture(params=[WIDE], ids=[""])
def visit(
    browser: Browser, site: str, kept: MemoryAccounts, request: pytest.FixtureRequest
) -> Iterator[Visit]:
    """An administrator's. Parametrised indirectly with options of a browser context."""
    with page_of(browser, site, kept, "ada@example.org", Role.ADMIN, request.param) as page:
        yield Visit(page, site)


every_look = pytest.mark.parametrize("visit", LOOKS.values(), ids=LOOKS.keys(), indirect=True)
on_a_phone = pytest.mark.parametrize("visit", [PHONE], ids=["phone"], indirect=True)


@every_look
def test_the_login_is_sound_in_every_look(visit: Visit) -> None:
    visit.page.context.clear_cookies()
    page = visit.open("/login")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert problems_of(page) == []
    expect(page.get_by_role("navigation")).to_have_count(0)
    card = page.get_by_role("main").bounding_box()
    assert card
    assert abs(card["x"] + card["width"] / 2 - page.evaluate("() => innerWidth") / 2) < 1
    assert visit.complaints == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ('<button type="button"></button>', "no name"),
        ('<p id="main">x</p>', "stands twice"),
        ("<h5>x</h5>", "a heading of level 5"),
        ('<label for="gone">x</label>', "which is not there"),
        ("<nav>x</nav>", "without a name"),
        ("<table><tr><td>x</td></tr></table>", "without a caption"),
        ('<img src="/x.svg">', "without alt"),
        ('<p class="probe">x</p>', "contrast"),
    ],
)
def test_the_checks_find_what_is_wrong(broken: str, said: str, visit: Visit) -> None:
    page = visit.open("/explores")
    page.evaluate("(html) => document.querySelector('main').insertAdjacentHTML('beforeend', html)", broken)
    page.evaluate(
        """() => { const e = document.querySelector(".probe");
                   if (e) { e.style.color = "#999"; e.style.background = "#aaa"; } }"""
    )
    assert any(said in problem for problem in problems_of(page))


def test_tab_reaches_every_control_of_the_gallery_and_the_focus_is_seen(visit: Visit) -> None:
    page = visit.open("/gallery")
    wanted = page.evaluate(
        """() => {
          const groups = new Set();
          const controls = "a[href], button, input, select, textarea, summary, [tabindex]";
          window.reachable = [...document.querySelectorAll(controls)]
            .filter((e) => e.tabIndex >= 0 && !e.matches(":disabled, [type=hidden]"))
            .filter((e) => e.checkVisibility({ visibilityProperty: true }))
            .filter((e) => {
              if (e.type !== "radio") return true;
              if (groups.has(e.name)) return false;
              groups.add(e.name);
              return true;
            });
          return window.reachable.length;
        }"""
    )
    look = """() => {
      const e = document.activeElement;
      const styles = [getComputedStyle(e), getComputedStyle(e, "::after")];
      const seen = styles.some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
      const isIt = (o) => o === e || (e.type === "radio" && o.type === "radio" && o.name === e.name);
      return [window.reachable.findIndex(isIt), seen, e.outerHTML.slice(0, 120)];
    }"""
    reached, unseen = set(), []
    for _ in range(wanted + 20):
        page.keyboard.press("Tab")
        at, focus_is_seen, html = page.evaluate(look)
        if at in reached and at == 0:
            break
        reached.add(at)
        if at >= 0 and not focus_is_seen:
            unseen.append(html)
    missing = page.evaluate(
        """(reached) => window.reachable.filter((_, n) => !reached.includes(n))
             .map((e) => e.outerHTML.slice(0, 120))""",
        sorted(reached),
    )
    assert missing == []
    assert unseen == []


def test_a_slash_goes_to_the_search_and_arrows_and_enter_to_what_is_found(visit: Visit) -> None:
    page = visit.open("/explores")
    box = page.get_by_role("combobox", name="Search")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("serv")
    options = page.get_by_role("option")
    expect(options).to_have_count(4)
    expect(box).to_have_attribute("aria-expanded", "true")
    assert problems_of(page) == []
    page.keyboard.press("ArrowDown")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    page.keyboard.press("ArrowUp")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    expect(options.nth(3)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore/m/servers?fields=s.version")
    expect(page.locator("[data-picker] [aria-pressed=true]").first).to_contain_text("Server version")
    assert visit.complaints == []


def test_control_k_goes_to_the_search_escape_closes_it_and_enter_alone_shows_all(visit: Visit) -> None:
    page = visit.open("/dashboards")
    page.keyboard.press("Control+k")
    page.keyboard.type("health")
    found = page.get_by_role("listbox", name="Found")
    expect(found.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(found).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=health")
    expect(page.get_by_role("heading", level=1)).to_have_text("Found for “health”")


def test_nothing_found_is_said(visit: Visit) -> None:
    page = visit.open("/dashboards")
    page.keyboard.press("/")
    page.keyboard.type("zebra")
    expect(page.get_by_text("Nothing found for “zebra”")).to_be_visible()
    expect(page.locator("[data-announce]")).to_have_text("Nothing found")


def test_progress_moves_by_itself_and_ends_by_itself(visit: Visit) -> None:
    page = visit.open("/gallery")
    live = page.locator("#gallery-live")
    expect(live).to_contain_text("Events loaded", timeout=20_000)
    assert live.get_attribute("hx-get") is None
    expect(page.locator("#gallery-busy")).to_contain_text("Models built", timeout=20_000)
    expect(page.locator("[data-announce]")).to_have_text(re.compile("Events loaded|Models built"))
    assert visit.complaints == []


def test_toasts_are_raised_announced_and_dismissed_by_keyboard(visit: Visit) -> None:
    page = visit.open("/gallery")
    shown = page.get_by_role("region", name="Notifications").locator("[data-toast]")
    page.get_by_role("button", name="Raise failed").click()
    expect(shown).to_have_text("Not saved: somebody else changed it meanwhile.")
    assert shown.locator("xpath=..").get_attribute("aria-live") == "assertive"
    page.get_by_role("button", name="Raise ok").click()
    expect(shown).to_have_count(2)
    shown.last.get_by_role("button", name="Dismiss").focus()
    page.keyboard.press("Escape")
    expect(shown).to_have_count(1)
    expect(shown.get_by_role("button", name="Dismiss")).to_be_focused()
    page.keyboard.press("Enter")
    expect(shown).to_have_count(0)
    assert page.evaluate("() => document.activeElement.id") == "main"
    assert visit.complaints == []


def test_good_news_leaves_by_itself_and_a_failure_stays(visit: Visit) -> None:
    visit.page.clock.install()
    page = visit.open("/gallery")
    shown = page.get_by_role("region", name="Notifications").locator("[data-toast]")
    for kind in ("ok", "failed"):
        page.get_by_role("button", name=f"Raise {kind}").click()
        expect(shown.filter(has_text="aved")).to_have_count(1 if kind == "ok" else 2)
    page.clock.run_for(30_000)
    expect(shown).to_have_text("Not saved: somebody else changed it meanwhile.")


def test_what_is_copied_is_the_text(visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.open("/gallery")
    page.get_by_role("button", name="Copy Your new API token").click()
    expect(page.get_by_role("button", name="Copy Your new API token")).to_have_text("Copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == "mst_0f3c9ab27e61"


def test_a_form_is_busy_while_it_is_on_its_way_and_is_sent_once(visit: Visit) -> None:
    page = visit.open("/gallery")
    form = page.locator("form", has=page.locator("#field-name"))
    page.fill("#field-name", "Ada")
    looks = form.evaluate(
        """(form) => {
          const button = form.querySelector("[type=submit]");
          const stopped = [];
          addEventListener("submit", (event) => stopped.push(event.defaultPrevented));
          form.requestSubmit(button);
          form.requestSubmit(button);
          return [button.innerText, button.getAttribute("aria-disabled"), stopped];
        }"""
    )
    assert looks == ["Saving…", "true", [False, True]]
    expect(page.locator("[data-toast=ok]", has_text="The form was sent.")).to_be_visible()
    page.reload()
    expect(page.locator("[data-toasts-polite] [data-toast]")).to_have_count(0)


def test_a_dangerous_action_asks_first_and_escape_changes_nothing(visit: Visit) -> None:
    page = visit.open("/gallery")
    opener = page.get_by_role("button", name="Remove", exact=True).nth(1)
    opener.click()
    dialog = page.get_by_role("dialog", name="Remove Ada?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    dialog.get_by_role("button", name="Remove").click()
    expect(page.locator("[data-toast=ok]", has_text="The form was sent.")).to_be_visible()


def test_a_word_must_be_typed_before_the_worst(visit: Visit) -> None:
    page = visit.open("/gallery")
    page.get_by_role("button", name="Delete warehouse").click()
    dialog = page.get_by_role("dialog", name="Delete the warehouse?")
    typed = dialog.get_by_role("textbox")
    typed.fill("warehous")
    assert typed.evaluate("(e) => e.validationMessage") == "Type warehouse to go on"
    typed.press("Enter")
    expect(dialog).to_be_visible()
    typed.fill("warehouse")
    typed.press("Enter")
    expect(page.locator("[data-toast=ok]", has_text="The form was sent.")).to_be_visible()


def test_arrow_keys_go_from_tab_to_tab(visit: Visit) -> None:
    page = visit.open("/gallery")
    page.get_by_role("tab", name="Browser").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Python")).to_be_focused()
    expect(page.get_by_role("tabpanel")).to_contain_text("analytics.track")
    page.keyboard.press("Home")
    expect(page.get_by_role("tabpanel")).to_contain_text("rudderanalytics")


def test_a_menu_opens_over_the_page_and_escape_gives_the_focus_back(visit: Visit) -> None:
    page = visit.open("/gallery")
    account = page.locator(".user-menu summary")
    account.press("Enter")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    assert problems_of(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()
    expect(account).to_be_focused()


def test_the_navigation_is_narrowed_and_this_browser_remembers_it(visit: Visit) -> None:
    page = visit.open("/explores")
    rail = page.get_by_role("navigation", name="Main")
    wide = rail.bounding_box()
    page.get_by_role("button", name="Narrow navigation").click()
    page.reload()
    narrow = rail.bounding_box()
    assert wide
    assert narrow
    assert narrow["width"] < wide["width"] / 2
    expect(page.get_by_role("button", name="Narrow navigation")).to_have_attribute("aria-pressed", "true")
    expect(rail.get_by_role("link", name="Explores")).to_have_attribute("aria-current", "page")
    assert problems_of(page) == []


@on_a_phone
def test_a_phone_has_its_sections_at_the_bottom_and_the_rest_in_a_sheet(visit: Visit) -> None:
    page = visit.open("/dashboards")
    main = page.get_by_role("navigation", name="Main")
    box = main.bounding_box()
    assert box
    assert box["y"] > 700
    main.get_by_role("button", name="Menu").click()
    sheet = page.get_by_role("dialog", name="Menu")
    expect(sheet.get_by_role("link", name="Audit log")).to_be_visible()
    assert problems_of(page) == []
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    main.get_by_role("button", name="Menu").click()
    sheet.get_by_role("link", name="Explores").click()
    page.wait_for_url("**/explores")
    assert visit.complaints == []


@on_a_phone
def test_what_a_phone_finds_fits_it(visit: Visit) -> None:
    page = visit.open("/dashboards")
    page.get_by_role("combobox", name="Search").fill("e")
    found = page.get_by_role("listbox", name="Found")
    expect(found).to_be_visible()
    box = found.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


@pytest.mark.parametrize("visit", [WIDE | {"reduced_motion": "reduce"}], ids=["calm"], indirect=True)
def test_nothing_moves_for_those_who_asked_for_calm(visit: Visit) -> None:
    page = visit.open("/gallery")
    moving = page.evaluate("() => document.getAnimations().map((a) => a.effect.target.className)")
    assert moving == []


def test_paper_shows_the_content_alone(visit: Visit) -> None:
    page = visit.open("/gallery")
    page.emulate_media(media="print")
    for gone in (".rail", ".top", "[data-toasts]", ".row-actions"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("table", name="Users")).to_be_visible()


def test_without_a_script_pages_are_there_and_the_search_searches(
    browser: Browser, site: str, kept: MemoryAccounts
) -> None:
    context = browser.new_context(java_script_enabled=False)
    name = f"mainstem_session_{urlsplit(site).port}"
    context.add_cookies([{"name": name, "value": kept.session("bob@example.org", Role.VIEWER), "url": site}])
    try:
        page: Any = context.new_page()
        page.goto(f"{site}/dashboards")
        page.get_by_role("combobox", name="Search").fill("adoption")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=adoption")
        expect(page.get_by_role("rowheader", name="Adoption")).to_be_visible()
    finally:
        context.close()
