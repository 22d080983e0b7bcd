"""The whole road: a browser loads a page with the RudderStack SDK, and a number on the dashboard grows."""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]  # whole builds, one after another

SIZE = ("--seed", "11", "--months", "20", "--size", "12")
"""Few customers, and long enough for releases that tell of threads."""
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

    def rebuilt(self) -> int:
        """How often it has said that the models were built again."""
        return sum(line.startswith("new events have come") for line in self.lines)

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@dataclass(frozen=True)
class Interrupted:
    """What came of a demo that was interrupted while it built."""

    folder: Path
    processes: int
    code: int
    alive: list[psutil.Process]


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Interrupted:
    first = Demo(tmp_path_factory.mktemp("demo") / "project", serving=False)
    children = first.children()
    code = first.end(signal.SIGINT)
    _, alive = psutil.wait_procs(children, timeout=30)
    return Interrupted(first.folder, len(children), code, alive)


@pytest.fixture(scope="module")
def demo(interrupted: Interrupted) -> Iterator[Demo]:
    """A demo that goes on where the interrupted one stopped: its events are there, its models are not."""
    running = Demo(interrupted.folder)
    yield running
    assert running.end(signal.SIGTERM) == 0


@pytest.fixture(scope="module")
def dashboards(demo: Demo, browser: Browser) -> Iterator[Page]:
    """A page of somebody who has logged in."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(demo.login_link)
    page.wait_for_url(re.compile(r"/dashboards/\w+$"))
    yield page
    page.close()


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
        time.sleep(0.05)  # two processors: the stack needs them


def test_events_of_the_browser_sdk_become_numbers_on_the_dashboard(
    demo: Demo, shop: str, dashboards: Page, browser: Browser
) -> None:
    address = f"{demo.web}/dashboards/health"
    dashboards.goto(address)
    views, downloads = tile(dashboards, "page_views"), tile(dashboards, "downloads")

    visitor = browser.new_page()
    visitor.goto(shop)
    visitor.wait_for_function("document.title === 'sent'")

    grown, builds = (views, downloads), 0
    while grown < (views + 3, downloads + 2):  # events may be loaded, and so built, in two parts
        until(lambda before=builds: demo.rebuilt() > before, "models are built again")  # type: ignore[misc] # a default holds the value of this round
        builds = demo.rebuilt()
        dashboards.goto(address)
        grown = tile(dashboards, "page_views"), tile(dashboards, "downloads")
    assert grown == (views + 3, downloads + 2)
    visitor.close()


DASHBOARDS = (
    "accounts", "adoption", "customer_journey", "engineering", "health", "product_threads", "revenue",
    "support",
)  # fmt: skip
MAY_BE_BLANK = {
    "accounts/renew",
    "adoption/days_until_half",
    "adoption/feature_reach",
    "adoption/left_out",
    "health/satisfied",
    "revenue/renewal_rate",
    "revenue/retention",
    "revenue/to_mend",
    "revenue/to_renew",
}
"""So few customers may have no term that ends soon, no server left out, nothing to mend in the CRM."""

SHOWN = """tiles => Object.fromEntries(tiles.map(tile => {
  const chart = tile.querySelector("mainstem-chart");
  const marks = chart ? chart.querySelectorAll("svg .role-mark path, svg .role-mark rect").length : 0;
  const numbers = [...tile.querySelectorAll("tbody td.number")];
  const cells = numbers.filter(cell => /\\d/.test(cell.textContent)).length;
  const kind = [...tile.classList].find(name => name.startsWith("tile-")) ?? "tile";
  const text = tile.querySelector(".tile-body")?.textContent.trim() ?? "";
  return [tile.dataset.tile, {kind, marks, cells, value: tile.dataset.value ?? null, text}];
}))"""


def shown(page: Page, address: str) -> dict[str, dict[str, Any]]:
    """What each tile of a dashboard shows, once all have loaded and are drawn."""
    page.goto(address)
    page.wait_for_function(
        """() => document.querySelector(".tile")
            && !document.querySelector(".tile[aria-busy=true]")
            && !document.querySelector("mainstem-chart:not([data-drawn]):not(:has(p))")"""
    )
    found: dict[str, dict[str, Any]] = page.eval_on_selector_all(".tile", SHOWN)
    return found


def has_numbers(tile: dict[str, Any]) -> bool:
    match tile["kind"]:
        case "tile-figure":
            return tile["value"] is not None
        case "tile-chart":
            return bool(tile["marks"] > 0 and tile["cells"] > 0)
        case "tile-table":
            return bool(tile["cells"] > 0)
        case "tile-text":
            return len(tile["text"]) > 20
    return False


def test_every_tile_of_every_dashboard_shows_numbers_and_the_ways_people_take_are_drawn(
    demo: Demo, dashboards: Page
) -> None:
    dashboards.goto(f"{demo.web}/")
    dashboards.wait_for_url("**/dashboards/health")
    dashboards.goto(f"{demo.web}/dashboards")
    links = dashboards.locator('main a[href^="/dashboards/"]').evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    assert sorted(links) == [f"/dashboards/{name}" for name in DASHBOARDS]
    blank: dict[str, dict[str, Any]] = {}
    for name in DASHBOARDS:
        tiles = shown(dashboards, f"{demo.web}/dashboards/{name}")
        assert {tile for tile, seen in tiles.items() if seen["kind"] == "tile-error"} == set(), name
        blank |= {f"{name}/{tile}": seen for tile, seen in tiles.items() if not has_numbers(seen)}
        if name == "customer_journey":
            flows = tiles["flows"]
            assert flows["marks"] >= 10
            assert flows["cells"] >= 5, "its table stands beside it"
    assert blank.keys() <= MAY_BE_BLANK
    assert all("Nothing matches" in seen["text"] or "is known" in seen["text"] for seen in blank.values())


def test_the_demo_says_what_it_does_and_its_counts_agree(demo: Demo) -> None:
    printed = "\n".join(demo.lines)
    found = re.findall(r"^(?:sent|accepted|loaded) +([\d,]+) messages", printed, re.MULTILINE)
    assert len(found) == 3
    assert len(set(found)) == 1
    assert re.search(r"^tests +\d+ \(0 failed\)$", printed, re.MULTILINE)


def test_what_was_learned_of_accounts_stands_in_the_crm(demo: Demo) -> None:
    """A value of each account as the published model has it; where that is blank, blank, and why."""
    assert re.search(r"^activated +[1-9]\d* records of the CRM$", "\n".join(demo.lines), re.MULTILINE)
    sql = (
        "SELECT account_id, daily_active_users_28d AS users, health_score AS health, "
        "health_blank_reason AS why FROM analytics.account_360"
    )
    command = [sys.executable, "-m", "mainstem", "sql", sql, "--published", "--format", "json"]
    done = subprocess.run(
        [*command, "--project", str(demo.folder)], capture_output=True, text=True, check=True
    )
    model = {row["account_id"]: row for row in json.loads(done.stdout)}
    held = {row["External_Id__c"]: row for row in accounts_of_the_crm(demo.folder)}
    assert model.keys() <= held.keys()
    for key, row in model.items():
        record = held[key]
        assert (record["Active_Users__c"], record["Health__c"]) == (row["users"], row["health"]), key
        assert record["Health_Blank_Because__c"] == (row["why"] if row["health"] is None else None), key
        assert record["Health_As_Of__c"] is not None
    assert any(row["health"] is None for row in model.values())
    assert any(row["users"] for row in model.values())


def accounts_of_the_crm(folder: Path) -> list[dict[str, Any]]:
    """As the simulated Salesforce has them."""
    settings = tomllib.loads((folder / "mainstem.toml").read_text(encoding="utf-8"))
    address = settings["destinations"]["salesforce"]["base_url"]
    grant = {"grant_type": "client_credentials", "client_id": "mainstem", "client_secret": "simulated"}
    token = requests.post(f"{address}/services/oauth2/token", data=grant, timeout=30).json()["access_token"]
    fields = "External_Id__c, Active_Users__c, Health__c, Health_As_Of__c, Health_Blank_Because__c"
    answer = requests.get(
        f"{address}/services/data/v62.0/query",
        {"q": f"SELECT {fields} FROM Account"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    ).json()
    assert answer["done"]
    records: list[dict[str, Any]] = answer["records"]
    return records


def test_an_interrupt_ends_every_process_and_the_next_run_goes_on_with_the_data(
    interrupted: Interrupted, demo: Demo
) -> None:
    assert interrupted.processes >= 5
    assert interrupted.code == 130
    assert interrupted.alive == []
    assert any("on an earlier run" in line for line in demo.lines)


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
    file = tmp_path / "p" / "mainstem.toml"
    before, _, after = file.read_text(encoding="utf-8").partition(setting)
    file.write_text(f"{before}\n{setting}\n{value}\n{after}", encoding="utf-8")
    command = [sys.executable, "-m", "mainstem", "up", "--project", str(tmp_path / "p")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert re.search(said, done.stderr)
    assert "Traceback" not in done.stderr
