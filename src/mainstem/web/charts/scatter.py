"""Points: along the first dimension, or along the first measure where no dimension is shown.

A further measure is a further colour, or the points' size where `size_by_field` names it. A point that
lacks one of its numbers is not drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.errors import QueryError
from mainstem.query.display import format_of
from mainstem.query.grid import Places
from mainstem.query.result import OutputType
from mainstem.web.cell_text import format_cell, text_of_key
from mainstem.web.charts.axis_format import d3_number_format
from mainstem.web.charts.drawn import FIT, Drawn, counted, number, numbers_of, palette, told, tooltip
from mainstem.web.charts.encoding import TIME_FORMATS
from mainstem.web.charts.timeline import Timeline

if TYPE_CHECKING:
    from mainstem.query.result import Cell, OutputColumn, QueryResult
    from mainstem.web.charts.drawn import Vis

MOST = 2000
"""Points; each is an element of the page's SVG."""
_MOST_NAMES = 60
_SIZES = [20, 500]


@dataclass(frozen=True)
class _Plan:
    across: tuple[int, OutputColumn]
    up: tuple[tuple[int, OutputColumn], ...]
    size: tuple[int, OutputColumn] | None
    places: Places

    @property
    def timeline(self) -> Timeline | None:
        return Timeline.of(self.across[1])

    @property
    def is_by_name(self) -> bool:
        return self.timeline is None and self.across[1].type is not OutputType.NUMBER


def scatter(result: QueryResult, vis: Vis) -> Drawn:
    """Raises QueryError when the result has no two columns to draw against each other."""
    plan = _plan(result, vis)
    rows, missing = _points(result, plan)
    notes = []
    if plan.is_by_name:
        names = list(dict.fromkeys(row["x"] for row in rows))
        if len(names) > _MOST_NAMES:
            notes.append(f"The first {_MOST_NAMES} of {len(names)} places are drawn.")
            kept = set(names[:_MOST_NAMES])
            rows = [row for row in rows if row["x"] in kept]
    if len(rows) > MOST:
        notes.append(f"The first {MOST:,} of {len(rows):,} points are drawn.")
        rows = rows[:MOST]
    return Drawn(_spec(rows, plan, vis), _described(rows, plan), missing, tuple(notes))


def _plan(result: QueryResult, vis: Vis) -> _Plan:
    places, numbers = Places.of(result.columns), numbers_of(result)
    wanted = str(vis.get("size_by_field") or "")
    size = next((one for one in numbers if wanted and one[1].name == wanted), None)
    numbers = [one for one in numbers if one != size]
    if places.down:
        across, up = (places.down[0], places.dimensions[0]), numbers
    else:
        across, up = (numbers[0], numbers[1:]) if numbers else ((0, result.columns[0]), [])
    if not up:
        raise QueryError(
            "a scatter plot needs a dimension and a measure that is a number, or two such measures"
        )
    return _Plan(across, tuple(up), size, places)


def _points(result: QueryResult, plan: _Plan) -> tuple[list[dict[str, Any]], int]:
    rows, missing = [], 0
    for row in result.rows:
        pivot = text_of_key(plan.places.header(row), plan.places.pivots)
        at = _place(row[plan.across[0]], plan)
        for n, column in plan.up:
            value = number(row[n])
            if at is None or value is None:
                missing += 1
                continue
            series = " · ".join(
                part for part in (pivot, column.field_label if not pivot or len(plan.up) > 1 else "") if part
            )
            rows.append(
                told(
                    _label(row, plan),
                    series,
                    _text(row, n, plan),
                    x=at,
                    y=value,
                    size=number(row[plan.size[0]]) if plan.size else None,
                )
            )
    return rows, missing


def _place(cell: Cell, plan: _Plan) -> str | float | int | None:
    if cell is None:
        return "NULL" if plan.is_by_name else None
    if plan.timeline:
        return plan.timeline.place(cell)
    return format_cell(cell, plan.across[1]) if plan.is_by_name else number(cell)


