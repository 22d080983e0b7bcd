"""A pie of shares, whole or with a hole: a slice a part, the smallest beyond the colours drawn as one.

It refuses values below zero, which are no parts of a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.errors import QueryError
from mainstem.web.charts.drawn import (
    FIT,
    SERIES_COLOURS,
    Drawn,
    amount,
    are,
    counted,
    palette,
    percent,
    text_of,
    told,
    tooltip,
)
from mainstem.web.charts.parts import Part, read_parts
from mainstem.web.charts.turns import arcs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.query.result import QueryResult
    from mainstem.web.charts.drawn import Vis
    from mainstem.web.charts.parts import Parts

_OF_THE_REST = "--series-7"
"""The grey one."""
_TOLD = 6
"""Slices named in words."""
_LABELS_FROM = 0.02
"""Share from which a slice gets a label beside it; smaller ones would write over each other."""


def pie(result: QueryResult, vis: Vis) -> Drawn:
    """Raises QueryError when the result is no parts of a whole."""
    parts = read_parts(result, vis, "a pie")
    below = next((part for part in parts.known if (part.value or 0) < 0), None)
    if below:
        raise QueryError(f"a pie shows parts of a whole; {below.label} is {below.text}")
    slices = [part for part in parts.known if part.value]
    zeros, notes = len(parts.known) - len(slices), list(parts.notes)
    if zeros:
        notes.append(f"{are(zeros, 'value')} 0 and without a slice.")
    rest = _smallest(slices)
    if rest:
        notes.append(f"The smallest {len(rest)} of {len(slices)} values are drawn as one slice.")
        size = sum(part.value or 0 for part in rest)
        slices = [part for part in slices if part not in rest]
        slices.append(Part(f"{len(rest)} others", size, text_of(size, parts.measure)))
    if not slices:
        said = f"Pie of {parts.label}. Nothing to draw: every value is 0 or NULL."
        return Drawn({**FIT, "data": {"values": []}, "mark": "arc"}, said, parts.missing, tuple(notes))
    colours = palette(vis, [part.id for part in slices])
    if rest:
        colours[-1] = _OF_THE_REST
        colours[-2] = "--series-8" if colours[-2] == _OF_THE_REST else colours[-2]
    spec = _spec(slices, colours, parts, vis)
    return Drawn(spec, _described(slices, parts), parts.missing, tuple(notes))


def _smallest(slices: Sequence[Part]) -> list[Part]:
    """Those that would need a colour that another has."""
    if len(slices) <= SERIES_COLOURS:
        return []
    return sorted(slices, key=lambda part: -(part.value or 0))[SERIES_COLOURS - 1 :]


def _spec(slices: Sequence[Part], colours: list[str], parts: Parts, vis: Vis) -> dict[str, Any]:
    style, shape = str(vis.get("value_labels") or "legend"), str(vis.get("label_type") or "labPer")
    total = sum(part.value or 0 for part in slices)
    rows = [
        told(
            part.label,
            parts.measure.field_label,
            f"{part.text} · {percent((part.value or 0) / total)}",
            name=_written(part, total, shape if shape.startswith("lab") else "labPer"),
            written=_written(part, total, shape),
            start=start,
            end=end,
            labelled=(part.value or 0) / total >= _LABELS_FROM,
        )
        for part, (start, end) in zip(slices, arcs([part.value or 0 for part in slices]), strict=True)
    ]
    radius = f"min(width, height) / 2 * {0.7 if style == 'labels' else 0.96}"
    legend = {"title": None} if style == "legend" else None
    scale = {"domain": [row["name"] for row in rows], "range": colours}
    arc = {
        "mark": {
            "type": "arc",
            "outerRadius": {"expr": radius},
            "innerRadius": {"expr": f"{radius} * {_hole(vis)}"},
            "padAngle": 0.012 if len(slices) > 1 else 0,
        },
        "encoding": {
            "theta": {"field": "start", "type": "quantitative", "scale": None},
            "theta2": {"field": "end"},
            "color": {"field": "name", "type": "nominal", "scale": scale, "legend": legend},
            **tooltip(parts.place),
        },
    }
    layers = [arc, _beside(radius)] if style == "labels" else [arc]
    return {**FIT, "data": {"values": rows}, "layer": layers}


def _hole(vis: Vis) -> float:
    """LookML's `inner_radius`, percent of the whole."""
    return min(max(amount(vis.get("inner_radius")) or 0, 0), 95) / 100


def _beside(radius: str) -> dict[str, Any]:
    """Labels just outside the middle of their slice, on the side where there is room."""
    middle = "((datum.start + datum.end) / 2)"
    side = f"sin({middle}) < -0.05 ? 'right' : sin({middle}) > 0.05 ? 'left' : 'center'"
    return {
        "transform": [{"filter": "datum.labelled"}],
        "mark": {
            "type": "text",
            "x": {"expr": f"width / 2 + sin({middle}) * ({radius} + 10)"},
            "y": {"expr": f"height / 2 - cos({middle}) * ({radius} + 10)"},
            "align": {"expr": side},
            "baseline": "middle",
            "limit": {"expr": f"max(40, width / 2 - abs(sin({middle})) * ({radius} + 10))"},
        },
        "encoding": {"text": {"field": "written", "type": "nominal"}},
    }


def _written(part: Part, total: float, shape: str) -> str:
    """By LookML's `label_type`."""
    share = percent((part.value or 0) / total)
    texts = {"lab": part.label, "val": part.text, "per": share, "labVal": f"{part.label}  {part.text}"}
    return texts.get(shape, f"{part.label}  {share}")


def _described(slices: Sequence[Part], parts: Parts) -> str:
    total = sum(part.value or 0 for part in slices)
    largest = sorted(slices, key=lambda part: -(part.value or 0))[:_TOLD]
    named = "; ".join(f"{part.label} {part.text}, {percent((part.value or 0) / total)}" for part in largest)
    more = f"; {len(slices) - len(largest)} more" if len(slices) > len(largest) else ""
    whole = text_of(total, parts.measure)
    return f"Pie of {parts.label}, {counted(len(slices), 'slice')}, {whole} in all. {named}{more}."
