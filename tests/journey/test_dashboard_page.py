"""The dashboard page in a real browser, over prepared answers: what only a browser can tell."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from playwright.sync_api import expect

from mainstem.errors import QueryError
from mainstem.query.result import ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.semantics.dashboard import Dashboard, DashboardFilter, Element, ElementType, FilterType
from mainstem.semantics.model import Origin
from mainstem.semantics.project import Project
from mainstem.testing.explorer import CannedExplorer
from mainstem.testing.memory_accounts import MemoryAccounts
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

HERE = Origin("health.dashboard.lookml", 7)
DAY, VERSION, SERVERS, PAGE, BROKEN = "s.day", "s.version", "s.servers", "s.page", "s.broken"
LISTEN = {"period": DAY, "version": VERSION}
COLUMNS = {
    DAY: OutputColumn(
        name=DAY,
        label="Servers Day",
        field_label="Day",
        kind=ColumnKind.DIMENSION,
        type=OutputType.DATE,
        timeframe="date",
    ),
    VERSION: OutputColumn(
        name=VERSION,
        label="Servers Version",
        field_label="Version",
        kind=ColumnKind.DIMENSION,
        type=OutputType.STRING,
    ),
    PAGE: OutputColumn(
        name=PAGE,
        label="Servers Page",
        field_label="Page",
        kind=ColumnKind.DIMENSION,
        type=OutputType.STRING,
    ),
    SERVERS: OutputColumn(
        name=SERVERS,
        label="Servers Servers",
        field_label="Servers",
        kind=ColumnKind.MEASURE,
        type=OutputType.NUMBER,
    ),
}


def tile(name: str, kind: ElementType, *fields: str, at: tuple[int, int, int, int], **more: Any) -> Element:
    row, col, width, height = at
    return Element(
        name=name,
        title=name.capitalize(),
        type=kind,
        model="company",
        explore="servers",
        fields=fields,
        origin=HERE,
        listen=LISTEN,
        row=row,
        col=col,
        width=width,
        height=height,
        **more,
    )


def a_filter(name: str, field: str, default: str) -> DashboardFilter:
    return DashboardFilter(
        name=name,
        title=name.capitalize(),
        type=FilterType.FIELD,
        origin=HERE,
        default_value=default,
        model="company",
        explore="servers",
        field=field,
    )


DASHBOARD = Dashboard(
    name="health",
    title="Health",
    layout="newspaper",
    origin=HERE,
    filters=(a_filter("period", DAY, "30 days"), a_filter("version", VERSION, "")),
    elements=(
        tile("servers", ElementType.SINGLE_VALUE, SERVERS, at=(0, 0, 12, 3)),
        tile("broken", ElementType.SINGLE_VALUE, BROKEN, at=(0, 12, 12, 3)),
        tile("daily", ElementType.COLUMN, DAY, SERVERS, at=(3, 0, 12, 7)),
        tile("versions", ElementType.LINE, DAY, VERSION, SERVERS, at=(3, 12, 12, 7), pivots=(VERSION,)),
        tile(
            "shares",
            ElementType.AREA,
            DAY,
            VERSION,
            SERVERS,
            at=(10, 0, 12, 7),
            pivots=(VERSION,),
            vis={"stacking": "normal"},
        ),
        tile("pages", ElementType.BAR, PAGE, SERVERS, at=(10, 12, 6, 7)),
        tile("list", ElementType.TABLE, DAY, SERVERS, at=(10, 18, 6, 7)),
    ),
)


def answer(request: Request) -> QueryResult:
    days = int(request.filters.get(DAY, "30 days").split()[0])
    dates = [date(2026, 3, 1) + timedelta(days=n) for n in range(days)]
    rows: list[tuple[Any, ...]]
    match request.fields:
        case ("s.broken",):
            raise QueryError("explore 'servers' has no field 's.broken'")
        case ("s.servers",):
            rows = [(1000 * days,)]
        case ("s.version",):
            rows = [("4.9.1",), ("5.2.0",)]
        case ("s.page", "s.servers"):
            rows = [("/docs/install-on-a-cluster-with-many-nodes", 5), ("/", 3)]
        case ("s.day", "s.servers"):
            rows = [(day, 100 + day.day) for day in dates]
        case _:
            rows = [(day, version, day.day * n) for day in dates for n, version in ((2, "4"), (3, "5"))]
    columns = tuple(
        msgspec.structs.replace(COLUMNS[name], pivoted=name in request.pivots) for name in request.fields
    )
    return QueryResult(columns=columns, rows=rows, sql="SELECT 1\nFROM lake.servers", seconds=0.01)


@pytest.fixture(scope="module")
def kept() -> MemoryAccounts:
    """Who may come in."""
    return MemoryAccounts()


@pytest.fixture(scope="module")
def site(assets: Assets, kept: MemoryAccounts, serve_app: ServeApp) -> Iterator[str]:
    """Address of the server over the answers above."""
    explorer = CannedExplorer(Project(dashboards={"health": DASHBOARD}), answer, {DAY: "date"})
    loaded_at = datetime(2026, 3, 28, 12, tzinfo=UTC)
    services = Services(explorer, "1.2.3", lambda: loaded_at, accounts=kept.accounts)
    app = build_app(services, WebSettings(), assets)
    with serve_app(app) as address:
        yield address


class Visit(Watched):
    expected = "status of 400"  # of the broken tile

    def open(self, path: str = "/dashboards/health") -> Page:
        self.page.goto(self.site + path)
        self.settled()
        return self.page

    def settled(self) -> None:
        """Every tile has come and every chart is drawn."""
        expect(self.page.locator(".tile")).to_have_count(len(DASHBOARD.elements))
        expect(self.page.locator(".tile[aria-busy=true]")).to_have_count(0)
        expect(self.page.locator("mainstem-chart[data-drawn] svg")).to_have_count(4)

    def value(self) -> str | None:
        return self.page.locator("[data-tile=servers]").get_attribute("data-value")


@pytest.fixture(params=[{}], ids=[""])
def visit(
    browser: Browser, site: str, kept: MemoryAccounts, request: pytest.FixtureRequest
) -> Iterator[Visit]:
    """Somebody's who is logged in. Parametrised indirectly with options of a browser context."""
    with page_of(browser, site, kept, "eve@example.org", Role.VIEWER, request.param) as page:
        yield Visit(page, site)


