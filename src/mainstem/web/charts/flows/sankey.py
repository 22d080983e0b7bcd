"""A Sankey diagram as Vega-Lite: an area for each flow, a rectangle for each place, a name beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.web.cell_text import format_cell
from mainstem.web.charts.flows.edges import read_flows
from mainstem.web.charts.flows.layout import lay_out, sizes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.query.result import OutputColumn, QueryResult
    from mainstem.web.charts.flows.edges import Flow, Flows
    from mainstem.web.charts.flows.layout import Box, Layout, Ribbon

_BOX = 0.012
"""Half a box's width, of the distance between two columns."""
_POINTS = 17
"""Of a ribbon's edge; more cannot be seen."""
_TOLD = 5
"""Flows named in words."""
_NO_AXIS: dict[str, Any] = {"axis": None}


def sankey(result: QueryResult) -> tuple[dict[str, Any], str, int]:
    """(Vega-Lite without `$schema`, the diagram in words, rows that could not be drawn).

    Raises QueryError where the result has no flows or none that can be laid out.
    """
    flows = read_flows(result)
    if not flows.flows:
        return {**_frame([]), "mark": "rect"}, "No flows: every value is zero or missing.", flows.missing
    layout = lay_out(flows.flows)
    spec = {
        **_frame([_told(flow, flows.measure) for flow in flows.flows]),
        "layer": [
            _ribbon_layer(layout, flows.measure),
            _box_layer(layout),
            _name_layer(layout, flows),
        ],
    }
    return spec, _described(flows), flows.missing


def _frame(told: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "width": "container",
        "height": "container",
        "autosize": {"type": "fit", "contains": "padding", "resize": True},
        "data": {"values": told},
    }


def _told(flow: Flow, measure: OutputColumn) -> dict[str, Any]:
    return {"label": _label(flow), "series": measure.field_label, "text": _text(flow.value, measure)}


def _label(flow: Flow) -> str:
    return f"{flow.source.name} → {flow.target.name}"


def _text(value: float, measure: OutputColumn) -> str:
    return format_cell(int(value) if value == int(value) else value, measure)


def _ribbon_layer(layout: Layout, measure: OutputColumn) -> dict[str, Any]:
    rows = [row for ribbon in layout.ribbons for row in _edges(ribbon, measure)]
    return {
        "data": {"values": rows},
        "mark": {"type": "area", "interpolate": "monotone", "opacity": 0.4, "line": False},
        "encoding": {
            "x": _across(layout),
            "y": _down("low"),
            "y2": {"field": "high"},
            "detail": {"field": "flow", "type": "nominal"},
            "color": {
                "field": "source",
                "type": "nominal",
                "scale": {"domain": _names(layout)},
                "legend": None,
            },
            "tooltip": [
                {"field": "label", "type": "nominal", "title": "Flow"},
                {"field": "text", "type": "nominal", "title": measure.field_label},
            ],
        },
    }


def _edges(ribbon: Ribbon, measure: OutputColumn) -> Iterator[dict[str, Any]]:
    """Points of both edges, along the curve 3t² − 2t³: level where it leaves and where it arrives."""
    told = _told(ribbon.flow, measure)
    start, end = ribbon.from_column + _BOX, ribbon.to_column - _BOX
    for n in range(_POINTS):
        t = n / (_POINTS - 1)
        bend = t * t * (3 - 2 * t)
        yield {
            **told,
            "flow": f"{ribbon.from_column}:{_label(ribbon.flow)}",
            "source": ribbon.flow.source.name,
            "at": round(start + (end - start) * t, 5),
            "low": round(ribbon.from_low + (ribbon.to_low - ribbon.from_low) * bend, 5),
            "high": round(ribbon.from_high + (ribbon.to_high - ribbon.from_high) * bend, 5),
        }


def _box_layer(layout: Layout) -> dict[str, Any]:
    rows = [
        {
            "source": box.place.name,
            "at": round(box.column - _BOX, 5),
            "to": round(box.column + _BOX, 5),
            "low": round(box.low, 5),
            "high": round(box.high, 5),
        }
        for box in layout.boxes
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "rect"},
        "encoding": {
            "x": _across(layout),
            "x2": {"field": "to"},
            "y": _down("low"),
            "y2": {"field": "high"},
            "color": {
                "field": "source",
                "type": "nominal",
                "scale": {"domain": _names(layout)},
                "legend": None,
            },
        },
    }


def _name_layer(layout: Layout, flows: Flows) -> dict[str, Any]:
    """Names stand right of their box, in the last column left of it, where there is room."""
    sizes = sizes_of(flows.flows)
    last = layout.columns - 1
    rows = [
        {
            "name": f"{box.place.name}  {_text(sizes[box.place], flows.measure)}",
            "at": round(box.column + (-1 if box.column == last else 1) * 2 * _BOX, 5),
            "middle": round((box.low + box.high) / 2, 5),
            "last": box.column == last,
        }
        for box in layout.boxes
    ]
    text = {"type": "text", "baseline": "middle", "limit": 220}
    encoding = {
        "x": _across(layout),
        "y": _down("middle"),
        "text": {"field": "name", "type": "nominal"},
    }
    return {
        "data": {"values": rows},
        "layer": [
            {
                "transform": [{"filter": "!datum.last"}],
                "mark": {**text, "align": "left"},
                "encoding": encoding,
            },
            {
                "transform": [{"filter": "datum.last"}],
                "mark": {**text, "align": "right"},
                "encoding": encoding,
            },
        ],
    }


def _across(layout: Layout) -> dict[str, Any]:
    domain = [-_BOX, layout.columns - 1 + _BOX]
    scale = {"domain": domain, "nice": False, "zero": False}
    return {"field": "at", "type": "quantitative", "scale": scale, **_NO_AXIS}


def _down(field: str) -> dict[str, Any]:
    scale = {"domain": [0, 1], "reverse": True, "nice": False}
    return {"field": field, "type": "quantitative", "scale": scale, **_NO_AXIS}


def _names(layout: Layout) -> list[str]:
    ordered: list[Box] = sorted(layout.boxes, key=lambda box: (box.column, box.low))
    return list(dict.fromkeys(box.place.name for box in ordered))


def _described(flows: Flows) -> str:
    largest = sorted(flows.flows, key=lambda flow: -flow.value)
    named = "; ".join(f"{_label(flow)} {_text(flow.value, flows.measure)}" for flow in largest[:_TOLD])
    return (
        f"Sankey diagram of {flows.measure.field_label}, {len(flows.flows)} flows. "
        f"{'Largest: ' if len(largest) > _TOLD else ''}{named}."
    )
