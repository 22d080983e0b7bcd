"""Boxes with whiskers from five measures in a row: lowest, lower quartile, median, upper quartile, highest.

Nothing is estimated here: the five come from the warehouse. It refuses rows whose five do not rise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.errors import QueryError
from mainstem.query.display import format_of
from mainstem.web.cell_text import format_cell
from mainstem.web.charts.axis_format import d3_number_format
from mainstem.web.charts.drawn import (
    FIT,
    Drawn,
    are,
    dimensions_of,
    label_of,
    number,
    numbers_of,
    told,
    tooltip,
)

if TYPE_CHECKING:
    from mainstem.query.result import QueryResult
    from mainstem.web.charts.drawn import Vis

MOST = 40
_FIVE = ("lowest", "low", "median", "high", "highest")
_TOLD = 5


def boxplot(result: QueryResult, vis: Vis) -> Drawn:
    """Raises QueryError when the result is not a dimension and five measures, or these do not rise."""
    dimensions, numbers = dimensions_of(result), numbers_of(result)
    if not dimensions or len(numbers) != len(_FIVE):
        raise QueryError(
            "a boxplot needs a dimension and five measures, in this order: minimum, 25th percentile, median, "
            f"75th percentile, maximum; there are {len(numbers)}"
        )
    if any(column.pivoted for _, column in dimensions):
        raise QueryError("a boxplot takes no pivots")
    boxes, missing = [], 0
    for row in result.rows:
        five = [number(row[n]) for n, _ in numbers]
        if any(value is None for value in five):
            missing += 1
            continue
        label = label_of(row, dimensions)
        if five != sorted(five, key=lambda value: value or 0):
            raise QueryError(
                f"the five measures of a boxplot must rise from minimum to maximum; those of {label} do not"
            )
        texts = [format_cell(row[n], column) for n, column in numbers]
        boxes.append(told(label, "", " · ".join(texts), **dict(zip(_FIVE, five, strict=True)), texts=texts))
    notes = []
    if missing:
        notes.append(f"{are(missing, 'row')} left out: one of the five measures is NULL.")
    if len(boxes) > MOST:
        notes.append(f"The first {MOST} of {len(boxes)} boxes are drawn.")
        boxes = boxes[:MOST]
    place = " · ".join(column.field_label for _, column in dimensions)
    spec = _spec(boxes, place, [column.field_label for _, column in numbers], format_of(numbers[2][1]))
    return Drawn(spec, _described(boxes, place, numbers[2][1].field_label), notes=tuple(notes))


def _spec(boxes: list[dict[str, Any]], place: str, names: list[str], asked: str | None) -> dict[str, Any]:
    rows = [
        told(box["label"], name, text)
        for box in boxes
        for name, text in zip(names, box["texts"], strict=True)
    ]
    along = {
        "field": "label",
        "type": "ordinal",
        "sort": None,
        "scale": {"domain": [box["label"] for box in boxes]},
        "axis": {"title": None, "grid": False, "labelAngle": 0, "labelOverlap": "parity", "labelLimit": 120},
    }
    axis = {"title": None, "tickCount": 5, **d3_number_format(asked)}

    def up(field: str) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", "scale": {"zero": False}, "axis": axis}

    shared = {"x": along, **tooltip(place)}
    return {
        **FIT,
        "data": {"values": rows},
        "layer": [
            {
                "data": {"values": boxes},
                "layer": [
                    {
                        "mark": {"type": "rule", "strokeWidth": 1.5},
                        "encoding": {**shared, "y": up("lowest"), "y2": {"field": "highest"}},
                    },
                    *(_tick(shared, up(end), 0.3) for end in ("lowest", "highest")),
                    {
                        "mark": {"type": "bar", "cornerRadius": 2, "width": {"band": 0.6}},
                        "encoding": {**shared, "y": up("low"), "y2": {"field": "high"}},
                    },
                    _tick(shared, up("median"), 0.6, thickness=2.5, color="--surface"),
                ],
            }
        ],
    }


def _tick(shared: dict[str, Any], up: dict[str, Any], band: float, **look: Any) -> dict[str, Any]:
    return {
        "mark": {"type": "tick", "orient": "horizontal", "thickness": 1.5, "width": {"band": band}, **look},
        "encoding": {**shared, "y": up},
    }


def _described(boxes: list[dict[str, Any]], place: str, median: str) -> str:
    named = "; ".join(
        f"{box['label']}: {box['texts'][2]}, half between {box['texts'][1]} and {box['texts'][3]}, "
        f"all between {box['texts'][0]} and {box['texts'][4]}"
        for box in boxes[:_TOLD]
    )
    more = f"; {len(boxes) - _TOLD} more" if len(boxes) > _TOLD else ""
    opening = (
        f"Boxplot by {place}, {len(boxes)} {'box' if len(boxes) == 1 else 'boxes'}, the line being {median}"
    )
    return f"{opening}. {named or 'Nothing to draw'}{more}."
