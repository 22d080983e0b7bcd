"""What LookML says of the look of a chart along an axis, read once: which series how, on which axis.

Names are those that elements of LookML dashboards have. What is no valid value is as if it were not there:
a chart is drawn in any case, and its numbers do not depend on its look.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.web.charts.drawn import SERIES_COLOURS, amount, counted, flag, is_colour, listed, mapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.web.charts.drawn import Vis
    from mainstem.web.charts.series import Series

KINDS = {"line": "line", "column": "column", "bar": "bar", "area": "area", "scatter": "scatter"}
_STEPS = {"monotone": "monotone", "step": "step", "step-before": "step-before", "step-after": "step-after"}


@dataclass(frozen=True)
class ValueAxis:
    names: tuple[str, ...]
    """The series that stand on it."""
    title: str | None = None
    is_second: bool = False
    """On the right, or above."""
    low: float | None = None
    high: float | None = None
    is_log: bool = False
    is_pinned: bool = True
    """Starts at 0."""
    shows_values: bool = True
    shows_grid: bool = True


@dataclass(frozen=True)
class Settings:
    kinds: Mapping[str, str]
    """Series → line, area, column, bar or scatter."""
    axes: tuple[ValueAxis, ...]
    """One or two."""
    stack: str | None
    """Vega-Lite's `zero` or `normalize`."""
    colours: tuple[str, ...] | None
    """Of each series; None where nobody chose any."""
    interpolate: str | None
    joins_gaps: bool
    dots: bool | None
    """Whether values of lines are dots too; None: by how many there are."""
    is_labelled: bool
    has_totals: bool
    has_legend: bool
    title: str | None
    """Of the axis along which the series run."""
    is_reversed: bool

    def on(self, axis: ValueAxis, *kinds: str) -> tuple[str, ...]:
        return tuple(name for name in axis.names if self.kinds[name] in kinds)


def read_settings(series: Series, vis: Vis, kind: str) -> Settings:
    """`series` as `shown` gives them; `kind` is what a series is that nothing is said of."""
    kinds = {name: _kind(vis, series, name, kind) for name in series.names}
    stack = {"normal": "zero", "percent": "normalize"}.get(str(vis.get("stacking") or ""))
    return Settings(
        kinds=kinds,
        axes=_axes(series, vis),
        stack=stack if series.is_multiple else None,
        colours=_colours(series, vis),
        interpolate=_STEPS.get(str(vis.get("interpolation") or "")),
        joins_gaps=not flag(vis, "show_null_points", default=True),
        dots={"none": False, "circle": True, "circle_outline": True}.get(str(vis.get("point_style") or "")),
        is_labelled=flag(vis, "show_value_labels"),
        has_totals=flag(vis, "show_totals_labels"),
        has_legend=not flag(vis, "hide_legend"),
        title=_title(vis.get("x_axis_label"), flag(vis, "show_x_axis_label", default=True)),
        is_reversed=flag(vis, "x_axis_reversed"),
    )


def shown(series: Series, vis: Vis) -> tuple[Series, tuple[str, ...]]:
    """The series an author wants to see, by the names they gave, and what is not among them, in sentences."""
    notes = []
    hidden = {str(name) for name in listed(vis.get("hidden_series"))}
    names = [name for name in series.names if not hidden & {name, *series.keys[name]}]
    if 0 < len(names) < len(series.names):
        gone = [name for name in series.names if name not in names]
        notes.append(f"Not drawn, as the author wants it: {', '.join(gone)}.")
    else:
        names = list(series.names)
    places = _limited(series, vis)
    if len(places) < len(series.places):
        notes.append(
            f"Drawn are {len(places)} of {counted(len(series.places), 'place')}, as the author wants it."
        )
    labels = _chosen(series, vis.get("series_labels"))
    if not notes and not labels:
        return series, ()
    called = {name: str(labels.get(name) or name) for name in names}
    if len(set(called.values())) < len(called):  # two of one name would be drawn as one
        called = {name: name for name in names}
    kept = set(places)
    points = tuple(
        dataclasses.replace(point, series=called[point.series])
        for point in series.points
        if point.series in called and point.place in kept
    )
    shown_series = dataclasses.replace(
        series,
        names=tuple(called.values()),
        points=points,
        places=places,
        fields={called[name]: series.fields[name] for name in names},
        keys={called[name]: (name, *series.keys[name]) for name in names},
        formats={called[name]: series.formats[name] for name in names},
    )
    return (shown_series, tuple(notes)) if points else (series, ())


