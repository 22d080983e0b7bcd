"""Choose the module that draws an element's type and hand it the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.semantics.dashboard import ElementType
from mainstem.web.charts import area, bar, column, line
from mainstem.web.charts.describe import describe
from mainstem.web.charts.flows import sankey
from mainstem.web.charts.series import Series, read_series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.query.result import QueryResult

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

CHART_TYPES: Mapping[ElementType, tuple[str, Callable[[Series, Mapping[str, Any]], dict[str, Any]]]] = {
    ElementType.LINE: ("Line chart", line.spec),
    ElementType.AREA: ("Area chart", area.spec),
    ElementType.COLUMN: ("Column chart", column.spec),
    ElementType.BAR: ("Bar chart", bar.spec),
}


CUSTOM_CHARTS: Mapping[str, Callable[[QueryResult], tuple[dict[str, Any], str, int]]] = {
    "sankey": sankey,
    "sankey_marketplace::sankey": sankey,
}
"""By the name an element's `type` says that is none of Looker's own, its marketplace's name too. Each gives
(spec without `$schema`, the chart in words, how much could not be drawn)."""


@dataclass(frozen=True)
class Chart:
    """What a page needs to draw and to speak of a chart."""

    spec: dict[str, Any]
    """Vega-Lite, JSON-ready."""
    description: str
    """The chart in words, for those who do not see it."""
    missing: int
    """Values that are NULL; the chart leaves them out."""


def is_chart(kind: ElementType, visualization: str = "") -> bool:
    """Whether there is a module that draws it."""
    return kind in CHART_TYPES or (kind is ElementType.CUSTOM and visualization in CUSTOM_CHARTS)


def make_chart(
    kind: ElementType, result: QueryResult, vis: Mapping[str, Any], visualization: str = ""
) -> Chart:
    """A chart of a result with at least one row.

    Raises QueryError when the result lacks what such a chart needs, as a dimension to draw along.
    """
    if kind is ElementType.CUSTOM:
        spec, description, missing = CUSTOM_CHARTS[visualization](result)
        return Chart({"$schema": SCHEMA, **spec}, description, missing)
    title, spec_of = CHART_TYPES[kind]
    series = read_series(result)
    return Chart(
        spec={"$schema": SCHEMA, **spec_of(series, vis)},
        description=describe(title, series),
        missing=sum(point.value is None for point in series.points),
    )
