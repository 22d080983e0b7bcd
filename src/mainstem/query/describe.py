"""Tile → explore → views → tables: the facts, read off the passes themselves, so that they cannot differ
from what is run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.aggregate import aggregate
from mainstem.query.clock import clock_of
from mainstem.query.context import Context, context_of
from mainstem.query.dialects import dialect_of
from mainstem.query.expand import expand
from mainstem.query.facts import ElementFacts, FieldFacts, FieldKind, ViewFacts
from mainstem.query.joins import join
from mainstem.query.liquid import LiquidTemplates
from mainstem.query.request import Request
from mainstem.query.resolve import find_field, resolve
from mainstem.query.settling import settled
from mainstem.semantics.model import Dimension, FilterField, Measure, Parameter

if TYPE_CHECKING:
    from mainstem.query.plan import Expanded, Resolved
    from mainstem.semantics.model import ExploreSource, View, ViewField
    from mainstem.semantics.project import Project

_ANY_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 -- a field means the same at any time
_KINDS = {
    Dimension: FieldKind.DIMENSION,
    Measure: FieldKind.MEASURE,
    FilterField: FieldKind.FILTER,
    Parameter: FieldKind.PARAMETER,
}


_ANYBODY = Context(now=_ANY_TIME, sees_everything=True)


def field_facts(
    project: Project, model: str, explore: str, name: str, dialect: str, context: Context = _ANYBODY
) -> FieldFacts:
    """Of a field of any kind, hidden or not. Raises QueryError for a name the explore does not have, or that
    the asker may not see."""
    alias, view, field = find_field(project, model, explore, name, context)
    if isinstance(field, FilterField | Parameter):
        return _facts(alias, view, field)
    try:
        rendered = _rendered(project, Request(model=model, explore=explore, fields=(name,)), dialect, context)
    except QueryError as e:
        return _facts(alias, view, field, problem=str(e))
    return _facts(alias, view, field, rendered=rendered)


def request_facts(project: Project, request: Request, dialect: str, now: datetime | Context) -> ElementFacts:
    """The views are those the request reads: the base, then its joins in order."""
    context = context_of(now)
    resolved = settled(resolve(project, request, context), context)
    joined = join(resolved.explore, _expanded(resolved, dialect, context))
    aliases = (joined.base, *(step.alias for step in joined.steps))
    return ElementFacts(
        model=request.model,
        explore=resolved.explore.name,
        explore_label=resolved.explore.label,
        explore_defined_at=str(resolved.explore.origin),
        views=tuple(_view(resolved, alias) for alias in aliases),
        fields=tuple(
            _facts(use.alias, resolved.views[use.alias], use.field, name=use.name)
            for use in (*resolved.dimensions, *resolved.measures)
        ),
    )


def _rendered(project: Project, request: Request, dialect: str, context: Context) -> str:
    resolved = resolve(project, request, context)
    expanded = _expanded(resolved, dialect, context)
    name = request.fields[0]
    if name in expanded.dimensions:
        return expanded.dimensions[name].sql
    joined = join(resolved.explore, expanded)
    return aggregate(expanded, joined, dialect_of(dialect)).measures[name]


def _expanded(resolved: Resolved, dialect_name: str, context: Context) -> Expanded:
    dialect = dialect_of(dialect_name)
    templates = LiquidTemplates(resolved, context, dialect, dialect_name, clock_of(resolved, context))
    return expand(resolved, dialect, context, templates, _unread)


def _unread(view: View, source: ExploreSource) -> str:
    """Which views are read does not depend on the queries of derived tables."""
    return f"-- the query of explore {source.explore} that {view.name} is"


def _view(resolved: Resolved, alias: str) -> ViewFacts:
    view = resolved.views[alias]
    source = view.derived_table.explore_source if view.derived_table else None
    return ViewFacts(
        alias=alias,
        view=view.name,
        label=view.label,
        sql_table_name=view.sql_table_name,
        derived_sql=view.derived_sql,
        defined_at=str(view.origin),
        explore_source=source.explore if source else None,
    )


def _facts(
    alias: str,
    view: View,
    field: ViewField,
    *,
    name: str | None = None,
    rendered: str | None = None,
    problem: str | None = None,
) -> FieldFacts:
    return FieldFacts(
        name=name or f"{alias}.{field.name}",
        label=field.label,
        kind=_KINDS[type(field)],
        type=field.type,
        view=view.name,
        description=field.description,
        sql=None if isinstance(field, Parameter) else field.sql,
        defined_at=str(field.origin),
        rendered=rendered,
        problem=problem,
        hidden=field.hidden,
    )
