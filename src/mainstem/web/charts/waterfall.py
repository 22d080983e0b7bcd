"""Steps up and down from nothing to a total: a bar for each change, floating where the last one ended."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mainstem.query.display import format_of
from mainstem.web.charts.axis_format import d3_number_format
from mainstem.web.charts.drawn import FIT, Drawn, colour, flag, text_of, told, tooltip
from mainstem.web.charts.parts import read_parts

if TYPE_CHECKING:
    from mainstem.query.result import QueryResult
    from mainstem.web.charts.drawn import Vis
    from mainstem.web.charts.parts import Parts

MOST = 60
"""Steps drawn one by one; those behind are drawn as one."""
_TOTAL = "Total"
_KINDS = ("Up", "Down", _TOTAL)


def waterfall(result: QueryResult, vis: Vis) -> Drawn:
    """Raises QueryError when the result is neither a dimension and a measure nor several measures."""
    parts = read_parts(result, vis, "a waterfall")
    rows, notes = _steps(parts), parts.notes
    if len(parts.parts) > MOST:
        notes += (f"Steps {MOST} to {len(parts.parts)} are drawn as one.",)
    return Drawn(_spec(rows, parts, vis), _described(parts), parts.missing, notes)


def _steps(parts: Parts) -> list[dict[str, Any]]:
    series, rows, at = parts.measure.field_label, [], 0.0
    shown = parts.parts if len(parts.parts) <= MOST else parts.parts[: MOST - 1]
    for part in shown:
        start, at = at, at + (part.value or 0)
        kind = "Down" if (part.value or 0) < 0 else "Up"
        rows.append(told(part.label, series, part.text, kind=kind, **_ends(start, at, part.value is None)))
    rest = parts.parts[len(shown) :]
    if rest:
        start, change = at, sum(part.value or 0 for part in rest)
        at += change
        text = text_of(change, parts.measure)
        kind = "Down" if change < 0 else "Up"
        rows.append(told(f"{len(rest)} others", series, text, kind=kind, **_ends(start, at)))
    rows.append(
        told(_total(parts), series, text_of(_rounded(at), parts.measure), kind=_TOTAL, **_ends(0, at))
    )
    return rows


def _ends(start: float, end: float, is_null: bool = False) -> dict[str, Any]:
    """A step that is NULL keeps its place and has no bar."""
    start, end = _rounded(start), _rounded(end)
    return {
        "from": None if is_null else start,
        "to": None if is_null else end,
        "top": None if is_null else max(start, end),
        "level": end,
    }


def _rounded(value: float) -> float | int:
    """Without what adding decimals as binary fractions leaves behind."""
    rounded = round(value, 9)
    return int(rounded) if rounded == int(rounded) else rounded


def _total(parts: Parts) -> str:
    """The name of the last bar, which no step has."""
    taken = {part.label for part in parts.parts}
    return _TOTAL if _TOTAL not in taken else f"{_TOTAL} of all"


def _spec(rows: list[dict[str, Any]], parts: Parts, vis: Vis) -> dict[str, Any]:
    colours = [
        colour(vis, "up_color", "--series-3"),
        colour(vis, "down_color", "--series-5"),
        colour(vis, "total_color", "--series-7"),
    ]
    along = {
        "field": "label",
        "type": "ordinal",
        "sort": None,
        "scale": {"type": "band", "domain": [row["label"] for row in rows]},
        "axis": {
            "title": None,
            "grid": False,
            "labelAngle": 0,
            "labelOverlap": "parity",
            "labelSeparation": 8,
            "labelLimit": {"expr": f"max(48, width / {len(rows)} - 4)"} if len(rows) <= 12 else 120,
        },
    }
    levels = [row[end] for row in rows for end in ("from", "top")]
    whole = {"tickMinStep": 1} if all(float(one or 0).is_integer() for one in levels) else {}
    up = {
        "field": "from",
        "type": "quantitative",
        "axis": {"title": None, "tickCount": 5, **whole, **d3_number_format(format_of(parts.measure))},
    }
    is_labelled = flag(vis, "show_value_labels", default=len(rows) <= 8)
    if is_labelled:
        up["scale"] = {"domainMax": max((row["top"] or 0 for row in rows), default=0) * 1.08 or 1}
    bar = {
        "mark": {"type": "bar"},
        "encoding": {
            "x": along,
            "y": up,
            "y2": {"field": "to"},
            "color": {
                "field": "kind",
                "type": "nominal",
                "scale": {"domain": list(_KINDS), "range": colours},
                "legend": {"title": None},
            },
            **tooltip(parts.place),
        },
    }
    layers = [bar, _joins(rows)]
    if is_labelled:
        layers.append(
            {
                "transform": [{"filter": "datum.top !== null"}],
                "mark": {
                    "type": "text",
                    "baseline": "bottom",
                    "dy": -3,
                    "limit": {"expr": f"width / {len(rows)}"},
                    "fontSize": {"expr": f"width / {len(rows)} < 56 ? 9 : 11"},
                },
                "encoding": {
                    "x": along,
                    "y": {"field": "top", "type": "quantitative"},
                    "text": {"field": "text", "type": "nominal"},
                },
            }
        )
    return {**FIT, "data": {"values": rows}, "layer": layers}


def _joins(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """From the end of each bar to the next one."""
    pairs = [
        {"at": row["label"], "next": following["label"], "level": row["level"]}
        for row, following in pairwise(rows)
    ]
    scale = {"type": "band", "domain": [row["label"] for row in rows]}
    return {
        "data": {"values": pairs},
        "mark": {"type": "rule", "strokeDash": [2, 2]},
        "encoding": {
            "x": {"field": "at", "type": "ordinal", "sort": None, "scale": scale, "bandPosition": 0.5},
            "x2": {"field": "next", "bandPosition": 0.5},
            "y": {"field": "level", "type": "quantitative"},
        },
    }


def _described(parts: Parts) -> str:
    total = text_of(_rounded(sum(part.value or 0 for part in parts.known)), parts.measure)
    opening = f"Waterfall of {parts.label}, {len(parts.parts)} steps to a total of {total}."
    ups = [part for part in parts.known if (part.value or 0) > 0]
    downs = [part for part in parts.known if (part.value or 0) < 0]
    told_of = []
    if ups:
        most = max(ups, key=lambda part: part.value or 0)
        told_of.append(f"Largest step up: {most.label} {most.text}.")
    if downs:
        least = min(downs, key=lambda part: part.value or 0)
        told_of.append(f"Largest step down: {least.label} {least.text}.")
    return " ".join([opening, *told_of])