PHONE = {"viewport": {"width": 390, "height": 844}}
DARK = {"color_scheme": "dark"}


def test_every_tile_is_drawn_and_the_browser_has_nothing_to_complain_about(visit: Visit) -> None:
    page = visit.open()
    assert visit.value() == "30000"
    expect(page.locator("[data-tile=servers] .figure")).to_have_text("30,000")
    for name, mark in (("daily", "rect"), ("versions", "line"), ("shares", "area"), ("pages", "rect")):
        marks = page.locator(f"[data-tile={name}] svg .mark-{mark}.role-mark path")
        expect(marks, name).not_to_have_count(0)
    assert overflowing(page) == []
    assert visit.complaints == []


def test_a_broken_tile_says_what_is_wrong_and_the_others_are_there(visit: Visit) -> None:
    page = visit.open()
    expect(page.locator("[data-tile=broken]")).to_contain_text("explore 'servers' has no field 's.broken'")
    assert visit.value() == "30000"


def test_a_filter_changes_the_address_and_the_number_and_back_undoes_it(visit: Visit) -> None:
    page = visit.open()
    page.click("[data-filter=period] summary")
    page.get_by_label("How Period is filtered").focus()
    page.get_by_label("How Period is filtered").select_option(label="Last 7 days")
    page.wait_for_url("**/dashboards/health?period=7+days&version=")
    visit.settled()
    expect(page.locator("[data-tile=servers][data-value='7000']")).to_be_visible()
    expect(page.get_by_label("How Period is filtered")).to_be_focused()
    expect(page.locator("[data-filter=period] .filter-value")).to_have_text("last 7 days")
    page.go_back()
    expect(page.locator("[data-tile=servers][data-value='30000']")).to_be_visible()
    page.go_forward()
    expect(page.locator("[data-tile=servers][data-value='7000']")).to_be_visible()
    assert visit.complaints == []


def test_an_expression_of_ones_own_is_applied_by_keyboard(visit: Visit) -> None:
    page = visit.open()
    page.locator("[data-filter=period] summary").press("Enter")
    page.locator("input[name=period]").fill("3 days")
    page.locator("input[name=period]").press("Enter")
    expect(page.locator("[data-tile=servers][data-value='3000']")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)["period"] == ["3 days"]


def test_values_of_a_string_filter_are_looked_up_when_it_opens(visit: Visit) -> None:
    page = visit.open()
    page.click("[data-filter=version] summary")
    expect(page.get_by_role("combobox", name="Value of Version")).to_be_focused()
    page.get_by_role("option", name="5.2.0").click()
    page.wait_for_url("**version=5.2.0")
    expect(page.locator("[data-filter=version] .filter-value")).to_have_text("5.2.0")
    assert visit.complaints == []