def _limited(series: Series, vis: Vis) -> tuple[str, ...]:
    """By LookML's `limit_displayed_rows`: the first or last rows, or all but these."""
    wanted = mapped(vis.get("limit_displayed_rows_values"))
    if not flag(vis, "limit_displayed_rows"):
        return series.places
    count = amount(wanted.get("num_rows"))
    if count is None or count < 1:
        return series.places
    n, places = int(count), series.places
    is_first, shows = wanted.get("first_last") != "last", wanted.get("show_hide") != "hide"
    if shows:
        return places[:n] if is_first else places[-n:]
    return (places[n:] if is_first else places[:-n]) or places


def _kind(vis: Vis, series: Series, name: str, default: str) -> str:
    """Lying bars stay lying: what stands along another axis cannot share theirs."""
    chosen = _chosen(series, vis.get("series_types")).get(name)
    return default if default == "bar" else KINDS.get(str(chosen), default).replace("bar", "column")


def _chosen(series: Series, setting: Any) -> dict[str, Any]:
    """A setting by series, `{key: value}`, as series → value."""
    written = mapped(setting)
    return {
        name: written[key]
        for name in series.names
        for key in reversed((name, *series.keys[name]))
        if key in written
    }


def _colours(series: Series, vis: Vis) -> tuple[str, ...] | None:
    chosen = {name: one for name, one in _chosen(series, vis.get("series_colors")).items() if is_colour(one)}
    given = [one for one in listed(vis.get("colors")) if is_colour(one)]
    if not chosen and not given:
        return None
    tokens = [f"--series-{n + 1}" for n in range(SERIES_COLOURS)]
    pool = given or tokens
    return tuple(chosen.get(name) or pool[n % len(pool)] for n, name in enumerate(series.names))


def _axes(series: Series, vis: Vis) -> tuple[ValueAxis, ...]:
    written = [one for one in listed(vis.get("y_axes")) if isinstance(one, dict)]
    general = _general(vis)
    owners = {name: _axis_of(name, series, written) for name in series.names}
    sides: list[ValueAxis] = []
    for is_second in (False, True):
        names = tuple(n for n in series.names if _is_second(owners[n]) is is_second)
        if names:
            own = next((owners[n] for n in names if owners[n]), None) or (written[0] if written else {})
            sides.append(_axis(names, own, general, series))
    if len(sides) < 2:  # none where no row has a place along the axis
        return tuple(dataclasses.replace(side, is_second=False) for side in sides)
    first, second = sides
    return (
        dataclasses.replace(first, title=first.title or ", ".join(_measures(first.names, series))),
        dataclasses.replace(
            second,
            title=second.title or ", ".join(_measures(second.names, series)),
            is_second=True,
            shows_grid=False,
        ),
    )


def _measures(names: Sequence[str], series: Series) -> list[str]:
    """What stands on an axis: names of series, or of the measures where a pivot makes many of each."""
    if not series.is_pivoted:
        return list(names)
    return list(dict.fromkeys(name.rpartition(" · ")[2] for name in names))


def _axis_of(name: str, series: Series, axes: list[dict[str, Any]]) -> dict[str, Any] | None:
    known = {name, *series.keys[name]}
    for axis in axes:
        for one in map(mapped, listed(axis.get("series"))):
            if str(one.get("id")) in known or one.get("axisId") == series.fields[name]:
                return axis
    return None


def _is_second(axis: dict[str, Any] | None) -> bool:
    return axis is not None and axis.get("orientation") in ("right", "top")


def _axis(names: tuple[str, ...], own: dict[str, Any], general: dict[str, Any], series: Series) -> ValueAxis:
    merged = {**general, **{key: value for key, value in own.items() if value is not None and value != ""}}
    return ValueAxis(
        names=names,
        title=str(merged["label"])
        if merged.get("label") and flag(merged, "showLabels", default=True)
        else None,
        low=amount(merged.get("minValue")),
        high=amount(merged.get("maxValue")),
        is_log=merged.get("type") == "log",
        is_pinned=not flag(merged, "unpinAxis"),
        shows_values=flag(merged, "showValues", default=True),
        shows_grid=flag(general, "grid", default=True),
    )


def _general(vis: Vis) -> dict[str, Any]:
    """The settings that were before `y_axes`, by its names."""

    def first(name: str) -> Any:
        value = vis.get(name)
        return value[0] if isinstance(value, list) and value else None if isinstance(value, list) else value

    return {
        "label": first("y_axis_labels"),
        "minValue": first("y_axis_min"),
        "maxValue": first("y_axis_max"),
        "type": first("y_axis_scale_mode"),
        "unpinAxis": first("y_axis_unpinned"),
        "showLabels": vis.get("show_y_axis_labels"),
        "showValues": vis.get("show_y_axis_ticks"),
        "grid": vis.get("y_axis_gridlines"),
    }


def _title(label: Any, is_shown: bool) -> str | None:
    return str(label) if label and is_shown else None
