"""The colours of the pages, for what is drawn without one: from the same stylesheet, in light or dark."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Theme = Literal["light", "dark"]

_TOKEN = re.compile(
    r"(?P<name>--[a-z0-9-]+):\s*light-dark\((?P<light>#[0-9a-f]{6}),\s*(?P<dark>#[0-9a-f]{6})\)"
)
_NAME = re.compile(r"--[a-z0-9-]+")
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""The first comes with the drawing engine, so that every machine draws alike."""


@cache
def colours(theme: Theme) -> dict[str, str]:
    """Token → `#rrggbb`."""
    css = (files("mainstem.web") / "static" / "tokens.css").read_text("utf-8")
    return {found["name"]: found[theme] for found in _TOKEN.finditer(css)}


def painted(part: Any, theme: Theme, key: str = "") -> Any:
    """A spec with its tokens as colours. What stands in data or in a domain means text."""
    if isinstance(part, str):
        return colours(theme).get(part, part) if _NAME.fullmatch(part) else part
    if isinstance(part, list):
        return [painted(one, theme) for one in part]
    if not isinstance(part, dict) or key == "data":
        return part
    return {name: one if name == "domain" else painted(one, theme, name) for name, one in part.items()}


def chart_config(theme: Theme, legend_columns: int) -> dict[str, Any]:
    """What `static/chart_config.js` says to the page's charts."""
    ink = colours(theme)
    series = [ink[f"--series-{n}"] for n in range(1, 9)]
    label = {"labelColor": ink["--ink-3"], "labelFontSize": 11, "labelPadding": 6}
    return {
        "font": FONT,
        "background": None,
        "padding": 2,
        "view": {"stroke": None},
        "range": {"category": series},
        "axis": {
            **label,
            "domain": False,
            "ticks": False,
            "gridColor": ink["--grid"],
            "titleColor": ink["--ink-3"],
        },
        "axisX": {"domain": True, "domainColor": ink["--line"]},
        "legend": {
            "orient": "top",
            "direction": "horizontal",
            "columns": legend_columns,
            "labelColor": ink["--ink-2"],
            "labelFontSize": 11,
            "labelLimit": 180,
            "symbolType": "circle",
            "symbolSize": 60,
            "symbolStrokeWidth": 0,
            "columnPadding": 14,
            "rowPadding": 3,
            "offset": 8,
            "padding": 0,
        },
        "line": {"color": series[0], "strokeWidth": 2, "strokeJoin": "round", "strokeCap": "round"},
        "area": {"color": series[0]},
        "point": {"color": series[0], "strokeWidth": 0},
        "arc": {"color": series[0]},
        "rule": {"color": ink["--ink-3"]},
        "tick": {"color": ink["--ink-3"]},
        "text": {"color": ink["--ink-2"], "fontSize": 11},
        "bar": {"color": series[0], "cornerRadiusEnd": 2, "discreteBandSize": {"band": 0.86}},
    }
