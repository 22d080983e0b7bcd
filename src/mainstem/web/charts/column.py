"""Upright bars, a band for each place; several series side by side, stacked, or as shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.web.charts.encoding import category_axis, color, frame, stacking, tooltip, value_axis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.web.charts.series import Series


def spec(series: Series, vis: Mapping[str, Any]) -> dict[str, Any]:
    return bars(series, vis, along="x", up="y")


def bars(series: Series, vis: Mapping[str, Any], *, along: str, up: str) -> dict[str, Any]:
    """Bars along channel `along`, their length on channel `up`."""
    stack = stacking(vis) if series.is_multiple else None
    length = {**value_axis(series), "stack": stack}
    if stack == "normalize":
        length["axis"] = {"title": None, "tickCount": 5, "format": ".0%"}
    side_by_side = {
        f"{along}Offset": {"field": "series", "type": "nominal", "scale": {"domain": list(series.names)}}
    }
    return {
        **frame(series),
        "mark": {"type": "bar"},
        "encoding": {
            along: category_axis(series),
            up: length,
            **(side_by_side if series.is_multiple and stack is None else {}),
            **color(series),
            **tooltip(series),
        },
    }
