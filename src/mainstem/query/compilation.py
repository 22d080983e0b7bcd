"""The passes in their order; the only module that knows them all. Pure: no clock, no warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.aggregate import aggregate
from mainstem.query.columns import output_columns
from mainstem.query.conditions import conditions
from mainstem.query.dialects import dialect_of
from mainstem.query.expand import expand
from mainstem.query.joins import join
from mainstem.query.render import render
from mainstem.query.resolve import resolve
from mainstem.query.result import Compiled

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.query.request import Request
    from mainstem.semantics.project import Project


def compile_request(project: Project, request: Request, dialect_name: str, now: datetime) -> Compiled:
    """`now` is naive UTC, for filters like `7 days`. Raises QueryError for what the model does not offer."""
    dialect = dialect_of(dialect_name)
    resolved = resolve(project, request)
    expanded = expand(resolved, dialect, now)
    joined = join(resolved.explore, expanded)
    aggregated = aggregate(expanded, joined)
    met = conditions(resolved, expanded, aggregated, dialect, now)
    sql = render(resolved, expanded, joined, aggregated, met, dialect)
    return Compiled(sql=sql, columns=output_columns(resolved), limit=resolved.limit)
