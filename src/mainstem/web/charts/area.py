"""Filled areas over an axis: over each other, stacked, or as shares of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.web.charts.encoding import (
    color,
    continuous_axis,
    frame,
    stacking,
    value_axis,
    values_with_gaps,
)
from mainstem.web.charts.line import dots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.web.charts.series import Series


def spec(series: Series, vis: Mapping[str, Any]) -> dict[str, Any]:
    stack = stacking(vis) if series.is_multiple else None
    y = {**value_axis(series), "stack": stack}
    if stack == "normalize":
        y["axis"] = {"title": None, "tickCount": 5, "format": ".0%"}
    mark = {"type": "area", "opacity": 0.85} if stack else {"type": "area", "opacity": 0.18, "line": True}
    return {
        **frame(series),
        # A NULL inside a stack would count as 0 and pull the others down with it.
        **({} if stack else {"data": {"values": values_with_gaps(series)}}),
        "encoding": {"x": continuous_axis(series), "y": y, **color(series)},
        "layer": [{"mark": mark}, dots(series, always=False if stack else None)],
    }
