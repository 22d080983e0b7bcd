"""A chart in words: what it shows, over what, and where it is highest, lowest and last."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.web.charts.series import Point, Series

_NAMED_AT_MOST = 6


def describe(kind: str, series: Series) -> str:
    """One or two sentences per series for up to six series, the series' names beyond."""
    opening = f"{kind} of {series.value_label} by {series.axis_label}"
    if not series.is_named:
        return f"{opening}. {_course([p for p in series.points])}"
    if len(series.names) > _NAMED_AT_MOST:
        named = ", ".join(series.names[:_NAMED_AT_MOST])
        return (
            f"{opening}, {len(series.names)} series: {named} and {len(series.names) - _NAMED_AT_MOST} more."
        )
    courses = (f"{name}: {_course([p for p in series.points if p.series == name])}" for name in series.names)
    return f"{opening}, {len(series.names)} series. {' '.join(courses)}"


def _course(points: list[Point]) -> str:
    known = [point for point in points if point.value is not None]
    if not known:
        return "Every value is NULL."
    if len(known) == 1:
        return f"{known[0].text} at {known[0].label}."
    lowest = min(known, key=lambda point: point.value or 0)
    highest = max(known, key=lambda point: point.value or 0)
    return (
        f"{len(known)} points from {known[0].label} to {known[-1].label}; "
        f"lowest {lowest.text} at {lowest.label}, highest {highest.text} at {highest.label}, "
        f"last {known[-1].text}."
    )
