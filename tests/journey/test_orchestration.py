"""Runs in a real browser beside a real runner: asked for, watched, mended; and every page in every look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from mainstem.assemble.runs import runs_desk
from mainstem.manifest import Dag, Manifest
from mainstem.semantics.project import Project
from mainstem.testing.explorer import CannedExplorer
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.runner import RunnerPlace, running, shell
from mainstem.testing.runs_scene import scene
from mainstem.testing.sound import problems_of
from mainstem.testing.visit import Watched, page_of
from mainstem.web import Assets, Services, WebSettings, build_app
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Browser
    from starlette.types import ASGIApp

    from mainstem.config import PostgresAddress
    from mainstem.store import Database
    from mainstem.web.orchestration import OrchestrationDesk

    ServeApp = Callable[[ASGIApp], AbstractContextManager[str]]

pytestmark = pytest.mark.journey

WIDE: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}
DARK: dict[str, Any] = {"color_scheme": "dark"}
LOOKS = {"wide": WIDE, "dark phone": PHONE | DARK}
COUNTING = "n=0; until [ -e {go} ]; do n=$((n+1)); echo line $n; sleep 0.05; done; echo seen; cat {answer}"
"""Says something twenty times a second until it is let go; then ends well once there is an answer."""


def app_of(desk: OrchestrationDesk, kept: MemoryAccounts, assets: Assets) -> ASGIApp:
    explorer = CannedExplorer(Project(), lambda _: pytest.fail("no page of these asks the warehouse"))
    services = Services(explorer, "1.2.3", orchestration=desk, accounts=kept.accounts)
    return build_app(services, WebSettings(), assets)


def test_a_run_is_triggered_watched_to_fail_and_cleared_to_succeed(
    catalog: PostgresAddress,
    database: Database,
    tmp_path: Path,
    browser: Browser,
    serve_app: ServeApp,
    assets: Assets,
) -> None:
    go, answer, kept = tmp_path / "go", tmp_path / "answer", MemoryAccounts()
    counting = shell("count", COUNTING.format(go=go, answer=answer))
    dag = Dag(
        "counting", (counting, shell("after", "echo done", "count")), "Counts, then looks for an answer"
    )
    place = RunnerPlace.at(catalog, tmp_path, Manifest("test", (dag,)))
    app = app_of(runs_desk(database, place.runs), kept, assets)
    with (
        running(place),
        serve_app(app) as site,
        page_of(browser, site, kept, "dev@example.org", Role.DEVELOPER, WIDE) as page,
    ):
        watched = Watched(page, site)
        page.goto(f"{site}/dags")
        expect(page.get_by_text("Runner alive")).to_be_visible()
        page.get_by_role("link", name="counting").click()
        expect(page.get_by_text("No run yet")).to_be_visible()
        page.get_by_role("button", name="Trigger").click()
        page.get_by_role("dialog").get_by_role("button", name="Trigger").click()
        run = page.locator("h1 + .run-line [data-run-state]")
        expect(run).to_have_attribute("data-run-state", "running", timeout=20_000)

        page.get_by_role("link", name="count", exact=True).click()
        lines = page.locator("[data-log-body] li")
        expect(lines.filter(has_text="line 3")).not_to_have_count(0)
        count = lines.count()
        expect(lines.nth(count + 10)).to_be_attached(timeout=20_000)
        go.touch()
        expect(page.locator("[data-log-state]")).to_have_text("Ended", timeout=20_000)
        expect(lines.last).to_contain_text("[mainstem] failed: exit 1")
        expect(page.get_by_text(re.compile(r"Try 1.*exit 1"))).to_be_visible()
        task = page.locator("h1 + .run-line [data-run-state]")
        expect(task).to_have_attribute("data-run-state", "failed", timeout=20_000)

        page.get_by_label("Search the whole log").fill("no such file")
        page.get_by_role("button", name="Find").click()
        found = page.locator("#log-found a")
        expect(found).to_have_count(1)
        found.click()
        expect(page.locator("li.is-asked")).to_contain_text("No such file")

        answer.write_text("forty-two\n")
        page.get_by_role("link", name="Clear").click()
        expect(page.get_by_role("heading", name="2 tasks would be cleared")).to_be_visible()
        page.get_by_label("And everything downstream").uncheck()
        expect(page.get_by_role("heading", name="1 task would be cleared")).to_be_visible()
        page.get_by_label("And everything downstream").check()
        page.get_by_role("button", name="Clear 2 tasks").click()
        expect(run).to_have_attribute("data-run-state", "success", timeout=20_000)
        expect(page.locator("[data-box=after]")).to_have_class(re.compile("graph-success"))
        page.locator("[data-box=count]").click()
        expect(lines.filter(has_text="forty-two")).to_have_count(1)
        expect(page.get_by_role("link", name=re.compile("Try 1"))).to_be_visible()
        assert watched.complaints == []
        assert [entry.action for entry in kept.state.entries] == ["run.triggered", "run.cleared"]


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_sound_in_every_look(
    browser: Browser, serve_app: ServeApp, assets: Assets, look: str
) -> None:
    runs, kept = scene(), MemoryAccounts()
    failed = [run for run in runs.runs["dbt_half_hourly"] if run.state == "failed"][-1]
    run = f"/dags/dbt_half_hourly/runs/{quote(failed.run_id, safe='')}"
    pages = (
        "/dags",
        "/dags?state=failed&q=zebra",
        "/dags/dbt_half_hourly",
        "/dags/dbt_nightly/graph",
        "/dags/dbt_half_hourly/details",
        "/dags/dbt_half_hourly/code",
        "/dags/one_off_repairs",
        run,
        f"{run}/tasks/identity",
        f"{run}/tasks/publish",
        f"{run}/clear?tasks=identity",
        "/dags/dbt_nightly/backfill?from=2026-11-10&to=2026-11-16",
        "/assets",
    )
    found = {}
    with (
        serve_app(app_of(runs.desk, kept, assets)) as site,
        page_of(browser, site, kept, "ada@example.org", Role.ADMIN, LOOKS[look]) as page,
    ):
        watched = Watched(page, site)
        for path in pages:
            page.goto(site + path)
            assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
            problems = problems_of(page)
            if problems:
                found[path] = problems
    assert found == {}
    assert watched.complaints == []


def test_the_grid_is_walked_with_arrow_keys_and_followed_without_losing_ones_place(
    browser: Browser, serve_app: ServeApp, assets: Assets
) -> None:
    runs, kept = scene(), MemoryAccounts()
    with (
        serve_app(app_of(runs.desk, kept, assets)) as site,
        page_of(browser, site, kept, "ada@example.org", Role.VIEWER, WIDE) as page,
    ):
        page.goto(f"{site}/dags/dbt_half_hourly?runs=100")
        newest = page.locator(".grid-run").last
        expect(newest).to_be_in_viewport()
        newest.focus()
        for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowLeft"):
            page.keyboard.press(key)
        focused = page.locator("[data-run-grid] a:focus")
        expect(focused).to_have_attribute("aria-label", re.compile("^sessions, success"))
        place = focused.get_attribute("href") or ""
        (run_id,) = [
            run.run_id for run in runs.runs["dbt_half_hourly"] if quote(run.run_id, safe="") in place
        ]
        old = focused.evaluate_handle("(e) => e")
        instance = runs.instances["dbt_half_hourly", run_id].pop("load")
        expect(page.locator(f'[href="{place.replace("sessions", "load")}"]')).to_have_count(0, timeout=30_000)
        assert instance.task_id == "load"
        assert not old.evaluate("(e) => e.isConnected"), "the grid was replaced"
        expect(focused).to_have_attribute("href", place)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("sessions")
