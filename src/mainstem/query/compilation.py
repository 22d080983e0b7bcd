"""The passes in their order; the only module that knows them all. Pure: no clock, no warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.query.aggregate import aggregate
from mainstem.query.columns import output_columns
from mainstem.query.conditions import conditions
from mainstem.query.context import Context, context_of
from mainstem.query.dialects import dialect_of
from mainstem.query.expand import expand
from mainstem.query.joins import join
from mainstem.query.plan import Shown
from mainstem.query.render import render
from mainstem.query.resolve import resolve
from mainstem.query.result import Companion, Compiled
from mainstem.query.totals import smaller_questions

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.query.dialects import Dialect
    from mainstem.query.plan import Conditions, Resolved
    from mainstem.query.request import Request
    from mainstem.query.totals import Smaller
    from mainstem.semantics.project import Project


def compile_request(
    project: Project, request: Request, dialect_name: str, now: datetime | Context
) -> Compiled:
    """`now`: who asks and when, or naive UTC alone. Raises QueryError for what the model does not offer."""
    context = context_of(now)
    question = _Question(resolve(project, request, context), dialect_of(dialect_name), context)
    return Compiled(
        sql=question.sql(),
        columns=output_columns(question.resolved),
        limit=question.resolved.limit,
        companions=tuple(
            Companion(
                kind=smaller.kind,
                sql=question.smaller_sql(smaller),
                columns=output_columns(smaller.resolved),
            )
            for smaller in smaller_questions(request, question.resolved)
        ),
        warnings=question.aggregated.warnings,
    )


class _Question:
    """One question as far as its passes go: what all of its SQL shares."""

    def __init__(self, resolved: Resolved, dialect: Dialect, context: Context) -> None:
        self.resolved = resolved
        self._dialect = dialect
        self._expanded = expand(resolved, dialect, context)
        self._joined = join(resolved.explore, self._expanded)
        self.aggregated = aggregate(self._expanded, self._joined, dialect)
        self._conditions = conditions(resolved, self._expanded, self.aggregated, dialect, context)

    def sql(self) -> str:
        return self._rendered(self.resolved, self._conditions)

    def smaller_sql(self, smaller: Smaller) -> str:
        """Grouped by less, over the same joined rows; where rows were left out by a limit or a condition on
        groups, over those that are left."""
        main = self.resolved
        without_groups = msgspec.structs.replace(self._conditions, having=())
        limited = smaller.only_shown and main.limit is not None
        if not limited and not self._conditions.having:
            return self._rendered(smaller.resolved, without_groups)
        kept = main if limited else msgspec.structs.replace(main, limit=None, sorts=())
        shown = Shown(
            sql=self._rendered(kept, self._conditions), names=tuple(use.name for use in main.dimensions)
        )
        return self._rendered(smaller.resolved, without_groups, shown)

    def _rendered(self, resolved: Resolved, met: Conditions, shown: Shown | None = None) -> str:
        return render(resolved, self._expanded, self._joined, self.aggregated, met, self._dialect, shown)
