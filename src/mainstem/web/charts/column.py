"""Bars, a band for each place; several series side by side, stacked, or as shares.

Standing they are Looker's columns, lying its bars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.web.charts.encoding import tooltip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.web.charts.series import Series
    from mainstem.web.charts.settings import Settings


def layers(series: Series, settings: Settings, names: Sequence[str], *, along: str) -> list[dict[str, Any]]:
    """`names` are all that are bars, on whatever axis: each has its own part of a band."""
    return [{"mark": {"type": "bar"}, "encoding": {**offset(settings, names, along), **tooltip(series)}}]


def offset(settings: Settings, names: Sequence[str], along: str) -> dict[str, Any]:
    """Where in its band a bar of a series stands."""
    if settings.stack or len(names) < 2:
        return {}
    return {f"{along}Offset": {"field": "series", "type": "nominal", "scale": {"domain": list(names)}}}
