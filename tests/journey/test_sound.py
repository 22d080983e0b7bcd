"""Every page of the application, wide and narrow, light and dark: nothing is wrong with any, and none scrolls
sideways. A page is opened once; its look changes under it, as a person's does at dusk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error, expect

from mainstem.testing.sound import problems_of
from mainstem.testing.visit import Watched, page_of
from mainstem.testing.whole_site import EXPLORE, FUNNEL, open_whole_site
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page
    from starlette.types import ASGIApp

    from mainstem.testing.whole_site import WholeSite
    from mainstem.web import Assets

    ServeApp = Callable[[ASGIApp], AbstractContextManager[str]]

pytestmark = pytest.mark.journey

ASKED = f"{EXPLORE}?fields=visits.at_week,visits.country,visits.visits,visits.pages"
FILTERS = "&".join(f"f[visits.{name}]=" for name in ("person", "page", "at_date", "visits", "key"))
CALCULATED = (
    '&dynamic_fields=[{"table_calculation":"half","label":"Half","expression":"${visits.visits}%2F2"}]'
)
AREAS: dict[str, tuple[str, ...]] = {
    "frame": (
        *("/gallery", "/dashboards", "/explores", "/explores/visits/visits"),
        *("/explores/visits/visits/fields/visits.person", "/search?q=visit", "/nowhere"),
        *("/account", "/models", "/models/visits", "/sources", "/catalogue", "/publications", "/audit"),
        *("/users", "/users/{user}", "/groups", "/groups/{group}"),
    ),
    "connectors": ("/connectors", "/connectors/helpdesk", "/connectors/shop", "/connectors/leads"),
    "explores": (
        EXPLORE,
        f"{ASKED}&pivots=visits.country&total=on&row_total=right",
        f"{ASKED}&look",
        f"{ASKED}&{FILTERS}",
        f"{ASKED}{CALCULATED}&column",
        f"{EXPLORE}?fields=visits.person&f[visits.person]=nobody",
        f"{EXPLORE}?fields=visits.gone",
        f"{EXPLORE}?fields=visits.visits&edit=calculation&edit_expression=1%2B",
        f"{EXPLORE}?fields=visits.visits&edit=group&edit_field=visits.country",
        f"{EXPLORE}?fields=visits.visits&edit=measure",
        f"{EXPLORE}/lookml?fields=visits.person",
        "/questions",
    ),
    "dashboards": (
        "/dashboards/everything",
        *(f"/dashboards/short?{opened}" for opened in ("filters", "data", "drawer", "files", "menu")),
        "/truth?dashboard=everything&tile=value",
        "/truth/question?ask=/explore/visits/visits%3Ffields%3Dvisits.visits",
        "/truth/field?model=visits&explore=visits&field=visits.person",
        "/truth/model?name=visits",
        "/why?dashboard=everything&tile=value",
    ),
    "cohorts": (
        "/cohorts",
        "/cohorts/new",
        f"/cohorts/new?{FUNNEL}",
        f"/cohorts/new?{FUNNEL}&pick=%7B%22type%22%3A%22funnel%22%2C%22step%22%3A1%7D",
        "/cohorts/new?kind=retention&s1=visits&s1e=page&s2=visits&s2e=page&span=week",
        "/cohorts/new?kind=paths&s1=visits&s1e=page&r1=visits",
        "/cohorts/those-who-came",
    ),
}
PRESSED = {
    "look": "#answer-look > summary",
    "column": "#answer .column > summary",
    "filters": "[data-filter] summary",
    "data": "[data-tile=bar] .tile-tools button",
    "drawer": "[data-tile=bar] a.truth-mark",
    "files": "#board-files summary",
    "menu": "[data-tile=bar] .tile-menu summary",
}
"""What is opened on a page whose address ends in a word that only this test knows."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, assets: Assets) -> Iterator[WholeSite]:
    folder = tmp_path_factory.mktemp("site")
    found = open_whole_site(folder, assets)
    yield found
    found.warehouse.close()


@pytest.fixture(scope="module")
def site(whole: WholeSite, serve_app: ServeApp) -> Iterator[str]:
    with serve_app(whole.app) as address:
        yield address


def settled(page: Page) -> None:
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=20_000)
    expect(page.locator("mainstem-chart:not([data-drawn]):visible")).to_have_count(0, timeout=20_000)


def wrong_with(page: Page) -> list[str]:
    """In all four looks. The rest of the rules differ with the width and never with the theme."""
    found = []
    for width, theme, whole in (
        (1280, "light", True),
        (1280, "dark", False),
        (390, "dark", True),
        (390, "light", False),
    ):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type] # both are themes
        settled(page)
        said = problems_of(page, colours_alone=not whole)
        try:  # a drawing is made anew a moment after its room has changed
            page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth", timeout=20_000)
        except Error:
            said.append("it scrolls sideways")
        found += [f"{width} {theme}: {one}" for one in said]
    return found


def opened(page: Page, path: str) -> None:
    settled(page)
    for word, selector in PRESSED.items():
        if path.endswith((f"?{word}", f"&{word}")):
            page.locator(selector).first.click()
            settled(page)


@pytest.mark.parametrize("area", AREAS)
def test_nothing_is_wrong_with_any_page_in_any_look(
    area: str, browser: Browser, whole: WholeSite, site: str
) -> None:
    kept = whole.kept
    user = kept.user("bob@example.org", Role.EXPLORER)
    group = kept.accounts.groups.all()[0].id
    with page_of(browser, site, kept, "ada@example.org", Role.ADMIN, {}) as page:
        watched, found = Watched(page, site), {}
        for path in AREAS[area]:
            page.set_viewport_size({"width": 1280, "height": 844})
            page.emulate_media(color_scheme="light", reduced_motion="reduce")
            page.goto(site + path.replace("{user}", str(user)).replace("{group}", str(group)))
            opened(page, path)
            if problems := wrong_with(page):
                found[path] = problems
    assert found == {}, "\n".join(f"{path}\n  " + "\n  ".join(said) for path, said in found.items())
    assert [one for one in watched.complaints if "status of 400" not in one] == []
