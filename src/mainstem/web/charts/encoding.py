"""The channels that charts share: axes, colour, tooltip, data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.web.charts.axis_format import d3_number_format

if TYPE_CHECKING:
    from mainstem.web.charts.series import Series
    from mainstem.web.charts.settings import Settings, ValueAxis

_UNCROWDED = {"labelOverlap": "parity", "labelSeparation": 8}
TIME_FORMATS = {
    "time": "%b %-d %H:%M",
    "hour": "%b %-d %H:00",
    "date": "%b %-d",
    "week": "%b %-d",
    "month": "%b %Y",
    "quarter": "%Y Q%q",
    "year": "%Y",
}


def frame(series: Series) -> dict[str, Any]:
    """What stands outside the marks: data and sizing."""
    return {
        "width": "container",
        "height": "container",
        "autosize": {"type": "fit", "contains": "padding", "resize": True},
        "data": {"values": values(series)},
    }


def values(series: Series) -> list[dict[str, Any]]:
    return [
        {"place": p.place, "label": p.label, "series": p.series, "value": p.value, "text": p.text}
        for p in series.points
    ]


def values_with_gaps(series: Series) -> list[dict[str, Any]]:
    """The values, and a NULL where a timeline skips a place, so that no line is drawn across it."""
    present = {(p.series, p.place) for p in series.points}
    gaps = [
        {"place": place, "label": place, "series": name, "value": None, "text": ""}
        for name in series.names
        for place in series.places
        if (name, place) not in present
    ]
    return sorted(values(series) + gaps, key=lambda row: (series.names.index(row["series"]), row["place"]))


def continuous_axis(series: Series) -> dict[str, Any]:
    """An axis along time where distances are true; in UTC, as the places are. Labels when it is not time."""
    if series.timeline is None:
        return category_axis(series)
    return {
        "field": "place",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {
            "title": None,
            "grid": False,
            "format": TIME_FORMATS[series.timeline.timeframe],
            **_UNCROWDED,
            "tickCount": min(len(series.places), 8),
            **_only_given_places(series),
        },
    }


def category_axis(series: Series) -> dict[str, Any]:
    """A band for each place in the order given; on a timeline one also for places where nothing came."""
    channel: dict[str, Any] = {
        "field": "place",
        "type": "ordinal",
        "sort": None,
        "scale": {"domain": list(series.places)},
        "axis": {"title": None, "grid": False, "labelAngle": 0, **_UNCROWDED, "labelLimit": 160},
    }
    if series.timeline is not None:
        shown = TIME_FORMATS[series.timeline.timeframe]
        channel["axis"]["labelExpr"] = f"utcFormat(toDate(datum.value), '{shown}')"
    return channel


def value_axis(series: Series, axis: ValueAxis) -> dict[str, Any]:
    shape = {
        **({"orient": "right"} if axis.is_second else {}),
        **({} if axis.shows_grid else {"grid": False}),
        **({} if axis.shows_values else {"labels": False}),
    }
    return {
        "field": "value",
        "type": "quantitative",
        "axis": {
            "title": axis.title,
            "tickCount": 5,
            **({"tickMinStep": 1} if series.whole else {}),
            **d3_number_format(series.formats[axis.names[0]]),
            **shape,
        },
    }


def color(series: Series, settings: Settings) -> dict[str, Any]:
    """A colour a series with a legend; nothing for a chart of one measure, which takes the first colour."""
    if not series.is_named:
        return {"color": {"value": settings.colours[0]}} if settings.colours else {}
    chosen = {"range": list(settings.colours)} if settings.colours else {}
    return {
        "color": {
            "field": "series",
            "type": "nominal",
            "scale": {"domain": list(series.names), **chosen},
            "legend": {"title": None} if settings.has_legend else None,
        }
    }


def tooltip(series: Series) -> dict[str, Any]:
    told = [{"field": "label", "type": "nominal", "title": series.axis_label}]
    if series.is_named:
        told.append({"field": "series", "type": "nominal", "title": "Series"})
        told.append({"field": "text", "type": "nominal", "title": "Value"})
    else:
        told.append({"field": "text", "type": "nominal", "title": series.value_label})
    return {"tooltip": told}


def _only_given_places(series: Series) -> dict[str, Any]:
    """Few places get a tick each: an axis that chooses its own would name times nobody asked about."""
    return {"values": list(series.places)} if len(series.places) <= 8 else {}
