"""One chart as many: a pane for each pivoted value (`trellis: pivot`) or for each row (`trellis: row`).

All share one value axis, so that panes can be compared; it is the author's own where they set one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.query.grid import Places, grid_of
from mainstem.query.result import ColumnKind
from mainstem.web.cell_text import text_of_key
from mainstem.web.charts.chart import CHART_TYPES, OTHER_TYPES, make_chart
from mainstem.web.charts.drawn import number, numbers_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.query.result import OutputColumn, QueryResult
    from mainstem.semantics.dashboard import ElementType
    from mainstem.web.charts.chart import Chart

MOST = 24
_OF_AXES = ("y_axes", "y_axis_min", "y_axis_max")


def is_trellis(kind: ElementType, result: QueryResult, vis: Mapping[str, Any]) -> bool:
    """Whether the settings ask for panes, and the answer has something to tell them apart by."""
    way, places = vis.get("trellis"), Places.of(result.columns)
    if kind not in CHART_TYPES and kind not in OTHER_TYPES:
        return False
    if way == "pivot":
        return bool(places.across and places.down)
    return way == "row" and bool(places.down) and len(places.down) + len(places.across) > 1


def panes(
    kind: ElementType, result: QueryResult, vis: Mapping[str, Any]
) -> tuple[list[tuple[str, Chart]], tuple[str, ...]]:
    """(what a pane is of, its chart), and what is not drawn. Raises QueryError as `make_chart` does."""
    places, grid = Places.of(result.columns), grid_of(result, column_limit=-1)
    by_pivot = vis.get("trellis") == "pivot"
    apart = places.across if by_pivot else places.down[:1]
    keys = grid.headers if by_pivot else tuple(dict.fromkeys(key[:1] for key in grid.rows))
    settings = {**vis, **_shared_axis(result, vis)}
    found = []
    for key in keys[:MOST]:
        rows = [row for row in result.rows if tuple(row[n] for n in apart) == key]
        if rows:
            part = _without(result, rows, set(apart), unpivot=not by_pivot)
            name = text_of_key(key, [result.columns[n] for n in apart])
            found.append((name, make_chart(kind, part, settings)))
    notes = (f"The first {MOST} of {len(keys)} panes are drawn.",) if len(keys) > MOST else ()
    return found, notes


def _without(result: QueryResult, rows: list[Any], left_out: set[int], *, unpivot: bool) -> QueryResult:
    kept = [n for n in range(len(result.columns)) if n not in left_out]
    dimensions = [n for n in kept if result.columns[n].kind is ColumnKind.DIMENSION]
    is_alone = all(result.columns[n].pivoted for n in dimensions)

    def column(n: int) -> OutputColumn:
        one = result.columns[n]
        return msgspec.structs.replace(one, pivoted=False) if unpivot and is_alone and one.pivoted else one

    columns = tuple(column(n) for n in kept)
    return msgspec.structs.replace(
        result,
        columns=columns,
        rows=[tuple(row[n] for n in kept) for row in rows],
        headers=result.headers if any(column.pivoted for column in columns) else (),
        companions=(),
    )


def _shared_axis(result: QueryResult, vis: Mapping[str, Any]) -> dict[str, Any]:
    if vis.get("stacking") or any(vis.get(name) for name in _OF_AXES):
        return {}
    values = [
        float(value)
        for n, _ in numbers_of(result)
        for row in result.rows
        if (value := number(row[n])) is not None
    ]
    highest, lowest = max(values, default=0), min(values, default=0)
    return (
        {"y_axis_max": [highest], **({"y_axis_min": [lowest]} if lowest < 0 else {})} if highest > 0 else {}
    )
