"""Values written at their marks, and the totals of stacks above them; none where they would overlap."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from mainstem.semantics.value_format import format_number
from mainstem.web.cell_text import plain_number
from mainstem.web.charts.column import offset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.web.charts.series import Series
    from mainstem.web.charts.settings import Settings

_LETTER = 6.2
"""Pixels."""
_HEIGHT = 13
"""Pixels that a line of labels needs."""


def layer(
    series: Series, settings: Settings, names: Sequence[str], *, along: str, are_bars: bool
) -> dict[str, Any]:
    """Labels of the series `names`, which are all bars or all lines."""
    beside = len(names) if are_bars and not settings.stack else 1
    encoding: dict[str, Any] = {"text": {"field": "text", "type": "nominal"}}
    if are_bars:
        encoding |= offset(settings, names, along)
    if settings.stack:
        mark = {**_inside(), "opacity": {"expr": _room_inside(series, along)}}
        return {
            "mark": mark,
            "encoding": {**encoding, "detail": {"field": "series"}, "color": {"value": "--surface"}},
        }
    mark = {**_outside(along), "opacity": {"expr": _room(series, along, beside)}}
    return {"mark": mark, "encoding": {**encoding, "color": {"value": "--ink-2"}}}


def totals(series: Series, names: Sequence[str], *, along: str, up: str) -> list[dict[str, Any]]:
    """Above each stack what it adds up to; nothing where a value below zero makes two stacks of one."""
    if any((point.value or 0) < 0 for point in series.points):
        return []
    sums: dict[str, float] = defaultdict(float)
    for point in series.points:
        if point.series in names and point.value is not None:
            sums[point.place] += point.value
    rows = [
        {"place": place, "value": round(value, 9), "text": _text(value, series.value_format)}
        for place, value in sums.items()
    ]
    mark = {**_outside(along), "fontWeight": "bold", "opacity": {"expr": _room(series, along, 1)}}
    return [
        {
            "data": {"values": rows},
            "mark": mark,
            "encoding": {
                up: {"field": "value", "type": "quantitative", "stack": None},
                "text": {"field": "text", "type": "nominal"},
                "color": {"value": "--ink-2"},
            },
        }
    ]


def _text(value: float, value_format: str | None) -> str:
    value = round(value, 9)
    exact = int(value) if value == int(value) else value
    return format_number(exact, value_format) if value_format else plain_number(exact)


def _outside(along: str) -> dict[str, Any]:
    if along == "y":
        end = "datum.value < 0"
        return {
            "type": "text",
            "baseline": "middle",
            "align": {"expr": f"{end} ? 'right' : 'left'"},
            "dx": {"expr": f"{end} ? -4 : 4"},
        }
    below = "datum.value < 0"
    return {
        "type": "text",
        "align": "center",
        "baseline": {"expr": f"{below} ? 'top' : 'bottom'"},
        "dy": {"expr": f"{below} ? 4 : -4"},
    }


def _inside() -> dict[str, Any]:
    return {"type": "text", "align": "center", "baseline": "middle"}


def _room_inside(series: Series, along: str) -> str:
    """1 where the label fits both its band and its part of the stack."""
    across, high = ("height", "width") if along == "y" else ("width", "height")
    longest = max((len(point.text) for point in series.points), default=1) * _LETTER
    band, part = (_HEIGHT, longest) if along == "y" else (longest, float(_HEIGHT))
    size = f"abs(datum.value) / datum.whole * {high} < {round(part, 1)}"
    return f"{across} / {max(len(series.places), 1)} < {round(band, 1)} || {size} ? 0 : 1"


def _room(series: Series, along: str, beside: int) -> str:
    """1 where the longest label fits its band, else 0."""
    bands = max(len(series.places), 1) * beside
    if along == "y":
        return f"height / {bands} < {_HEIGHT} ? 0 : 1"
    longest = max((len(point.text) for point in series.points), default=1)
    return f"width / {bands} < {round(longest * _LETTER, 1)} ? 0 : 1"
