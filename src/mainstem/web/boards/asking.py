"""One tile asked: with the filters of its dashboard and with what was picked in other tiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from msgspec.structs import replace

from mainstem.web.boards.cross import Cross, Crossing, cross_pairs, crossed, read_crosses, without_crosses
from mainstem.web.explore import Question, question_of
from mainstem.web.filters import dashboard_path, filter_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.query.explorer import Explorer
    from mainstem.semantics.dashboard import Dashboard, Element


@dataclass(frozen=True)
class Look:
    """A dashboard as somebody looks at it: its filters' values and the cross-filters."""

    dashboard: Dashboard
    values: Mapping[str, str]
    """Name of each filter → its expression."""
    crossing: Crossing

    def address(self, crosses: tuple[Cross, ...] | None = None) -> str:
        """Of the page; with other cross-filters where these are given."""
        shown = self.crossing.crosses if crosses is None else crosses
        return _with(dashboard_path(self.dashboard.name), [*self.values.items(), *cross_pairs(shown)])

    def tile_address(self, element: Element, below: str = "") -> str:
        """Of a tile, with just those filters that its answer depends on: it stays the same when others
        change."""
        needed = {one.name for one in self.dashboard.filters if one.required} | element.hears
        heard = [(name, value) for name, value in self.values.items() if name in needed]
        path = f"{dashboard_path(self.dashboard.name)}/tiles/{quote(element.name, safe='')}{below}"
        return _with(path, [*heard, *cross_pairs(self.crossing.concerning(element))])

    def cleared(self, element: Element) -> str:
        """Address of the page without what narrows this tile, but for what is required; empty where nothing
        else does."""
        needed = {one.name for one in self.dashboard.filters if one.required}
        narrowing = {name for name in element.hears - needed if self.values.get(name)}
        if not narrowing and not self.crossing.concerning(element):
            return ""
        values = [(name, "" if name in narrowing else value) for name, value in self.values.items()]
        return _with(dashboard_path(self.dashboard.name), values)

    def question(self, explorer: Explorer, element: Element) -> Question:
        """What a tile asks. Raises QueryError."""
        request = explorer.element_request(self.dashboard, element, self.values)
        request = crossed(request, self.crossing.on(element))
        if request.merge is not None:
            each = zip(request.merge.queries, self.crossing.on_merged(element), strict=True)
            queries = tuple(replace(one, request=crossed(one.request, on)) for one, on in each)
            request = replace(request, merge=replace(request.merge, queries=queries))
        return question_of(element, request)

    def picked(self, element: Element) -> dict[str, tuple[str, ...]] | None:
        """What was picked in it; None where nothing can be."""
        return self.crossing.by(element) if self.dashboard.crossfilter_enabled else None


def look_at(explorer: Explorer, dashboard: Dashboard, query: list[tuple[str, str]]) -> Look:
    """Cross-filters count only where the dashboard lets marks filter it."""
    values = filter_values(dashboard, without_crosses(query))
    crosses = read_crosses(query) if dashboard.crossfilter_enabled else ()
    return Look(dashboard, values, Crossing(explorer, dashboard, crosses))


def _with(path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path
