"""A dashboard of 12 tiles and more in Chromium, warm: from the address to the last chart and mark in sight.

The company's first dashboard over a small simulated company, opened again by a browser that was there, so
that scripts and styles come from its cache and answers from the server's memory. A visit ends when no tile
waits, every chart in sight is drawn and every tile has its mark. Drawing is the browser's work without a
graphics card: the CPU-seconds of the browser and of the server are told apart.

The limit is the goal, one second. Lower is better.
"""

from __future__ import annotations

import os
import shutil
import statistics
from typing import TYPE_CHECKING, Any

import psutil
from playwright.sync_api import sync_playwright

from benchmarks.figure import Figure, Outcome, Round
from benchmarks.stack import StackFailed
from benchmarks.timed_company import timed_company

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from benchmarks.effort import Effort

BOARD = "/dashboards/health"
LEAST_TILES = 12
GOAL_MS = 1000.0
_VISITS = 3
"""Of a round, of which the median counts."""
_READY = """
() => {
  const tiles = [...document.querySelectorAll("#dashboard .tile")];
  const inSight = (one) => {
    const { top, bottom } = one.getBoundingClientRect();
    return top < innerHeight && bottom > 0;
  };
  const charts = [...document.querySelectorAll("mainstem-chart")].filter(inSight);
  const waits = tiles.length === 0 || tiles.some((tile) => tile.getAttribute("aria-busy") === "true")
    || document.querySelector(".truth-slot")
    || charts.some((one) => !("drawn" in one.dataset));
  return waits ? null : {
    ms: performance.now(),
    tiles: tiles.length,
    requests: performance.getEntriesByType("resource").filter((one) => one.transferSize > 0).length,
  };
}
"""


def measure(effort: Effort, scratch: Path) -> Outcome:
    chromium = os.environ.get("MAINSTEM_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        raise StackFailed("no Chromium: install the package `chromium`, or set MAINSTEM_CHROMIUM to one")
    with timed_company(scratch) as web, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(
            viewport={"width": 1440, "height": 900},
            extra_http_headers={"Authorization": f"Bearer {web.token}"},
        )
        _visited(page, web.url)
        server = psutil.Process(web.pid)
        rounds, notes = [], []
        for _ in range(effort.rounds):
            before = _browsers_cpu(), _cpu_of(server)
            seen = [_visited(page, web.url) for _ in range(_VISITS)]
            after = _browsers_cpu(), _cpu_of(server)
            rounds.append(Round(statistics.median(one["ms"] for one in seen), GOAL_MS))
            spent = [(late - early) / _VISITS for early, late in zip(before, after, strict=True)]
            notes.append(
                f"{seen[0]['tiles']} tiles, {seen[-1]['requests']} requests a visit; CPU-seconds: "
                f"browser {spent[0]:.2f}, server {spent[1]:.2f}; load {os.getloadavg()[0]:.1f}"
            )
        browser.close()
    return Outcome(
        benchmark="dashboard-page",
        figures=(
            Figure(
                benchmark="dashboard-page",
                name="a warm dashboard in Chromium, to its last chart and mark in sight",
                unit="ms",
                limit="the goal",
                better="lower",
                rounds=tuple(rounds),
                notes=tuple(dict.fromkeys(notes)),
            ),
        ),
    )


def _visited(page: Page, url: str) -> dict[str, Any]:
    page.goto(url + BOARD)
    for _ in range(1200):
        found: dict[str, Any] | None = page.evaluate(_READY)
        if found is not None:
            page.wait_for_load_state("networkidle")
            if found["tiles"] < LEAST_TILES:
                raise StackFailed(f"{BOARD} shows {found['tiles']} tiles: fewer than are to be measured")
            return found
        page.wait_for_timeout(25)
    raise StackFailed(f"{BOARD} was not drawn within 30 s")


def _browsers_cpu() -> float:
    """CPU-seconds so far of the browser's processes."""
    found = psutil.Process().children(recursive=True)
    return sum(_cpu_of(child) for child in found if "chrom" in child.name())


def _cpu_of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
