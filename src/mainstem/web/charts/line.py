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
        "layer": [{"mark": {"type": "line"}}, *dots(series)],
    }


def dots(series: Series, *, field: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The values as dots: all of them while they are few, else the one nearest the pointer."""
    resting = 1 if len(series.places) <= DOTS_UP_TO else 0
    layer: dict[str, Any] = {
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
            "opacity": {"condition": {"param": "near", "empty": False, "value": 1}, "value": resting},
            "size": {"condition": {"param": "near", "empty": False, "value": 60}, "value": 18},
            **tooltip(series),
            **({"y": field} if field else {}),
        },
    }
    return [layer]
