"""A funnel: a centred bar for each step, and how much of the first or of the prior step is left.

It refuses values below zero. A step without a value keeps its place, without a bar.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mainstem.errors import QueryError
from mainstem.web.charts.drawn import FIT, Drawn, percent, told, tooltip
from mainstem.web.charts.parts import read_parts

if TYPE_CHECKING:
    from mainstem.query.result import QueryResult
    from mainstem.web.charts.drawn import Vis
    from mainstem.web.charts.parts import Part, Parts

MOST = 20
_TOLD = 10
_BESIDE = 104
"""Pixels beside the bars for what a step says."""


def funnel(result: QueryResult, vis: Vis) -> Drawn:
    """Raises QueryError when the result is no steps, or one is below zero."""
    parts = read_parts(result, vis, "a funnel")
    for part in parts.known:
        if (part.value or 0) < 0:
            raise QueryError(f"a funnel shows amounts; {part.label} is {part.text}")
    notes = parts.notes
    shown = parts.parts[:MOST]
    if len(shown) < len(parts.parts):
        notes += (f"The first {MOST} of {len(parts.parts)} steps are drawn.",)
    if _grows(shown):
        notes += ("A step is larger than the one before it: these may be no steps of one way.",)
    of_prior = str(vis.get("percentType") or "total") == "prior"
    return Drawn(_spec(shown, parts, of_prior), _described(shown, parts, of_prior), parts.missing, notes)


def _grows(steps: tuple[Part, ...]) -> bool:
    sizes = [step.value for step in steps if step.value is not None]
    return any(later > earlier for earlier, later in pairwise(sizes))


def _shares(steps: tuple[Part, ...], of_prior: bool) -> list[str]:
    """Of the first step or of the one before that has a value; empty where there is nothing to divide."""
    shares, base = [], None
    for step in steps:
        if step.value is None or base == 0:
            shares.append("")
        else:
            shares.append(percent(step.value / base) if base else "100%" if step.value else "")
        if step.value is not None and (base is None or of_prior):
            base = step.value
    return shares


def _spec(steps: tuple[Part, ...], parts: Parts, of_prior: bool) -> dict[str, Any]:
    most = max((step.value or 0 for step in steps), default=0) or 1
    rows = [
        told(
            step.label,
            parts.measure.field_label,
            f"{step.text} · {share}" if share else step.text,
            low=None if step.value is None else -step.value / most / 2,
            high=None if step.value is None else step.value / most / 2,
        )
        for step, share in zip(steps, _shares(steps, of_prior), strict=True)
    ]
    down = {
        "field": "label",
        "type": "ordinal",
        "sort": None,
        "scale": {"domain": [row["label"] for row in rows], "paddingInner": 0.12, "paddingOuter": 0.05},
        "axis": {"title": None, "grid": False, "labelLimit": 140},
    }
    across = {
        "type": "quantitative",
        "scale": {
            "domain": [-0.5, 0.5],
            "range": [0, {"expr": f"max(20, width - {_BESIDE})"}],
            "nice": False,
        },
        "axis": None,
    }
    bar = {
        "mark": {"type": "bar", "cornerRadius": 2},
        "encoding": {
            "y": down,
            "x": {"field": "low", **across},
            "x2": {"field": "high"},
            **tooltip(parts.place),
        },
    }
    text = {
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "middle",
            "x": {"expr": f"max(20, width - {_BESIDE}) + 8"},
        },
        "encoding": {"y": down, "text": {"field": "text", "type": "nominal"}},
    }
    return {**FIT, "data": {"values": rows}, "layer": [bar, text]}


def _described(steps: tuple[Part, ...], parts: Parts, of_prior: bool) -> str:
    base = "the step before" if of_prior else "the first"
    named = "; ".join(
        f"{step.label} {step.text if step.value is not None else 'NULL'}{f', {share}' if share else ''}"
        for step, share in list(zip(steps, _shares(steps, of_prior), strict=True))[:_TOLD]
    )
    more = f"; {len(steps) - _TOLD} more" if len(steps) > _TOLD else ""
    return f"Funnel of {parts.label}, {len(steps)} steps, with shares of {base}. {named}{more}."
