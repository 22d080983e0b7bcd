"""Lines over an axis, a line a series; nothing is drawn across a place without a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.web.charts.encoding import color, continuous_axis, frame, tooltip, value_axis, values_with_gaps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.web.charts.series import Series

DOTS_UP_TO = 40
"""Places up to which each value also gets a dot."""


def spec(series: Series, vis: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **frame(series),
        "data": {"values": values_with_gaps(series)},
        "encoding": {"x": continuous_axis(series), "y": value_axis(series), **color(series)},
        "layer": [{"mark": {"type": "line"}}, dots(series)],
    }


def dots(series: Series, *, always: bool | None = None) -> dict[str, Any]:
    """A layer with the values as dots; those not shown `always` (by default, many) show near the pointer."""
    shown = len(series.places) <= DOTS_UP_TO if always is None else always
    near = {"param": "near", "empty": False}
    return {
        "params": [
            {
                "name": "near",
                "select": {
                    "type": "point",
                    "on": "pointermove",
                    "clear": "pointerout",
                    "nearest": True,
                    "fields": ["place", "series"],
                },
            }
        ],
        "mark": {"type": "point", "filled": True},
        "encoding": {
            "opacity": {"condition": {**near, "value": 1}, "value": 1 if shown else 0},
            "size": {"condition": {**near, "value": 60}, "value": 18},
            **tooltip(series),
        },
    }
