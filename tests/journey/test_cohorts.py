"""People who dropped off a funnel are kept and looked at: by keyboard, from the question to the filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from mainstem.testing.sound import problems_of
from mainstem.testing.visit import Watched, page_of
from mainstem.testing.whole_site import EXPLORE, open_whole_site
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Browser
    from starlette.types import ASGIApp

    from mainstem.web import Assets

    ServeApp = Callable[[ASGIApp], AbstractContextManager[str]]

pytestmark = pytest.mark.journey


def test_those_who_dropped_off_are_kept_and_filter_an_explore(
    browser: Browser, tmp_path: Path, assets: Assets, serve_app: ServeApp
) -> None:
    whole = open_whole_site(tmp_path, assets)
    with (
        serve_app(whole.app) as site,
        page_of(browser, site, whole.kept, "ann@example.org", Role.EXPLORER, {}) as page,
    ):
        watched = Watched(page, site)
        page.goto(f"{site}/cohorts/new")
        page.locator("[name=s1e]").fill("page")
        page.locator("[name=s2e]").fill("trial")
        page.locator("[name=window]").fill("2 hours")
        page.locator("[name=s2e]").press("Enter")
        expect(page.locator("#answer .answer-line")).to_contain_text("people began")
        dropped = page.locator("#answer a[aria-label*='dropped off after step 1']").first
        count = (dropped.text_content() or "").strip()
        dropped.press("Enter")
        page.locator("#save [name=title]").fill("Never tried")
        page.keyboard.press("Enter")
        page.wait_for_url("**/cohorts/never-tried")

        page.goto(f"{site}{EXPLORE}?fields=visits.person&f[visits.person]=")
        page.get_by_label("How Person is filtered").select_option("in_cohort")
        cohort = page.get_by_role("combobox", name="Cohort of Person")
        cohort.press("ArrowDown")
        expect(page.get_by_role("option", name="Never tried")).to_be_visible()
        cohort.press("ArrowDown")
        cohort.press("Enter")
        expect(page.get_by_text("Person is in cohort never-tried")).to_be_visible()
        assert problems_of(page) == []
        page.locator("#filter-0-expression").press("Enter")
        expect(page.locator(".answer-line strong")).to_have_text(f"{count} rows")
        assert watched.complaints == []
    whole.warehouse.close()
