"""Charts along an axis put together: lines, areas, columns and bars, on one value axis or on two.

Every series is told the same way whatever draws it; what an author asks for that would not be true (a stack
on a logarithmic axis) is drawn otherwise, and that is said.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from mainstem.web.charts import area, column, labels, line, reference
from mainstem.web.charts.drawn import Drawn, are
from mainstem.web.charts.encoding import (
    category_axis,
    color,
    continuous_axis,
    frame,
    value_axis,
    values,
    values_with_gaps,
)
from mainstem.web.charts.settings import read_settings, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.web.charts.drawn import Vis
    from mainstem.web.charts.series import Series
    from mainstem.web.charts.settings import Settings, ValueAxis

_BARS = ("column", "bar")


def along_an_axis(kind: str, series: Series, vis: Vis) -> tuple[Drawn, Series]:
    """The chart, its words being those beside the values, and the series as it shows them. `kind` is line,
    area, column or bar."""
    series, notes = shown(series, vis)
    chart = _Chart(series, read_settings(series, vis, kind), vis, lies=kind == "bar")
    spec = chart.spec()
    missing = sum(point.value is None for point in series.points)
    return Drawn(spec, " ".join(chart.told), missing, (*notes, *chart.notes)), series


class _Chart:
    def __init__(self, series: Series, settings: Settings, vis: Vis, *, lies: bool) -> None:
        self.notes: list[str] = []
        self.told: list[str] = []
        """Of what the values do not say: a second axis, reference lines."""
        self._series = series
        self._settings = settings
        self._vis = vis
        self._along, self._up = ("y", "x") if lies else ("x", "y")
        self._bars = tuple(name for name in series.names if settings.kinds[name] in _BARS)
        self._is_log = {axis: self._may_be_log(axis) for axis in settings.axes}

    def spec(self) -> dict[str, Any]:
        groups = [self._group(n, axis) for n, axis in enumerate(self._settings.axes)]
        for axis in self._settings.axes[1:]:
            self.told.append(f"{', '.join(axis.names)} on a second axis.")
        if len(groups) == 1:
            drawn: dict[str, Any] = {"layer": groups[0]}
        else:
            apart = {"resolve": {"scale": {self._up: "independent"}}}
            drawn = {"layer": [{"layer": group} for group in groups], **apart}
        return {
            **frame(self._series),
            "data": {"values": self._values()},
            "encoding": {self._along: self._along_channel(), **color(self._series, self._settings)},
            **drawn,
        }

    def _values(self) -> list[dict[str, Any]]:
        """With a NULL at each gap, where a line would be drawn across it. Inside a stack it would count as 0
        and pull the others down with it."""
        settings = self._settings
        if settings.stack:
            return self._stacked(settings.stack)
        if settings.joins_gaps:
            return [row for row in values(self._series) if row["value"] is not None]
        is_all_bars = len(self._bars) == len(self._series.names)
        return values(self._series) if is_all_bars else values_with_gaps(self._series)

    def _stacked(self, stack: str) -> list[dict[str, Any]]:
        """Each value with its place in the stack, and with how much fills the chart's height."""
        sums: dict[str, float] = defaultdict(float)
        for point in self._series.points:
            sums[point.place] += abs(point.value or 0)
        highest = max(sums.values(), default=0)
        rank = {name: n for n, name in enumerate(self._series.names)}
        return [
            {
                **row,
                "rank": rank[row["series"]],
                "whole": (highest if stack == "zero" else sums[row["place"]]) or 1,
            }
            for row in values(self._series)
        ]

    def _along_channel(self) -> dict[str, Any]:
        series, settings = self._series, self._settings
        channel = category_axis(series) if self._bars else continuous_axis(series)
        if settings.title:
            channel["axis"]["title"] = settings.title
        if settings.is_reversed:
            channel["scale"] = {**channel["scale"], "reverse": True}
        return channel

    def _group(self, n: int, axis: ValueAxis) -> list[dict[str, Any]]:
        """The layers of one value axis: what is filled lies below what is thin."""
        series, settings = self._series, self._settings
        found: list[dict[str, Any]] = []
        areas, bars = settings.on(axis, "area"), settings.on(axis, *_BARS)
        lines, points = settings.on(axis, "line"), settings.on(axis, "scatter")
        if areas:
            found += self._placed(axis, areas, area.layers(series, settings, f"near_area_{n}"))
        if bars:
            found += self._placed(axis, bars, column.layers(series, settings, self._bars, along=self._along))
        if lines:
            found += self._placed(axis, lines, line.layers(series, settings, f"near_line_{n}"), stacks=False)
        if points:
            only = line.dots(series, settings, f"near_point_{n}", always=True)
            found += self._placed(axis, points, [only], stacks=False)
        if settings.is_labelled:
            found += self._labels(axis, bars, (*areas, *lines, *points))
        if settings.has_totals and settings.stack == "zero" and bars:
            found += labels.totals(series, bars, along=self._along, up=self._up)
        return found + (self._references(axis) if n == 0 else [])

    def _placed(
        self, axis: ValueAxis, names: Sequence[str], layers: list[dict[str, Any]], *, stacks: bool = True
    ) -> list[dict[str, Any]]:
        """Layers with the value channel, and of `names` only."""
        channel = self._value_channel(axis, stacks=stacks)
        # The first series on top, or left, in every layer alike.
        way = "ascending" if self._up == "x" else "descending"
        order = {"order": {"field": "rank", "sort": way}} if channel["stack"] else {}
        transform: list[dict[str, Any]] = []
        if len(names) < len(self._series.names):
            transform.append({"filter": {"field": "series", "oneOf": list(names)}})
        if self._is_log[axis]:
            transform.append({"calculate": "datum.value > 0 ? datum.value : null", "as": "value"})
        return [
            {
                **({"transform": transform} if transform else {}),
                **one,
                "mark": {**one["mark"], **({"clip": True} if axis.low is not None else {})},
                "encoding": {self._up: channel, **order, **one.get("encoding", {})},
            }
            for one in layers
        ]

    def _value_channel(self, axis: ValueAxis, *, stacks: bool) -> dict[str, Any]:
        stack = self._settings.stack if stacks else None
        channel = {**value_axis(self._series, axis), "stack": stack}
        if stack == "normalize":
            channel["axis"] = {"title": axis.title, "tickCount": 5, "format": ".0%"}
            return channel
        scale: dict[str, Any] = {"type": "log"} if self._is_log[axis] else {}
        if axis.low is not None and not (self._is_log[axis] and axis.low <= 0):
            scale["domainMin"] = axis.low
            if axis.low > 0 and self._bars and not self._is_log[axis]:
                self._say(f"The axis starts at {axis.low:g}, not at 0.")
        elif not axis.is_pinned and not self._bars and not self._is_log[axis]:
            scale["zero"] = False
        if axis.high is not None:
            scale["domainMax"] = axis.high
        return {**channel, "scale": scale} if scale else channel

    def _labels(self, axis: ValueAxis, bars: Sequence[str], others: Sequence[str]) -> list[dict[str, Any]]:
        found = []
        for names, are_bars in ((bars, True), (others, False)):
            if not names:
                continue
            beside = self._bars if are_bars else names
            layer = labels.layer(self._series, self._settings, beside, along=self._along, are_bars=are_bars)
            stacks = are_bars or any(self._settings.kinds[name] == "area" for name in names)
            (placed,) = self._placed(axis, names, [layer], stacks=stacks)
            if self._settings.stack and stacks:
                placed["encoding"][self._up] = {**placed["encoding"][self._up], "bandPosition": 0.5}
            found.append(placed)
        return found

    def _references(self, axis: ValueAxis) -> list[dict[str, Any]]:
        if not self._vis.get("reference_lines"):
            return []
        if self._settings.stack == "normalize":
            self._say("Reference lines are left out: these are shares of each whole.")
            return []
        by_place: dict[str, float] = defaultdict(float)
        single = []
        for point in self._series.points:
            if point.series in axis.names and point.value is not None:
                by_place[point.place] += point.value
                single.append(float(point.value))
        drawn_values = list(by_place.values()) if self._settings.stack else single
        shown_format = self._series.formats[axis.names[0]]
        found = reference.read_references(self._vis, drawn_values, shown_format)
        if found:
            self.told.append(f"Reference lines: {'; '.join(one.label for one in found)}.")
        return reference.layers(found, self._along, self._up)

    def _may_be_log(self, axis: ValueAxis) -> bool:
        if not axis.is_log:
            return False
        if self._settings.stack:
            self._say("A stack has no logarithmic axis: this one is linear.")
            return False
        below = sum(
            p.value is not None and p.value <= 0 for p in self._series.points if p.series in axis.names
        )
        if below:
            self._say(f"{are(below, 'value')} 0 or less and cannot stand on a logarithmic axis.")
        return True

    def _say(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)
