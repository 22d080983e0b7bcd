"""Which filter leaves an answer without a row: the same question, without one filter at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.web.explore.changes import changed

if TYPE_CHECKING:
    from mainstem.query.explorer import Explorer
    from mainstem.web.explore.question import Question

_MOST = 8
"""Filters that are tried: each is a query."""


@dataclass(frozen=True)
class Loosened:
    name: str
    """`view.field`."""
    expression: str
    has_rows: bool
    """Whether there are rows without it."""


def loosened(explorer: Explorer, question: Question) -> tuple[Loosened, ...]:
    """For each filter that says something. Raises what the warehouse raises."""
    wanted = [(name, value) for name, value in question.request.filters.items() if value.strip()]
    return tuple(
        Loosened(name, value, _has_rows(explorer, changed(question, f"filter:{name}")))
        for name, value in wanted[:_MOST]
    )


def _has_rows(explorer: Explorer, question: Question) -> bool:
    asked = msgspec.structs.replace(
        question.request, limit=1, totals=False, row_totals=False, subtotals=(), fill_fields=(), sorts=()
    )
    try:
        return bool(explorer.run(asked).rows)
    except QueryError:  # the model asks for this filter
        return False
