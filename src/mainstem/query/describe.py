"""Tile → explore → views → tables: the facts, read off the passes themselves, so that they cannot differ
from what is run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mainstem.query.context import Context, context_of
from mainstem.query.dialects import dialect_of
from mainstem.query.expand import expand
from mainstem.query.facts import ElementFacts, FieldFacts, ViewFacts
from mainstem.query.joins import join
from mainstem.query.request import Request
from mainstem.query.resolve import resolve
from mainstem.query.result import ColumnKind
from mainstem.semantics.model import Measure

if TYPE_CHECKING:
    from mainstem.query.plan import FieldUse, Resolved
    from mainstem.semantics.project import Project

_ANY_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 -- a field means the same at any time


def field_facts(project: Project, model: str, explore: str, name: str) -> FieldFacts:
    """Raises QueryError for a name the explore does not have."""
    resolved = resolve(
        project,
        Request(model=model, explore=explore, fields=(name,)),
        Context(now=_ANY_TIME, sees_everything=True),
    )
    return _field(resolved, (*resolved.dimensions, *resolved.measures)[0])


def request_facts(project: Project, request: Request, dialect: str, now: datetime | Context) -> ElementFacts:
    """The views are those the request reads: the base, then its joins in order."""
    context = context_of(now)
    resolved = resolve(project, request, context)
    joined = join(resolved.explore, expand(resolved, dialect_of(dialect), context))
    aliases = (joined.base, *(step.alias for step in joined.steps))
    return ElementFacts(
        model=request.model,
        explore=resolved.explore.name,
        explore_label=resolved.explore.label,
        explore_defined_at=str(resolved.explore.origin),
        views=tuple(_view(resolved, alias) for alias in aliases),
        fields=tuple(_field(resolved, use) for use in (*resolved.dimensions, *resolved.measures)),
    )


def _view(resolved: Resolved, alias: str) -> ViewFacts:
    view = resolved.views[alias]
    return ViewFacts(
        alias=alias,
        view=view.name,
        label=view.label,
        sql_table_name=view.sql_table_name,
        derived_sql=view.derived_sql,
        defined_at=str(view.origin),
    )


def _field(resolved: Resolved, use: FieldUse) -> FieldFacts:
    measured = isinstance(use.field, Measure)
    return FieldFacts(
        name=use.name,
        label=use.field.label,
        kind=ColumnKind.MEASURE if measured else ColumnKind.DIMENSION,
        type=use.field.type,
        view=resolved.views[use.alias].name,
        description=use.field.description,
        sql=use.field.sql,
        defined_at=str(use.field.origin),
    )
