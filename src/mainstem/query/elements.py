"""A dashboard's tile and the values of its filters → the request the tile makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.request import Merge, MergedRequest, Request
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.semantics.dashboard import Dashboard, Element


def request_of(dashboard: Dashboard, element: Element, filter_values: Mapping[str, str]) -> Request:
    """A dashboard filter the tile listens to takes the place of the tile's own filter on that field.

    Raises QueryError for a filter the dashboard does not have, and for a required one without a value.
    """
    if not element.asks:
        raise QueryError(
            f"element {element.name} of dashboard {dashboard.name} is {element.type} and asks nothing"
        )
    names = [f.name for f in dashboard.filters]
    for name in filter_values:
        if name not in names:
            hint = did_you_mean(name, names)
            valid = ", ".join(names) or "none"
            raise QueryError(
                f"dashboard {dashboard.name} has no filter {name!r}{hint}; its filters are {valid}"
            )
    values = {f.name: filter_values.get(f.name, f.default_value) for f in dashboard.filters}
    for f in dashboard.filters:
        if f.required and not values[f.name].strip():
            raise QueryError(f"filter {f.name} of dashboard {dashboard.name} needs a value")
    return asked_by(element, values)


def asked_by(element: Element, values: Mapping[str, str]) -> Request:
    """`values`: name of each filter of the dashboard, in order → its expression."""
    heard: dict[str, str] = {}
    for name, value in values.items():
        if name in element.listen and (value.strip() or element.listen[name] not in heard):
            heard[element.listen[name]] = value
    return Request(
        model=element.model,
        explore=element.explore,
        fields=element.fields,
        filters=element.filters | heard,
        filter_expression=element.filter_expression,
        pivots=element.pivots,
        sorts=element.sorts,
        limit=element.limit,
        column_limit=element.column_limit,
        totals=element.totals,
        row_totals=element.row_totals,
        subtotals=element.subtotals,
        fill_fields=element.fill_fields,
        dynamic_fields=element.dynamic_fields,
        timezone=element.timezone,
        merge=_merge(element, values) if element.merged else None,
    )


def _merge(element: Element, values: Mapping[str, str]) -> Merge:
    queries = (
        MergedRequest(request=asked_by(one.element, values), joins=one.joins) for one in element.merged
    )
    return Merge(
        queries=tuple(queries),
        calculations=element.merged_fields,
        sorts=element.merged_sorts,
        pivots=element.merged_pivots,
    )
