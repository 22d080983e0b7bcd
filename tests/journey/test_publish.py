"""Publishing as people meet it: a build fails, the dashboard says so and keeps its numbers; one goes back."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.journey, pytest.mark.timeout(1200)]  # whole builds, one after another

SIZE = ("--months", "8", "--size", "40")
PATIENCE_SECONDS = 600.0


class Stack:
    """A running demo: every process of a project, and a loop that builds when events have come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "mainstem", "demo", "--dir", str(folder), *SIZE]
        with (folder.parent / "printed.txt").open("w", encoding="utf-8") as printed:
            self.process = subprocess.Popen(
                [*command, "--port", "0", "--gateway-port", "0"],
                stdout=printed,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        self.web = self._said(r"^Dashboards\s+(\S+?)/?$")
        self.login_link = self._said(r"^Log in\s+(\S+)")
        self.gateway = self._said(r"^Data plane\s+(\S+)")

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
        """Somebody looks at the website; the demo loads it and builds again."""
        body = {"anonymousId": "somebody", "name": "Home", "properties": {"path": "/"}}
        key = base64.b64encode(b"demo-website:").decode()
        request = urllib.request.Request(
            f"{self.gateway}/v1/page",
            json.dumps(body).encode(),
            {"authorization": f"Basic {key}", "content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200

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


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("published") / "project")
    yield running
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
    page.goto(f"{stack.web}/dashboards/health")
    tile = page.locator('[data-tile="page_views"][data-value]')
    tile.wait_for()
    return int(tile.get_attribute("data-value") or "")


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

    def is_told() -> bool:
        assert dashboard(page, stack) == before
        return notice.count() == 1

    until(is_told, "the dashboard tells of the failed build", stack.alive)
    expect(notice).to_contain_text("The last build failed")
    expect(notice).to_contain_text("assert_all_is_well")
    picture(page, "failed")

    stack.break_test(False)
    assert stack.build() == "published"
    until(lambda: dashboard(page, stack) == before + 1, "the page view is counted", stack.alive)
    expect(notice).to_have_count(0)

    page.goto(f"{stack.web}/publications")
    shown = page.locator("[data-current]")
    newest = int(shown.get_attribute("data-current") or "")
    picture(page, "publications")
    page.get_by_role("button", name="again and hold back later builds").first.click()
    expect(shown).not_to_have_attribute("data-current", str(newest))
    expect(notice).to_contain_text("An earlier build is shown")
    picture(page, "rolled_back")
    assert dashboard(page, stack) == before
    expect(notice).to_contain_text("Later builds are held back")

    assert stack.build().startswith("not published")
    assert dashboard(page, stack) == before
    page.goto(f"{stack.web}/publications")
    page.get_by_role("button", name="End the hold").click()
    expect(shown).to_have_attribute("data-current", str(newest + 1))
    assert dashboard(page, stack) == before + 1
    expect(notice).to_have_count(0)


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
