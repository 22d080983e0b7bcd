"""The whole road: a browser loads a page with the RudderStack SDK, and a number on the dashboard grows."""

from __future__ import annotations

import functools
import http.server
import os
import re
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]  # whole builds, one after another

SIZE = ("--months", "8", "--size", "40")
PATIENCE_SECONDS = 600.0

SHOP = """<!doctype html><title>Shop</title><script type="module">
import { RudderAnalytics } from "/sdk/index.mjs";
const analytics = new RudderAnalytics();
analytics.load("demo-website", "GATEWAY", { configUrl: "GATEWAY", sendAdblockPage: false });
analytics.ready(() => {
  for (let n = 0; n < 3; n++) analytics.page(`Shelf ${n}`, { path: `/shelf/${n}` });
  for (let n = 0; n < 2; n++) analytics.track("Download Clicked", { platform: "linux" });
  document.title = "sent";
});
</script>"""


class Demo:
    """A running `mainstem demo` and what it printed."""

    def __init__(self, folder: Path, *, serving: bool = True) -> None:
        """Returns when it serves; with `serving` false, as soon as it builds the models."""
        self.folder = folder
        command = [sys.executable, "-m", "mainstem", "demo", "--dir", str(folder), *SIZE]
        self.process = subprocess.Popen(
            [*command, "--port", "0", "--gateway-port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.lines: list[str] = []
        if not serving:
            self._said("^(building) ")
            threading.Thread(target=self._keep_reading, daemon=True).start()
            return
        self.web = self._said(r"^Dashboards\s+(\S+?)/?$")
        self.login_link = self._said(r"^Log in\s+(\S+)")
        self.gateway = self._said(r"^Data plane\s+(\S+)")
        threading.Thread(target=self._keep_reading, daemon=True).start()

    def _said(self, pattern: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if found := re.search(pattern, line.rstrip()):
                return found.group(1)
        raise AssertionError("the demo ended early:\n" + "\n".join(self.lines))

    def _keep_reading(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(line.rstrip() for line in self.process.stdout)

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo") / "project")
    yield running
    running.end()


@pytest.fixture(scope="module")
def shop(demo: Demo, tmp_path_factory: pytest.TempPathFactory, npm: Path) -> Iterator[str]:
    """A site of somebody's that loads the SDK as npm delivers it."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "index.html").write_text(SHOP.replace("GATEWAY", demo.gateway), encoding="utf-8")
    (folder / "sdk").symlink_to(npm / "@rudderstack/analytics-js/dist/npm/modern/bundled/esm")
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}  # noqa: RUF012 # http.server's own way

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # its name in the base class
        pass


def tile(page: Page, name: str) -> int:
    """The number a tile shows, once it has loaded."""
    found = page.locator(f'[data-tile="{name}"][data-value]')
    found.wait_for()
    return int(found.get_attribute("data-value") or "")


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"never came true: {what}"


def test_events_of_the_browser_sdk_become_numbers_on_the_dashboard(
    demo: Demo, shop: str, browser: Browser
) -> None:
    dashboard = browser.new_page()
    dashboard.goto(demo.login_link)
    address = f"{demo.web}/dashboards/health"
    dashboard.wait_for_url(re.compile(r"/dashboards/\w+$"))
    dashboard.goto(address)
    views, downloads = tile(dashboard, "page_views"), tile(dashboard, "downloads")

    visitor = browser.new_page()
    visitor.goto(shop)
    visitor.wait_for_function("document.title === 'sent'")

    def numbers() -> tuple[int, int]:
        dashboard.goto(address)
        return tile(dashboard, "page_views"), tile(dashboard, "downloads")

    seen: list[tuple[int, int]] = []
    until(lambda: seen.append(numbers()) or seen[-1] >= (views + 3, downloads + 2), "the tiles grow")  # type: ignore[func-returns-value] # append's None leads to the comparison
    assert seen[-1] == (views + 3, downloads + 2)
    visitor.close()
    dashboard.close()


def test_the_demo_says_what_it_does_and_its_counts_agree(demo: Demo) -> None:
    printed = "\n".join(demo.lines)
    found = re.findall(r"^(?:sent|accepted|loaded) +([\d,]+) messages", printed, re.MULTILINE)
    assert len(found) == 3
    assert len(set(found)) == 1
    assert re.search(r"^tests +\d+ \(0 failed\)$", printed, re.MULTILINE)


def test_an_interrupt_ends_every_process_and_the_next_run_goes_on_with_the_data(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    first = Demo(folder, serving=False)
    children = first.children()
    assert len(children) >= 5
    assert first.end(signal.SIGINT) == 130
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []

    second = Demo(folder)
    assert any("on an earlier run" in line for line in second.lines)
    assert second.end(signal.SIGTERM) == 0


def test_a_second_demo_on_the_same_folder_is_refused(demo: Demo) -> None:
    command = [sys.executable, "-m", "mainstem", "demo", "--once", "--dir", str(demo.folder), *SIZE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is already running" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("[web]", "prot = 1", r"mainstem\.toml:\d+: \[web\] has no setting 'prot'"),
        ("[load]", "commit_interval_s = 'often'", r"mainstem\.toml:\d+: load\.commit_interval_s"),
    ],
)
def test_a_wrong_setting_ends_the_run_with_its_place(
    tmp_path: Path, setting: str, value: str, said: str
) -> None:
    from mainstem.assemble.demo.project import demo_project

    demo_project(tmp_path / "p")
    with (tmp_path / "p" / "mainstem.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{setting}\n{value}\n")
    command = [sys.executable, "-m", "mainstem", "up", "--project", str(tmp_path / "p")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert re.search(said, done.stderr)
    assert "Traceback" not in done.stderr
