"""The passes in their order; the only module that knows them all. Pure: no clock, no warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.query.aggregate import aggregate
from mainstem.query.calculating import calculations_of
from mainstem.query.clock import clock_of
from mainstem.query.cohorts import membership_of, used
from mainstem.query.columns import output_columns
from mainstem.query.conditions import conditions
from mainstem.query.context import context_of
from mainstem.query.dialects import dialect_of
from mainstem.query.expand import expand
from mainstem.query.filling import fills_of
from mainstem.query.joins import join
from mainstem.query.liquid import LiquidTemplates
from mainstem.query.plan import Shown
from mainstem.query.ranking import is_ranked
from mainstem.query.render import render
from mainstem.query.resolve import resolve
from mainstem.query.result import Companion, Compiled
from mainstem.query.settling import settled
from mainstem.query.sources import named_columns, source_request
from mainstem.query.totals import smaller_questions

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.query.context import Context
    from mainstem.query.plan import Conditions, Resolved
    from mainstem.query.request import Request
    from mainstem.query.result import UsedCohort
    from mainstem.query.totals import Smaller
    from mainstem.semantics.model import ExploreSource, View
    from mainstem.semantics.project import Project


def compile_request(
    project: Project, request: Request, dialect_name: str, now: datetime | Context
) -> Compiled:
    """`now`: who asks and when, or naive UTC alone. Raises QueryError for what the model does not offer."""
    context = context_of(now)
    question = _Question(project, request, dialect_name, context)
    return Compiled(
        sql=question.sql(),
        columns=output_columns(question.resolved, question.templates),
        limit=question.resolved.limit,
        is_ranked=is_ranked(question.resolved),
        companions=tuple(
            Companion(
                kind=smaller.kind,
                sql=question.smaller_sql(smaller),
                columns=output_columns(smaller.resolved, question.templates),
            )
            for smaller in smaller_questions(request, question.resolved)
        ),
        calculations=calculations_of(request.dynamic_fields),
        now=question.clock.now,
        fills=fills_of(request, question.resolved, question.clock),
        column_limit=request.column_limit,
        warnings=question.aggregated.warnings,
        cohorts=question.cohorts,
    )


def compile_table(
    project: Project, request: Request, dialect_name: str, context: Context
) -> tuple[str, tuple[UsedCohort, ...]]:
    """A request as a SELECT to be read as a table within another, without an order of its own; and the
    cohorts it filters by. Raises QueryError as `compile_request`, and where it needs statements before it."""
    question = _Question(project, request, dialect_name, context)
    if question.preamble:
        raise QueryError(
            f"explore {request.explore} of {request.model} needs statements of its own before its query "
            "(sql_preamble): it cannot be part of another"
        )
    return question.table_sql(), question.cohorts


class _Question:
    """One question as far as its passes go: what all of its SQL shares."""

    def __init__(
        self,
        project: Project,
        request: Request,
        dialect_name: str,
        context: Context,
        within: tuple[str, ...] = (),
    ) -> None:
        """`within`: the derived tables whose queries this one is part of."""
        self._project = project
        self._dialect_name = dialect_name
        self._context = context
        self._within = within
        self._dialect = dialect_of(dialect_name)
        self.resolved = settled(_outside(resolve(project, request, context), request, within), context)
        self.clock = clock_of(self.resolved, context)
        self.templates = LiquidTemplates(self.resolved, context, self._dialect, dialect_name, self.clock)
        self._expanded = expand(self.resolved, self._dialect, context, self.templates, self._source_sql)
        self._joined = join(self.resolved.explore, self._expanded)
        self.aggregated = aggregate(self._expanded, self._joined, self._dialect)
        self._conditions = conditions(self.resolved, self._expanded, self.aggregated, self._dialect, context)

    def _source_sql(self, view: View, source: ExploreSource) -> str:
        if view.name in self._within:
            circle = " → ".join((*self._within, view.name))
            raise QueryError(f"{source.origin}: derived tables read each other: {circle}")
        model = self.resolved.model
        if model is None:
            raise QueryError(f"{source.origin}: view {view.name} belongs to no model")
        request = source_request(view, source, self.resolved, model)
        inner = _Question(
            self._project, request, self._dialect_name, self._context, (*self._within, view.name)
        )
        return named_columns(source, model.explores[source.explore], inner.table_sql(), self._dialect)

    @property
    def preamble(self) -> str | None:
        return self._expanded.preamble

    @property
    def cohorts(self) -> tuple[UsedCohort, ...]:
        asked = (membership_of(item.use.field, item.expression) for item in self.resolved.filters)
        return used((one for one in asked if one is not None), self._context)

    def sql(self) -> str:
        return self._rendered(self.resolved, self._conditions)

    def table_sql(self) -> str:
        """To be read as a table, which has no order of its own but what a limit goes by."""
        unordered = self.resolved.limit is None
        resolved = msgspec.structs.replace(self.resolved, sorts=()) if unordered else self.resolved
        return self._rendered(resolved, self._conditions)

    def smaller_sql(self, smaller: Smaller) -> str:
        """Grouped by less, over the same joined rows; where rows were left out by a limit or a condition on
        groups, over those that are left."""
        main = self.resolved
        without_groups = msgspec.structs.replace(self._conditions, having=())
        limited = smaller.only_shown and main.limit is not None
        if not limited and not self._conditions.having:
            return self._rendered(smaller.resolved, without_groups)
        kept = main if limited else msgspec.structs.replace(main, limit=None, sorts=(), is_beside=True)
        shown = Shown(
            sql=self._rendered(kept, self._conditions), names=tuple(use.name for use in main.dimensions)
        )
        return self._rendered(smaller.resolved, without_groups, shown)

    def _rendered(self, resolved: Resolved, met: Conditions, shown: Shown | None = None) -> str:
        return render(resolved, self._expanded, self._joined, self.aggregated, met, self._dialect, shown)


def _outside(resolved: Resolved, request: Request, within: tuple[str, ...]) -> Resolved:
    """A table is not filtered by itself: inside its own query, standing filters on it say nothing."""
    if not within:
        return resolved
    kept = tuple(
        item
        for item in resolved.filters
        if item.use.name in request.filters or resolved.views[item.use.alias].name not in within
    )
    return msgspec.structs.replace(resolved, filters=kept)
