"""Reference lines, ranges and margins, from an author's numbers or from those that are drawn.

Statistics are over the values that are shown: the mean of a chart's bars is not the mean of the rows behind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING, Any

from mainstem.semantics.value_format import format_number
from mainstem.web.cell_text import plain_number
from mainstem.web.charts.drawn import QUIET, amount, is_colour, listed, mapped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mainstem.web.charts.drawn import Vis

_STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "mean": fmean,
    "median": median,
    "min": min,
    "max": max,
    "deviation": pstdev,
}
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_BLACK = ("#000000", "#000", "black")
"""What Looker writes when nobody chose; it cannot be seen in the dark."""


@dataclass(frozen=True)
class Reference:
    low: float
    high: float
    """Equal of a line."""
    label: str
    colour: str
    position: str
    """left, center or right."""


def read_references(vis: Vis, values: Sequence[float], value_format: str | None) -> tuple[Reference, ...]:
    """None for what has no number: a statistic of nothing, or a word that is none."""
    found = []
    for written in map(mapped, listed(vis.get("reference_lines"))):
        ends = _ends(written, values)
        if ends is None:
            continue
        colour = written.get("color")
        found.append(
            Reference(
                *ends,
                label=_label(written, ends, values, str(written.get("value_format") or value_format or "")),
                colour=colour if is_colour(colour) and colour.lower() not in _BLACK else QUIET,
                position=str(written.get("label_position") or "right"),
            )
        )
    return tuple(found)


def layers(references: Sequence[Reference], along: str, up: str) -> list[dict[str, Any]]:
    """Drawn over channel `up`, all the way along channel `along`."""
    found: list[dict[str, Any]] = []
    end = "width" if along == "x" else "height"
    for one in references:
        row = {"low": one.low, "high": one.high, "label": one.label}
        across = {along: {"value": 0}, f"{along}2": {"value": end}}
        colour = {"color": {"value": one.colour}}
        data = {"data": {"values": [row]}}
        if one.high > one.low:
            channels = {up: _at("low"), f"{up}2": {"field": "high"}}
            mark: dict[str, Any] = {"type": "rect", "opacity": 0.14}
        else:
            channels = {up: _at("low")}
            mark = {"type": "rule", "strokeDash": [5, 3], "strokeWidth": 1.5}
        found.append({**data, "mark": mark, "encoding": {**across, **channels, **colour}})
        found.append({**data, **_text(one, along, up, end)})
    return found


def _text(one: Reference, along: str, up: str, end: str) -> dict[str, Any]:
    if along == "y":  # lying bars: the line stands, its label at the top
        mark = {"type": "text", "align": "left", "baseline": "top", "dx": 4, "y": 0}
        return {"mark": mark, "encoding": _bare(up, one.colour, "y", {"value": 0})}
    places: dict[str, dict[str, Any]] = {"left": {"value": 0}, "center": {"value": {"expr": f"{end} / 2"}}}
    at = places.get(one.position, {"value": end})
    align = {"left": "left", "center": "center"}.get(one.position, "right")
    mark = {"type": "text", "align": align, "baseline": "bottom", "dy": -3}
    return {"mark": mark, "encoding": _bare(up, one.colour, along, at)}


def _bare(up: str, colour: str, along: str, at: dict[str, Any]) -> dict[str, Any]:
    text = {"field": "label", "type": "nominal"}
    return {along: at, up: _at("high"), "text": text, "color": {"value": colour}}


def _at(field: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "stack": None}


def _ends(written: Mapping[str, Any], values: Sequence[float]) -> tuple[float, float] | None:
    kind = str(written.get("reference_type") or "line")
    if kind == "range":
        ends = [_value(written.get(name), values) for name in ("range_start", "range_end")]
    elif kind == "margins":
        middle = _value(written.get("margin_value"), values)
        top, bottom = (_value(written.get(name), values) for name in ("margin_top", "margin_bottom"))
        known = middle is not None and top is not None and bottom is not None
        ends = [middle - bottom, middle + top] if known else [None]  # type: ignore[operator]  # known
    else:
        ends = [_value(written.get("line_value", written.get("value")), values)]
    known_ends = [end for end in ends if end is not None]
    return (min(known_ends), max(known_ends)) if len(known_ends) == len(ends) else None


def _value(written: Any, values: Sequence[float]) -> float | None:
    statistic = _STATISTICS.get(str(written))
    if statistic is None:
        return amount(written)
    return round(statistic(values), 9) if values else None


def _label(
    written: Mapping[str, Any], ends: tuple[float, float], values: Sequence[float], value_format: str
) -> str:
    """The author's, with `{{mean}}` and its like filled in; else what the line is and its value."""

    def text(value: float) -> str:
        exact = int(value) if value == int(value) else value
        return format_number(exact, value_format) if value_format else plain_number(exact)

    def filled(match: re.Match[str]) -> str:
        value = ends[0] if match[1] == "value" else _value(match[1], values)
        return match[0] if value is None else text(value)

    label = written.get("label")
    if label:
        return _PLACEHOLDER.sub(filled, str(label))
    if ends[0] != ends[1]:
        return f"{text(ends[0])} – {text(ends[1])}"
    name = str(written.get("line_value"))
    return f"{name.capitalize()} {text(ends[0])}" if name in _STATISTICS else text(ends[0])
