"""Lying bars, the first place on top; several series side by side, stacked, or as shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.web.charts.column import bars

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.web.charts.series import Series


def spec(series: Series, vis: Mapping[str, Any]) -> dict[str, Any]:
    return bars(series, vis, along="y", up="x")
