"""The event catalogue and the query log in a real browser, over tables that the loader made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from mainstem.assemble.event_catalogue import WarehouseCatalogue, refresh_in
from mainstem.assemble.project import open_project
from mainstem.load import Loader, LoadSettings
from mainstem.operate.catalogue import read_catalogue
from mainstem.semantics.project import Project
from mainstem.store.queries import Grouped, KeptRun
from mainstem.testing.explorer import CannedExplorer
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.records import EventLog
from mainstem.testing.sound import problems_of
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.web import Assets, Services, WebSettings, build_app
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page
    from starlette.types import ASGIApp

    from mainstem.web.queries import By, Wanted

    ServeApp = Callable[[ASGIApp], AbstractContextManager[str]]

pytestmark = pytest.mark.journey

NOW = datetime.now(UTC)
SETTINGS = """
[[sources]]
id = "web"
name = "Website"
write_keys = ["A"]
tracking_plan = "website"
"""
PLAN = """
version: 1
owner: growth team
events:
  - name: Order Completed
    description: Somebody paid.
    properties:
      orderId: {type: string, required: true, description: The shop's own number.}
      currency: {type: string}
      total: {type: number}
"""
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "dark phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
LONG_SQL = "SELECT visits.source, count(*) FROM lake.analytics.visits AS visits " + "WHERE source = 'x' " * 40
RUN = KeptRun(1, NOW, "web", "ann@example.org", "/dashboards/health/tiles/daily", "health", "daily",
              "company", "visits", "a1b2c3", 1200, 99_000, 1.25, False, None, LONG_SQL)  # fmt: skip
FAILED = KeptRun(2, NOW, "command line", "bob", "mainstem sql", None, None, None, None, "ffff", None, None,
                 0.01, False, "Binder Error: no such column " + "x" * 200, "SELECT nothing")  # fmt: skip


class QueryLogInMemory:
    def newest(self, limit: int, wanted: Wanted, before: int | None = None) -> Sequence[KeptRun]:
        return [run for run in (FAILED, RUN) if wanted.login in (None, run.login)]

    def slowest(self, limit: int, wanted: Wanted) -> Sequence[KeptRun]:
        return [RUN, FAILED]

    def grouped(self, by: By, limit: int, wanted: Wanted, order: str) -> Sequence[Grouped]:
        label = {"query": RUN.hash, "user": "bob", "dashboard": "health", "explore": "company.visits"}[by]
        sql = LONG_SQL if by == "query" else None
        return [Grouped(label, 40, 2, 0, 80.0, 9.5, 2.0, 4000, 3_000_000, NOW, sql)]


class Site:
    def __init__(self, address: str, kept: MemoryAccounts) -> None:
        self.address = address
        self._kept = kept

    def page(self, browser: Browser, role: Role, **look: Any) -> Page:
        context = browser.new_context(**{**LOOKS["wide"], **look})
        name = f"mainstem_session_{urlsplit(self.address).port}"
        token = self._kept.session(f"{role.label}@example.org", role)
        context.add_cookies([{"name": name, "value": token, "url": self.address}])
        return context.new_page()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, serve_app: ServeApp, assets: Assets) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("project")
    (folder / "mainstem.toml").write_text(SETTINGS)
    (folder / "tracking-plan").mkdir()
    (folder / "tracking-plan" / "website.yml").write_text(PLAN)
    project = open_project(folder)
    warehouse = MemoryWarehouse()
    log = EventLog()
    for number in range(60):
        _send(log, number)
    Loader(log, warehouse, project.sources(), LoadSettings()).run_once()
    refresh_in(project, warehouse)
    kept = MemoryAccounts()
    services = Services(
        CannedExplorer(Project(), lambda _: pytest.fail("no page of these asks an explore")),
        "1.2.3",
        catalogue=WarehouseCatalogue(project, lambda: read_catalogue(warehouse)),
        queries=QueryLogInMemory(),
        accounts=kept.accounts,
    )
    app = build_app(services, WebSettings(), assets)
    with serve_app(app) as address:
        yield Site(address, kept)
    warehouse.close()


def _send(log: EventLog, number: int) -> None:
    at = (NOW - timedelta(days=20 - number / 3)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    context = {"library": {"name": "analytics-js", "version": "3.1"}, "app": {"version": f"1.{number // 30}"}}
    order: dict[str, object] = {"orderId": f"o{number}", "currency": "EUR", "total": number}
    if number > 50:
        order |= {"couponCode": "SPRING", "total": "a lot", "buyerEmail": f"{number}@example.com"}
    common: dict[str, object] = {"userId": f"u{number}", "type": "track", "context": context}
    for event, properties in (("Order Completed", order), (f"Viewed {'X' * 70}", {"sku": "s"})):
        sent = {**common, "messageId": f"{event}{number}", "event": event, "properties": properties}
        log.send(sent, received_at=at)


def test_an_engineer_finds_out_what_an_event_means(site: Site, browser: Browser) -> None:
    page = site.page(browser, Role.EXPLORER)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.goto(f"{site.address}/")
    page.get_by_role("link", name="Catalogue").first.click()
    expect(page.get_by_role("heading", name="Event catalogue")).to_be_visible()
    page.get_by_label("Events that hold these words").fill("coupon")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".catalogue-event")).to_have_count(1)
    page.get_by_role("link", name="Order Completed", exact=True).click()

    main = page.locator("main")
    expect(main).to_contain_text("Somebody paid.")
    expect(main).to_contain_text("growth team")
    expect(main).to_contain_text("analytics-js 3.1")
    coupon = page.get_by_role("row").filter(has_text="coupon_code")
    expect(coupon).to_contain_text("SPRING")
    expect(coupon).to_contain_text("not in plan")
    expect(coupon).to_contain_text("v 1.1")
    expect(coupon).to_contain_text("New")
    email = page.get_by_role("row").filter(has_text="buyer_email")
    expect(email).to_contain_text("it may be personal (email)")
    expect(main).not_to_contain_text("@example.com")
    expect(page.get_by_role("row").filter(has_text="properties.total")).to_contain_text("9 did not fit")

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy SQL").click()
    assert "FROM lake.website.order_completed" in page.evaluate("() => navigator.clipboard.readText()")
    page.go_back()
    expect(page.locator(".catalogue-event")).to_have_count(1)
    page.get_by_role("link", name="Type conflicts").click()
    expect(page.locator(".catalogue-event")).to_have_count(1)
    page.locator("body").press("/")
    page.keyboard.type("coupon")
    page.get_by_role("option").filter(has_text="coupon_code").click()
    expect(page.locator("#p-coupon_code")).to_be_in_viewport()
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_sound_in_every_look(site: Site, browser: Browser, look: str) -> None:
    page = site.page(browser, Role.ADMIN, **LOOKS[look])
    found = {}
    events = ("", "?q=order", "?q=nothing", "/website/order_completed", f"/website/viewed_{'x' * 70}")
    for path in (
        *(f"/catalogue{e}" for e in events),
        "/queries",
        "/queries?view=frequent",
        "/queries?view=users",
    ):
        page.goto(f"{site.address}{path}")
        for more in page.locator("main .more summary").all()[:2]:
            more.click()
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
        problems = problems_of(page)
        if problems:
            found[path] = problems
    assert found == {}
    page.context.close()


def test_an_administrator_sees_who_asked_what(site: Site, browser: Browser) -> None:
    page = site.page(browser, Role.ADMIN)
    page.goto(f"{site.address}/queries")
    expect(page.get_by_role("row").filter(has_text="ann@example.org")).to_contain_text("1.25 s")
    page.locator("main .more summary").last.click()
    expect(page.locator("main pre:visible")).to_contain_text("FROM lake.analytics.visits")
    page.get_by_label("User", exact=True).fill("bob")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("rowheader")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("Binder Error")
    page.get_by_role("link", name="Most frequent").click()
    expect(page.get_by_role("link", name="runs of a1b2c3")).to_be_visible()
    page.context.close()
