"""A ready-made `query:` of an explore → the request it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.query.request import Request
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from mainstem.semantics.model import Explore, ExploreQuery
    from mainstem.semantics.project import Project


def named_request(model: str, explore: Explore, name: str) -> Request:
    """Raises QueryError with the queries there are instead."""
    query = explore.queries.get(name)
    if query is None:
        hint = did_you_mean(name, explore.queries)
        valid = ", ".join(explore.queries) or "none"
        raise QueryError(f"explore {explore.name} has no query {name}{hint}; its queries are {valid}")
    return request_of_query(model, explore, query)


def beginning_with(project: Project, request: Request, name: str) -> Request:
    """The request with everything it does not say itself taken from a ready-made query of its explore;
    filters of both hold, its own where both name a field. Raises QueryError."""
    model = project.models.get(request.model)
    if model is None or request.explore not in model.explores:
        return request  # who resolves it says what there is instead
    base = named_request(request.model, model.explores[request.explore], name)
    return msgspec.structs.replace(
        request,
        fields=request.fields or base.fields,
        filters=base.filters | request.filters,
        pivots=request.pivots or base.pivots,
        sorts=request.sorts or base.sorts,
        limit=base.limit if request.limit is None else request.limit,
        timezone=request.timezone or base.timezone,
    )


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
