"""Choose the module that draws an element's type and hand it the data."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.semantics.dashboard import ElementType
from mainstem.web.charts import geo
from mainstem.web.charts.along import along_an_axis
from mainstem.web.charts.boxplot import boxplot
from mainstem.web.charts.describe import describe
from mainstem.web.charts.donuts import donuts
from mainstem.web.charts.drawn import Drawn
from mainstem.web.charts.flows import sankey
from mainstem.web.charts.funnel import funnel
from mainstem.web.charts.pie import pie
from mainstem.web.charts.scatter import scatter
from mainstem.web.charts.series import read_series
from mainstem.web.charts.spans import timeline
from mainstem.web.charts.waterfall import waterfall
from mainstem.web.charts.words import word_cloud

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.query.result import QueryResult

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

CHART_TYPES: Mapping[ElementType, tuple[str, str]] = {
    ElementType.LINE: ("Line chart", "line"),
    ElementType.AREA: ("Area chart", "area"),
    ElementType.COLUMN: ("Column chart", "column"),
    ElementType.BAR: ("Bar chart", "bar"),
}
"""Charts of series along an axis."""

OTHER_TYPES: Mapping[ElementType, Callable[[QueryResult, Mapping[str, Any]], Drawn]] = {
    ElementType.PIE: pie,
    ElementType.DONUT: donuts,
    ElementType.SCATTER: scatter,
    ElementType.BOXPLOT: boxplot,
    ElementType.WATERFALL: waterfall,
    ElementType.FUNNEL: funnel,
    ElementType.TIMELINE: timeline,
    ElementType.WORDCLOUD: word_cloud,
    ElementType.MAP: geo.points,
    ElementType.GOOGLE_MAP: geo.points,
    ElementType.GEO_COORDINATES: geo.points,
}
"""Charts that read a result in ways of their own."""

_MAPS = (ElementType.MAP, ElementType.GOOGLE_MAP, ElementType.GEO_COORDINATES)

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
    notes: tuple[str, ...] = ()
    """Whole sentences: what else is not drawn, or is drawn otherwise than one might think."""
    is_wide: bool = False
    """Names stand within it side by side: on a narrow page it scrolls rather than shrinks."""


def is_chart(kind: ElementType, visualization: str = "") -> bool:
    """Whether there is a module that draws it."""
    if kind is ElementType.CUSTOM:
        return visualization in CUSTOM_CHARTS
    return kind in CHART_TYPES or kind in OTHER_TYPES


def why_a_table(kind: ElementType, result: QueryResult) -> str:
    """Why a result that is asked for as a map is shown as a table; empty where it is not."""
    if kind is ElementType.GEO_CHOROPLETH or (kind in _MAPS and not geo.has_coordinates(result)):
        return geo.NO_AREAS
    return ""


def make_chart(
    kind: ElementType, result: QueryResult, vis: Mapping[str, Any], visualization: str = ""
) -> Chart:
    """A chart of a result with at least one row.

    Raises QueryError when the result lacks what such a chart needs, as a dimension to draw along.
    """
    if kind is ElementType.CUSTOM:
        spec, description, missing = CUSTOM_CHARTS[visualization](result)
        return _chart(Drawn(spec, description, missing, is_wide=True))
    if kind in OTHER_TYPES:
        return _chart(OTHER_TYPES[kind](result, vis))
    title, default = CHART_TYPES[kind]
    drawn, series = along_an_axis(default, read_series(result), vis)
    return _chart(
        dataclasses.replace(drawn, description=f"{describe(title, series)} {drawn.description}".rstrip())
    )


def _chart(drawn: Drawn) -> Chart:
    spec = {"$schema": SCHEMA, **drawn.spec}
    return Chart(spec, drawn.description, drawn.missing, drawn.notes, drawn.is_wide)
