"""Sources in a real browser beside a real gateway: what is sent is seen, what is written is followed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from mainstem.assemble.project import open_project
from mainstem.assemble.source_desk import ProjectSources
from mainstem.assemble.watch import LiveProject
from mainstem.semantics.project import Project
from mainstem.testing.explorer import CannedExplorer
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.sound import problems_of
from mainstem.web import Assets, Services, WebSettings, build_app
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Browser, Page
    from starlette.types import ASGIApp

    ServeApp = Callable[[ASGIApp], AbstractContextManager[str]]

pytestmark = pytest.mark.journey

SETTINGS = """
[project]
data_dir = "kept"
[[sources]]
id = "web"
name = "Website"
type = "Javascript"
write_keys = ["A"]
"""
ANOTHER = """
[[sources]]
id = "app"
name = "Mobile app"
type = "Flutter"
write_keys = ["B"]
"""
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "dark phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


class Stack:
    """A gateway process, and the pages over the same project."""

    def __init__(self, folder: Path, gateway: str, web: str, kept: MemoryAccounts) -> None:
        self.file = folder / "mainstem.toml"
        self.gateway = gateway
        self.web = web
        self.kept = kept

    def send(self, event: object, key: str = "A", path: str = "/v1/batch") -> int:
        body = json.dumps({"batch": [event]} if path == "/v1/batch" else event).encode()
        try:
            with urllib.request.urlopen(f"{self.gateway}{path}?writeKey={key}", body) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as e:
            with e:
                return e.code

    def page(self, browser: Browser, **look: Any) -> Page:
        context = browser.new_context(**{**LOOKS["wide"], **look})
        name = f"mainstem_session_{urlsplit(self.web).port}"
        token = self.kept.session("ann@example.org", Role.EXPLORER)
        context.add_cookies([{"name": name, "value": token, "url": self.web}])
        return context.new_page()


@pytest.fixture
def stack(tmp_path: Path, assets: Assets, serve_app: ServeApp) -> Iterator[Stack]:
    (tmp_path / "mainstem.toml").write_text(SETTINGS)
    desk = ProjectSources(LiveProject(open_project(tmp_path)))
    process = subprocess.Popen(
        [sys.executable, "-m", "mainstem", "collect", "--config", str(tmp_path), "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAINSTEM_")},
    )
    kept = MemoryAccounts()
    explorer = CannedExplorer(Project(), lambda _: pytest.fail("no page of these asks the warehouse"))
    services = Services(explorer, "1.2.3", sources=desk, accounts=kept.accounts)
    with process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            found = re.search(r"http://\S+", line)
            assert found, line
            app = build_app(services, WebSettings(), assets)
            with serve_app(app) as web:
                yield Stack(tmp_path, found.group(), web, kept)
        finally:
            process.kill()


def test_an_event_is_seen_as_it_arrives_with_the_reason_where_it_is_held_back(
    stack: Stack, browser: Browser
) -> None:
    page = stack.page(browser)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.goto(f"{stack.web}/sources")
    page.get_by_role("link", name="Website", exact=True).click()
    expect(page.get_by_text("Waiting for the first event")).to_be_visible()
    page.get_by_role("link", name="Live").click()
    expect(page.get_by_text("No event yet")).to_be_visible()
    expect(page.get_by_text("Live", exact=True).last).to_be_visible()

    assert stack.send({"type": "track", "event": "Order Completed", "userId": "u1", "n": 1}) == 200
    rows = page.locator(".event")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("accepted")
    expect(rows.first).to_contain_text("Order Completed")
    assert stack.send({"type": "track", "event": "Nobody's"}) == 200
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("request neither has anonymousId nor userId")
    expect(page.get_by_text("No event yet")).to_be_hidden()

    rows.last.locator("summary").click()
    expect(rows.last.locator("pre")).to_contain_text('"n": 1')
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    rows.last.get_by_role("button", name="Copy event").click()
    expect(rows.last.get_by_role("button", name="Copy event")).to_have_text("Copied")
    assert json.loads(page.evaluate("() => navigator.clipboard.readText()"))["userId"] == "u1"

    page.get_by_role("button", name="Pause").click()
    expect(page).to_have_url(re.compile("paused=yes"))
    assert stack.send({"type": "page", "name": "Home", "userId": "u2"}) == 200
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Home")

    page.get_by_label("Outcome").select_option("quarantined")
    page.get_by_role("button", name="Show").click()
    expect(rows).to_have_count(1)
    page.go_back()
    expect(rows).to_have_count(3)
    page.get_by_role("link", name="Install").click()
    expect(page.get_by_role("region", name="First event").get_by_text("Events arrive")).to_be_visible()
    page.get_by_role("link", name="Quarantine").click()
    expect(page.get_by_role("heading", name="request neither has anonymousId nor userId")).to_be_visible()
    assert complaints == []
    page.context.close()


def test_a_source_that_is_written_while_all_runs_works_and_is_shown_and_its_key_rotates(
    stack: Stack, browser: Browser
) -> None:
    page = stack.page(browser)
    page.goto(f"{stack.web}/sources")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    assert stack.send({"userId": "u"}, "B", "/v1/track") == 401
    stack.file.write_text(SETTINGS + ANOTHER)
    page.reload()
    expect(page.get_by_role("rowheader")).to_have_count(2)
    page.get_by_role("link", name="Mobile app").click()
    expect(page.locator("pre").first).to_contain_text('initialize("B"')
    wait_for(page, lambda: stack.send({"userId": "u", "event": "First"}, "B", "/v1/track") == 200)
    expect(page.get_by_role("region", name="First event").get_by_text("Events arrive")).to_be_visible()

    stack.file.write_text(SETTINGS + ANOTHER.replace('["B"]', '["B", "B2"]'))
    wait_for(page, lambda: stack.send({"userId": "u"}, "B2", "/v1/track") == 200)
    assert stack.send({"userId": "u"}, "B", "/v1/track") == 200
    stack.file.write_text(SETTINGS + ANOTHER.replace('["B"]', '["B2"]'))
    wait_for(page, lambda: stack.send({"userId": "u"}, "B", "/v1/track") == 401)
    page.reload()
    expect(page.locator("pre").first).to_contain_text('initialize("B2"')

    stack.file.write_text(SETTINGS + "nonsense = 1\n")
    page.goto(f"{stack.web}/sources")
    expect(page.get_by_text("The settings do not check")).to_be_visible()
    expect(page.get_by_text("mainstem.toml:9: [[sources]] has no setting 'nonsense'")).to_be_visible()
    assert stack.send({"userId": "u"}, "B2", "/v1/track") == 200
    page.context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_of_a_source_is_sound_in_every_look(stack: Stack, browser: Browser, look: str) -> None:
    for number in range(3):
        stack.send({"type": "track", "event": f"Order {'x' * 90} {number}", "userId": "u" * 80})
        stack.send({"type": "track", "event": "Held"})
    page = stack.page(browser, **LOOKS[look])
    found = {}
    for path in ("", "/web", "/web/live", "/web/events", "/web/quarantine", "/web/settings"):
        page.goto(f"{stack.web}/sources{path}")
        for row in page.locator(".event summary").all()[:2]:
            row.click()
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), path
        problems = problems_of(page)
        if problems:
            found[path] = problems
    assert found == {}
    page.context.close()


def wait_for(page: Page, true: Callable[[], bool]) -> None:
    """Asks until it is so; the gateway looks at its settings once a second."""
    for _ in range(1200):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came true")
