"""A ring for each row, its parts the measures or the pivoted values; as many beside each other as fit.

It refuses values below zero. Rings are all of one size: what a ring is of stands within it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.errors import QueryError
from mainstem.web.charts.drawn import FIT, Drawn, counted, palette, percent, told, tooltip
from mainstem.web.charts.series import read_series
from mainstem.web.charts.turns import arcs

if TYPE_CHECKING:
    from mainstem.query.result import QueryResult
    from mainstem.web.charts.drawn import Vis
    from mainstem.web.charts.series import Point, Series

MOST = 12
"""Rings; more are too small to compare."""
_NAME = 18
"""Height in pixels of a ring's name."""


def donuts(result: QueryResult, vis: Vis) -> Drawn:
    """Raises QueryError when the result lacks a dimension or a number, or a number is below zero."""
    series = read_series(result)
    for point in series.points:
        if (point.value or 0) < 0:
            raise QueryError(f"a donut shows parts of a whole; {point.label} is {point.text}")
    labels = list(dict.fromkeys(point.label for point in series.points))
    rings = [[p for p in series.points if p.label == label] for label in labels]
    empty = [ring for ring in rings if not any(p.value for p in ring)]
    drawn = [ring for ring in rings if ring not in empty]
    notes = []
    if empty:
        names = ", ".join(ring[0].label for ring in empty[:5])
        notes.append(f"No ring for {names}{'…' if len(empty) > 5 else ''}: every value is 0 or NULL.")
    if len(drawn) > MOST:
        notes.append(f"The first {MOST} of {len(drawn)} rows are drawn.")
        drawn = drawn[:MOST]
    missing = sum(point.value is None for point in series.points)
    return Drawn(_spec(drawn, series, vis), _described(drawn, series), missing, tuple(notes))


def _spec(rings: list[list[Point]], series: Series, vis: Vis) -> dict[str, Any]:
    rows = [row for n, ring in enumerate(rings) for row in _slices(n, ring)]
    across = _across(vis, len(rings))
    cell = f"(width / ({across}))", f"(height / ceil({len(rings)} / ({across})))"
    centre = {
        "x": {"expr": f"(datum.n % ({across}) + 0.5) * {cell[0]}"},
        "y": {"expr": f"(floor(datum.n / ({across})) + 0.5) * {cell[1]} - {_NAME / 2}"},
    }
    radius = f"max(8, min({cell[0]}, {cell[1]} - {_NAME}) / 2 * 0.92)"
    scale = {"domain": list(series.names), "range": palette(vis, series.names)}
    arc = {
        "mark": {
            "type": "arc",
            **centre,
            "outerRadius": {"expr": radius},
            "innerRadius": {"expr": f"{radius} * 0.6"},
        },
        "encoding": {
            "theta": {"field": "start", "type": "quantitative", "scale": None},
            "theta2": {"field": "end"},
            "color": {"field": "series", "type": "nominal", "scale": scale, "legend": {"title": None}},
            **tooltip(series.axis_label),
        },
    }
    name = {
        "data": {"values": [{"n": n, "label": ring[0].label} for n, ring in enumerate(rings)]},
        "mark": {
            "type": "text",
            "x": centre["x"],
            "y": {"expr": f"{centre['y']['expr']} + {radius} + {_NAME / 2}"},
            "baseline": "middle",
            "limit": {"expr": f"{cell[0]} - 8"},
        },
        "encoding": {"text": {"field": "label", "type": "nominal"}},
    }
    return {**FIT, "data": {"values": rows}, "layer": [arc, name]}


def _across(vis: Vis, count: int) -> str:
    """LookML's `charts_across`; else what makes the rings largest, near enough."""
    asked = str(vis.get("charts_across") or "")
    if asked.isdigit() and int(asked):
        return str(min(int(asked), count))
    return f"min({count}, max(1, round(sqrt({count} * width / max(height, 1)))))"


def _slices(n: int, ring: list[Point]) -> list[dict[str, Any]]:
    total = sum(point.value or 0 for point in ring)
    return [
        told(
            point.label,
            point.series,
            f"{point.text} · {percent((point.value or 0) / total)}"
            if point.value is not None
            else point.text,
            n=n,
            start=start,
            end=end,
        )
        for point, (start, end) in zip(ring, arcs([point.value or 0 for point in ring]), strict=True)
    ]


def _described(rings: list[list[Point]], series: Series) -> str:
    told_of = "; ".join(
        f"{ring[0].label}: "
        + ", ".join(
            f"{p.series} {percent((p.value or 0) / sum(q.value or 0 for q in ring))}"
            for p in ring
            if p.value is not None
        )
        for ring in rings[:4]
    )
    more = f"; {len(rings) - 4} more" if len(rings) > 4 else ""
    opening = f"{counted(len(rings), 'donut')} of {', '.join(series.names[:6])} by {series.axis_label}"
    return f"{opening}. {told_of}{more}." if rings else f"{opening}. Nothing to draw."
