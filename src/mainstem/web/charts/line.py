"""Lines over an axis, a line a series; nothing is drawn across a place without a value, unless asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.web.charts.encoding import tooltip

if TYPE_CHECKING:
    from mainstem.web.charts.series import Series
    from mainstem.web.charts.settings import Settings

DOTS_UP_TO = 40
"""Places up to which each value also gets a dot."""


def layers(series: Series, settings: Settings, name: str) -> list[dict[str, Any]]:
    """`name` is of the pointer's search, one of its kind in a chart."""
    return [{"mark": {"type": "line", **curve(settings)}}, dots(series, settings, name)]


def curve(settings: Settings) -> dict[str, Any]:
    return {"interpolate": settings.interpolate} if settings.interpolate else {}


def dots(series: Series, settings: Settings, name: str, *, always: bool | None = None) -> dict[str, Any]:
    """A layer with the values as dots; those not shown `always` (by default, many) show near the pointer."""
    shown = always if always is not None else _are_shown(series, settings)
    near = {"param": name, "empty": False}
    return {
        "params": [
            {
                "name": name,
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


def _are_shown(series: Series, settings: Settings) -> bool:
    """Where values are missing, a value alone between two gaps is seen only as a dot."""
    if settings.dots:
        return True
    has_gaps = len(series.points) < len(series.places) * len(series.names) or any(
        point.value is None for point in series.points
    )
    return len(series.places) <= DOTS_UP_TO and (settings.dots is None or has_gaps)