def _label(row: tuple[Cell, ...], plan: _Plan) -> str:
    if plan.places.down:
        return text_of_key(plan.places.row(row), plan.places.dimensions)
    return f"{plan.across[1].field_label} {format_cell(row[plan.across[0]], plan.across[1])}"


def _text(row: tuple[Cell, ...], n: int, plan: _Plan) -> str:
    text = format_cell(row[n], dict(plan.up)[n])
    if plan.size is None:
        return text
    return f"{text} · {plan.size[1].field_label} {format_cell(row[plan.size[0]], plan.size[1])}"


def _spec(rows: list[dict[str, Any]], plan: _Plan, vis: Vis) -> dict[str, Any]:
    names = list(dict.fromkeys(row["series"] for row in rows))
    colours = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": names, "range": palette(vis, names)},
        "legend": {"title": None} if len(names) > 1 else None,
    }
    size = {
        "field": "size",
        "type": "quantitative",
        "scale": {"range": _SIZES, "zero": True},
        "legend": None,
    }
    return {
        **FIT,
        "data": {"values": rows},
        "mark": {"type": "point", "filled": True, "opacity": 0.75, "size": 45 if len(rows) <= 300 else 20},
        "encoding": {
            "x": _across(rows, plan),
            "y": _number_axis("y", plan.up[0][1], ", ".join(column.field_label for _, column in plan.up)),
            "color": colours,
            **({"size": size} if plan.size else {}),
            **tooltip(plan.across[1].field_label),
        },
    }


def _across(rows: list[dict[str, Any]], plan: _Plan) -> dict[str, Any]:
    title = plan.across[1].field_label
    axis: dict[str, Any]
    if plan.timeline:
        axis = {"title": None, "grid": False, "format": TIME_FORMATS[plan.timeline.timeframe]}
        crowd = {"labelOverlap": "parity", "labelSeparation": 8}
        return {"field": "x", "type": "temporal", "scale": {"type": "utc"}, "axis": {**axis, **crowd}}
    if plan.is_by_name:
        axis = {"title": title, "grid": False, "labelAngle": 0, "labelOverlap": "parity", "labelLimit": 120}
        domain = list(dict.fromkeys(row["x"] for row in rows))
        return {"field": "x", "type": "ordinal", "sort": None, "scale": {"domain": domain}, "axis": axis}
    return _number_axis("x", plan.across[1], title)


def _number_axis(field: str, column: OutputColumn, title: str) -> dict[str, Any]:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"zero": False},
        "axis": {"title": title, "tickCount": 5, **d3_number_format(format_of(column))},
    }


def _described(rows: list[dict[str, Any]], plan: _Plan) -> str:
    up = ", ".join(column.field_label for _, column in plan.up)
    opening = f"Scatter plot of {up} by {plan.across[1].field_label}, {counted(len(rows), 'point')}."
    if not rows:
        return opening
    low, high = min(rows, key=lambda row: row["y"]), max(rows, key=lambda row: row["y"])
    size = f" Larger points have more {plan.size[1].field_label}." if plan.size else ""
    ends = f" Lowest {low['text']} at {low['label']}, highest {high['text']} at {high['label']}."
    return f"{opening}{ends}{_together(rows, plan)}{size}"


def _together(rows: list[dict[str, Any]], plan: _Plan) -> str:
    """Pearson's correlation in words, for numbers against numbers of one series."""
    if plan.is_by_name or plan.timeline or len({row["series"] for row in rows}) > 1 or len(rows) < 3:
        return ""
    across, up = [row["x"] for row in rows], [row["y"] for row in rows]
    middle = sum(across) / len(rows), sum(up) / len(rows)
    product = sum((x - middle[0]) * (y - middle[1]) for x, y in zip(across, up, strict=True))
    spread = sum((x - middle[0]) ** 2 for x in across) * sum((y - middle[1]) ** 2 for y in up)
    return f" Correlation {product / spread**0.5:.2f}." if spread > 0 else ""
