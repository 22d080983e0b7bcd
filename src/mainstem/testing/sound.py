"""What can be found wrong with a page by looking at it: by rules of our own, and by all of axe-core's.

axe-core comes from the packages of `tests/npm`. Without them the rules of our own are asked alone, but in CI.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_OWN = (Path(__file__).parent / "accessibility.js").read_text(encoding="utf-8")
_NPM = Path(__file__).resolve().parents[3] / ".venv" / "npm" / "node_modules"
_ASK = """async (colours) => {
  const rules = colours ? { runOnly: ["color-contrast", "link-in-text-block"] } : {};
  // A drawing is one picture to readers, and holds thousands of elements that are not for them.
  const where = { exclude: ["mainstem-chart[role=img] svg"] };
  const found = await axe.run(where, { ...rules, resultTypes: ["violations"] });
  const told = (rule, node) => [rule.id + ":", node.failureSummary.split("\\n")[1]?.trim(), ...node.target,
    node.html.slice(0, 140)].join(" ");
  // A box of a graph shows as much of a long name as it has room for; its accessible name is the whole one.
  const isCut = (rule, node) => rule.id === "label-content-name-mismatch" && node.html.includes("graph-box");
  return found.violations.flatMap((rule) =>
    rule.nodes.filter((node) => !isCut(rule, node)).map((node) => told(rule, node)));
}"""


def problems_of(page: Page, *, colours_alone: bool = False) -> list[str]:
    """Sentences, none for a good page. `colours_alone`: of a page whose other rules were asked in another
    theme, where nothing but colours can differ."""
    found: list[str] = page.evaluate(_OWN)
    axe = _axe()
    if axe is None:
        return found
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(f"() => {{ {axe}\n }}")
    return [*found, *page.evaluate(_ASK, colours_alone)]


@cache
def _axe() -> str | None:
    file = Path(os.environ.get("MAINSTEM_NPM", _NPM)) / "axe-core" / "axe.min.js"
    if not file.is_file() and not os.environ.get("CI"):
        return None
    return file.read_text(encoding="utf-8")
