"""A ready-made `query:` of an explore → the request it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.request import Request
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from mainstem.semantics.model import Explore, ExploreQuery


def named_request(model: str, explore: Explore, name: str) -> Request:
    """Raises QueryError with the queries there are instead."""
    query = explore.queries.get(name)
    if query is None:
        hint = did_you_mean(name, explore.queries)
        valid = ", ".join(explore.queries) or "none"
        raise QueryError(f"explore {explore.name} has no query {name}{hint}; its queries are {valid}")
    return request_of_query(model, explore, query)


def request_of_query(model: str, explore: Explore, query: ExploreQuery) -> Request:
    """Fields without a view are the base view's."""

    def full(name: str) -> str:
        return name if "." in name else f"{explore.alias}.{name}"

    return Request(
        model=model,
        explore=explore.name,
        fields=tuple(map(full, (*query.dimensions, *query.measures))),
        filters={full(each.field): each.expression for each in query.filters},
        pivots=tuple(map(full, query.pivots)),
        sorts=tuple(map(full, query.sorts)),
        limit=query.limit,
        timezone=query.timezone,
    )
