"""Publishing as people meet it: a build fails, the dashboard says so and keeps its numbers; one goes back."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from mainstem.assemble.accounts import login_link, open_accounts
from mainstem.assemble.demo.counting import loaded_to, log_end
from mainstem.assemble.project import open_project
from mainstem.assemble.warehouse import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.journey

PATIENCE_SECONDS = 120.0
PROJECT = {
    "mainstem.toml": """
        [project]
        name = "Shop"
        data_dir = "data"
        [[sources]]
        id = "website"
        name = "Website"
        type = "Javascript"
        write_keys = ["shop"]
        [transform]
        project_dir = "dbt"
        [semantics]
        project_dir = "lookml"
    """,
    "dbt/dbt_project.yml": """
        name: shop
        version: "1.0.0"
        config-version: 2
        profile: mainstem
    """,
    "dbt/models/views.sql": "select id, path from website.pages",
    "lookml/shop.model.lkml": """
        connection: "warehouse"
        include: "shop.dashboard.lookml"
        explore: views {}
        view: views {
          sql_table_name: analytics.views ;;
          dimension: id { primary_key: yes type: string sql: ${TABLE}.id ;; }
          measure: page_views { type: count }
        }
    """,
    "lookml/shop.dashboard.lookml": """
        - dashboard: shop
          title: Shop
          elements:
          - name: page_views
            title: Page views
            model: shop
            explore: views
            type: single_value
            fields: [views.page_views]
    """,
}
"""One model and one tile: what publishing promises does not depend on how much there is to build."""


class Stack:
    """A running project, every process of it; it builds when it is asked to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in PROJECT.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")
        command = [sys.executable, "-m", "mainstem", "up", "--project", str(folder)]
        with (folder.parent / "printed.txt").open("w", encoding="utf-8") as printed:
            self.process = subprocess.Popen(
                [*command, "--port", "0", "--gateway-port", "0"],
                stdout=printed,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        try:
            self._until_ready()
        except BaseException:
            self.end()
            raise

    def _until_ready(self) -> None:
        self.web = self._said(r"^web +\| ready: (\S+)")
        self.gateway = self._said(r"^collect +\| ready: (\S+)")
        self._said(r"^ +(http\S+/login/link/)")  # the first administrator's; a later link takes its place
        self.project = open_project(self.folder)
        with open_accounts(self.project, "test") as accounts:
            self.login_link = self.web + login_link(accounts)

    def printed(self) -> str:
        return (self.folder.parent / "printed.txt").read_text(encoding="utf-8")

    def _said(self, pattern: str) -> str:
        until(lambda: re.search(pattern, self.printed(), re.MULTILINE) is not None, pattern, self.alive)
        found = re.search(pattern, self.printed(), re.MULTILINE)
        assert found is not None
        return found.group(1)

    def alive(self) -> None:
        assert self.process.poll() is None, self.printed()

    def break_test(self, broken: bool) -> None:
        test = self.folder / "dbt" / "tests" / "assert_all_is_well.sql"
        test.parent.mkdir(exist_ok=True)
        test.write_text("select 'it is not' as problem" + ("" if broken else " where false"), "utf-8")

    def view_a_page(self) -> None:
        """Somebody looks at the website; returns once that is loaded."""
        body = {"anonymousId": "somebody", "name": "Home", "properties": {"path": "/"}}
        request = urllib.request.Request(
            f"{self.gateway}/v1/page?writeKey=shop",
            json.dumps(body).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200
        data_dir = self.project.data_dir
        end = log_end(data_dir)
        with closing(open_warehouse(self.project, read_only=True)) as warehouse:
            until(lambda: loaded_to(data_dir, warehouse, end), "the page view is loaded", self.alive)

    def build(self) -> str:
        """`mainstem build`; what it says came of it."""
        command = [sys.executable, "-m", "mainstem", "build", "--project", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(r"^build \d+: (.*)$", done.stdout, re.MULTILINE)
        assert found is not None, done.stdout + done.stderr
        return found.group(1)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


def until(condition: Callable[[], bool], what: str, check: Callable[[], None] = lambda: None) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        check()
        assert time.monotonic() < deadline, f"never came true: {what}"
        time.sleep(0.05)  # two processors: the stack needs them


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("published")
    folder.chmod(0o755)  # run by root, Postgres is another user's and must get in
    running = Stack(folder / "project")
    try:
        running.view_a_page()
        assert running.build() == "published"
        yield running
    finally:
        running.end()


@pytest.fixture(scope="module")
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(stack.login_link)
    page.wait_for_url(re.compile(r"/dashboards/\w+$"))
    yield page
    context.close()


def dashboard(page: Page, stack: Stack) -> int:
    """Open the dashboard; the number of page views it shows."""
    page.goto(f"{stack.web}/dashboards/shop")
    tile = page.locator('[data-tile="page_views"][data-value]')
    tile.wait_for()
    return int(tile.get_attribute("data-value") or "")


def comes_to_show(page: Page, stack: Stack, views: int, *told: str) -> None:
    """Open the dashboard until it shows so many page views and its notice says all of `told`; without
    `told`, until there is no notice. A page looks up what is published at most once a second."""

    def shown() -> bool:
        if dashboard(page, stack) != views:
            return False
        notices = page.locator("[data-publication-notice]").all_inner_texts()
        return all(any(words in text for text in notices) for words in told) and bool(told) == bool(notices)

    until(shown, f"{views} page views, told of {told}", stack.alive)


def picture(page: Page, name: str) -> None:
    """Kept where `MAINSTEM_PICTURES` says, to be looked at."""
    if folder := os.environ.get("MAINSTEM_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_failing_build_is_told_and_changes_no_number_until_somebody_goes_on_or_back(
    stack: Stack, page: Page
) -> None:
    notice = page.locator("[data-publication-notice]")
    before = dashboard(page, stack)
    expect(page.locator("[data-published]")).to_contain_text("tests passed")
    expect(notice).to_have_count(0)
    picture(page, "published")

    stack.break_test(True)
    stack.view_a_page()
    assert stack.build().startswith("not published")
    comes_to_show(page, stack, before, "The last build failed", "assert_all_is_well")
    picture(page, "failed")

    stack.break_test(False)
    assert stack.build() == "published"
    comes_to_show(page, stack, before + 1)

    page.goto(f"{stack.web}/publications")
    shown = page.locator("[data-current]")
    newest = int(shown.get_attribute("data-current") or "")
    picture(page, "publications")
    page.get_by_role("button", name="again and hold back later builds").first.click()
    expect(shown).not_to_have_attribute("data-current", str(newest))
    expect(notice).to_contain_text("An earlier build is shown")
    picture(page, "rolled_back")
    comes_to_show(page, stack, before, "Later builds are held back")

    assert stack.build().startswith("not published")
    comes_to_show(page, stack, before, "Later builds are held back")
    page.goto(f"{stack.web}/publications")
    page.get_by_role("button", name="End the hold").click()
    expect(shown).to_have_attribute("data-current", str(newest + 1))
    comes_to_show(page, stack, before + 1)


@pytest.mark.parametrize(
    "look",
    [{"viewport": {"width": 390, "height": 844}}, {"color_scheme": "dark"}],
    ids=["on a phone", "in the dark"],
)
def test_the_history_is_read_on_a_phone_and_in_the_dark(
    stack: Stack, page: Page, browser: Browser, look: dict[str, object]
) -> None:
    context = browser.new_context(storage_state=page.context.storage_state(), **look)  # type: ignore[arg-type] # options of a context
    try:
        own = context.new_page()
        own.goto(f"{stack.web}/publications")
        expect(own.locator("[data-build]").first).to_be_visible()
        wide = own.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, "the page itself does not scroll sideways"
        picture(own, "dark" if "color_scheme" in look else "phone")
    finally:
        context.close()
