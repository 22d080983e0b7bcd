"""A derived table by `explore_source` → the request it is, and the SELECT that names its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.clauses import indented, items
from mainstem.query.request import Request
from mainstem.semantics.fields import UnknownField, find_field, views_of

if TYPE_CHECKING:
    from mainstem.query.dialects import Dialect
    from mainstem.query.plan import Resolved
    from mainstem.semantics.model import Explore, ExploreSource, Model, View


def source_request(view: View, source: ExploreSource, outer: Resolved, model: Model) -> Request:
    """What the table asks of its explore; filters of the outer question come in as far as they are bound.

    Raises QueryError for an explore the model does not have.
    """
    explore = model.explores.get(source.explore)
    if explore is None:
        raise QueryError(
            f"{source.origin}: view {view.name} reads unknown explore {source.explore}; explores of "
            f"{model.name} are {', '.join(model.explores) or 'none'}"
        )
    filters = {_dotted(one.field, explore): one.expression for one in source.filters}
    filters |= _bound(view, source, outer, model, explore)
    return Request(
        model=model.name,
        explore=source.explore,
        fields=tuple(dict.fromkeys(_dotted(column.field, explore) for column in source.columns)),
        filters=filters,
        filter_expression=source.expression_custom_filter,
        sorts=tuple(_dotted(sort, explore) for sort in source.sorts),
        limit=-1 if source.limit is None else source.limit,
        timezone=source.timezone,
    )


def named_columns(source: ExploreSource, explore: Explore, sql: str, dialect: Dialect) -> str:
    """The answer under the names the table gives its columns, derived ones beside them."""
    columns = [
        f"{dialect.quoted(_dotted(column.field, explore))} AS {dialect.name(column.name)}"
        for column in source.columns
    ]
    named = ["SELECT", *items(columns), "FROM (", *indented(sql.splitlines()), ") AS answer"]
    if not source.derived_columns:
        return "\n".join(named)
    more = [f"{column.sql} AS {dialect.name(column.name)}" for column in source.derived_columns]
    return "\n".join(["SELECT", *items(["*", *more]), "FROM (", *indented(named), ") AS named"])


def _dotted(name: str, explore: Explore) -> str:
    return name if "." in name.split(" ")[0] else f"{explore.alias}.{name}"


def _bound(
    view: View, source: ExploreSource, outer: Resolved, model: Model, explore: Explore
) -> dict[str, str]:
    asked = {item.use.name: item.expression for item in outer.filters}
    asked |= {use.name: use.value for use in outer.inputs if use.given}
    bound = {one.to_field: asked[one.from_field] for one in source.bind_filters if one.from_field in asked}
    if not source.bind_all_filters:
        return bound
    views = views_of(model, explore)
    # A table is not filtered by itself.
    own = {item.use.name for item in outer.filters if outer.views[item.use.alias].name == view.name}
    for name, expression in asked.items():
        if name in own:
            continue
        try:
            find_field(views, name)
        except UnknownField:
            continue
        bound.setdefault(name, expression)
    return bound
