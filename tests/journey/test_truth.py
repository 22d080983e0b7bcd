"""How a number is trusted, in a real browser: the mark, the drawer by keyboard, why it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from mainstem.query.result import ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.semantics.dashboard import Dashboard, Element, ElementType
from mainstem.semantics.model import Origin
from mainstem.semantics.project import Project
from mainstem.testing.canned_truth import CannedTruth
from mainstem.testing.explorer import CannedExplorer
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.visit import Watched, page_of
from mainstem.web import Assets, Services, WebSettings, build_app
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser
    from starlette.types import ASGIApp

    from mainstem.query.request import Request

    ServeApp = Callable[[ASGIApp], AbstractContextManager[str]]

pytestmark = pytest.mark.journey

WIDE = {"viewport": {"width": 1280, "height": 860}}
HERE = Origin("health.dashboard.lookml", 7)
VISITS = OutputColumn(
    name="visits.count", label="Visits", field_label="Visits", kind=ColumnKind.MEASURE, type=OutputType.NUMBER
)
TILE = Element(
    name="visits",
    title="Visits",
    type=ElementType.SINGLE_VALUE,
    model="m",
    explore="visits",
    fields=("visits.count",),
    origin=HERE,
)
BOARD = Dashboard(name="health", title="Health", layout="newspaper", origin=HERE, elements=(TILE,))


def answer(request: Request) -> QueryResult:
    sql = "SELECT COUNT(*) FROM analytics.visits AS visits"
    return QueryResult(columns=(VISITS,), rows=[(114,)], sql=sql, seconds=0.01)


@pytest.fixture
def visit(
    browser: Browser,
    serve_app: ServeApp,
    assets: Assets,
) -> Iterator[Watched]:
    kept, desk = MemoryAccounts(), CannedTruth()
    explorer = CannedExplorer(Project(dashboards={"health": BOARD}), answer)
    services = Services(explorer, "1.2.3", truth=desk, changes=desk, accounts=kept.accounts)
    app = build_app(services, WebSettings(), assets)
    with (
        serve_app(app) as site,
        page_of(browser, site, kept, "vic@example.org", Role.VIEWER, WIDE) as page,
    ):
        yield Watched(page, site)


def test_a_late_number_is_followed_to_its_event_and_its_change_is_explained(visit: Watched) -> None:
    page = visit.page
    page.goto(f"{visit.site}/dashboards/health")
    mark = page.locator("[data-tile=visits] a.truth-mark")
    expect(mark).to_contain_text("late")

    # The drawer, by the keyboard, and back to where one was.
    mark.focus()
    page.keyboard.press("Enter")
    drawer = page.locator("dialog.truth-drawer")
    expect(drawer.locator("[data-step=source]")).to_contain_text("web.pages")
    expect(drawer).to_contain_text("expected within 2 hours")
    assert "SELECT" not in drawer.inner_text()
    page.keyboard.press("Escape")
    expect(mark).to_be_focused()

    # Why it changed: the page, and the piece that it asks for.
    page.keyboard.press("Enter")
    drawer.get_by_role("link", name="Why did this number change?").click()
    expect(page.locator(".why-sentence")).to_have_text("+14: 12 new, 3 late, −1 changed rows")
    expect(page.locator("mainstem-chart svg")).to_be_visible()
    expect(page.locator("tr[data-row=changed]")).to_contain_text("v1")
    assert visit.complaints == []
