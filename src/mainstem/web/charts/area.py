"""Filled areas over an axis: over each other, stacked, or as shares of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.web.charts.line import curve, dots

if TYPE_CHECKING:
    from mainstem.web.charts.series import Series
    from mainstem.web.charts.settings import Settings


def layers(series: Series, settings: Settings, name: str) -> list[dict[str, Any]]:
    look: dict[str, Any] = {"opacity": 0.85} if settings.stack else {"opacity": 0.18, "line": True}
    always = False if settings.stack else None
    return [
        {"mark": {"type": "area", **look, **curve(settings)}},
        dots(series, settings, name, always=always),
    ]