def test_a_tile_tells_how_its_number_is_made_and_escape_closes_it(visit: Visit) -> None:
    page = visit.open()
    button = page.locator("[data-tile=versions] [aria-label^='How this number']")
    button.focus()
    page.keyboard.press("Enter")
    sheet = page.locator("[data-tile=versions] .sheet").last
    expect(sheet).to_be_visible()
    expect(sheet.locator("dt", has_text="Explore")).to_be_visible()
    expect(sheet.locator(".code"), "a viewer is shown no SQL").to_have_count(0)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(button).to_be_focused()


def test_a_chart_offers_its_data_as_a_table(visit: Visit) -> None:
    page = visit.open()
    page.click("[data-tile=versions] [aria-label^='Data of']")
    expect(page.locator("[data-tile=versions] .sheet table").first).to_contain_text("2026-03-30")


def test_pointing_at_a_chart_tells_the_values(visit: Visit) -> None:
    page = visit.open()
    chart = page.locator("[data-tile=versions] svg.marks")
    chart.hover(position={"x": 200, "y": 100})
    chart.hover(position={"x": 210, "y": 105})
    expect(page.locator(".tooltip")).to_contain_text("2026-03-")
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [DARK], ids=["dark"], indirect=True)
def test_a_dark_system_gets_a_dark_page_and_the_choice_of_light_is_remembered(visit: Visit) -> None:
    page = visit.open()
    assert luminance(page, "body") > 0.6  # text
    assert luminance(page, "html", "background-color") < 0.2
    toggle = page.get_by_role("button", name="Theme")
    toggle.click()
    visit.settled()
    assert luminance(page, "html", "background-color") > 0.8
    page.reload()
    visit.settled()
    expect(toggle).to_have_accessible_name("Theme: light")
    assert luminance(page, "html", "background-color") > 0.8
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [PHONE], ids=["phone"], indirect=True)
def test_a_phone_never_scrolls_sideways(visit: Visit) -> None:
    page = visit.open()
    assert widest(page) <= 390
    page.get_by_role("button", name="Filters").click()
    page.click("[data-filter=period] summary")
    assert widest(page) <= 390
    page.keyboard.press("Escape")
    page.click("[data-tile=versions] [aria-label^='How this number']")
    assert widest(page) <= 390


def test_the_keyboard_reaches_everything_in_reading_order(visit: Visit) -> None:
    page = visit.open()
    reached = []
    for _ in range(24):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                """() => { const e = document.activeElement;
                           return (e.ariaLabel ?? e.labels?.[0]?.textContent ?? e.innerText).trim(); }"""
            )
        )
    assert [name.split("\n")[0] for name in reached[:18]] == [
        "Skip to content",
        "Mainstem",
        "Dashboards",
        "Connectors",
        "Activations",
        "Publications",
        "DAGs",
        "Assets",
        "Narrow navigation",
        "Search",
        "Theme: auto",
        "Account of eve@example.org",
        "Dashboards",
        "Ask again",
        "Full screen",
        "Download",
        "Period",
        "Version",
    ]
    assert reached[18:] == [
        "How this number is made: Servers",
        "More of Servers",
        "Try again",
        "Data of Daily",
        "How this number is made: Daily",
        "More of Daily",
    ]


def test_the_skip_link_leads_to_the_content(visit: Visit) -> None:
    page = visit.open()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"


def overflowing(page: Page) -> list[Any]:
    """Charts that are larger than the room they have."""
    found = page.evaluate(
        """() => [...document.querySelectorAll("mainstem-chart")].filter((chart) => {
             const drawn = chart.querySelector("svg").getBoundingClientRect();
             return drawn.height > chart.clientHeight + 1 || drawn.width > chart.clientWidth + 1;
           }).map((chart) => chart.closest(".tile").dataset.tile)"""
    )
    return list(found)


def luminance(page: Page, selector: str, name: str = "color") -> float:
    """Rough brightness of a colour as it is computed, 0 to 1."""
    colour = page.eval_on_selector(selector, "(e, name) => getComputedStyle(e).getPropertyValue(name)", name)
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3]) / 3 / 255


def widest(page: Page) -> int:
    return int(page.evaluate("() => document.documentElement.scrollWidth"))
