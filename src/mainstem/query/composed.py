"""A question made of several requests: each becomes SQL as any request does, with one text around them all.

Promise: the text reads nothing but the answers of its requests. So what the asker may see of each explore,
access filters, grants and standing filters, holds for all that is worked out from them. It knows no question
in particular.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.compilation import compile_table
from mainstem.query.dialects import dialect_of
from mainstem.query.result import Compiled

if TYPE_CHECKING:
    from mainstem.query.context import Context
    from mainstem.query.dialects import Dialect
    from mainstem.query.request import Request
    from mainstem.query.result import OutputColumn, UsedCohort
    from mainstem.semantics.project import Project

Write = Callable[[Mapping[str, str], "Dialect"], str]
"""(name of a request → a SELECT of its rows, the dialect) → the whole SELECT."""


@dataclass(frozen=True)
class Composed:
    """`parts` are requests of one model, every row of them (`limit=-1`); a part's columns are named as its
    fields are, `view.field`, quoted."""

    model: str
    explore: str
    """The first of those it reads, for the log of queries."""
    parts: Mapping[str, Request]
    write: Write
    columns: tuple[OutputColumn, ...]
    """What `write` selects, in order."""


def compile_composed(project: Project, composed: Composed, dialect_name: str, context: Context) -> Compiled:
    """Raises QueryError for a part that means nothing, that the asker may not see, or of another model."""
    texts: dict[str, str] = {}
    cohorts: dict[UsedCohort, None] = {}
    for name, request in composed.parts.items():
        if request.model != composed.model:
            raise QueryError(f"one question reads one model: {composed.model}, not {request.model} too")
        texts[name], used = compile_table(project, request, dialect_name, context)
        cohorts |= dict.fromkeys(used)
    sql = composed.write(texts, dialect_of(dialect_name))
    return Compiled(sql=sql, columns=composed.columns, limit=None, now=context.now, cohorts=tuple(cohorts))
