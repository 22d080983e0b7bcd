"""A question with totals → the smaller questions whose answers they are.

Totals are asked of the warehouse, never added up from rows: an average of averages, or a count of people who
stand in two rows, would be wrong. A total covers every row of the explore that the filters let through,
also those past the limit, as in Looker; totals of shown rows cover what is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.query.plan import Resolved
from mainstem.query.result import CompanionKind
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.query.request import Request


class Smaller(msgspec.Struct, frozen=True, kw_only=True):
    """One question beside the main one: the same, grouped by fewer dimensions."""

    kind: CompanionKind
    resolved: Resolved
    only_shown: bool
    """Whether it covers the rows that are shown, instead of all that pass."""


def smaller_questions(request: Request, resolved: Resolved) -> Iterator[Smaller]:
    """In the order: totals, row totals, the grand total, subtotals. Raises QueryError for a subtotal of what
    is not selected."""
    names = tuple(use.name for use in resolved.dimensions)
    for name in request.subtotals:
        if name not in names:
            raise QueryError(
                f"subtotal {name} is not among the selected dimensions{did_you_mean(name, names)}: "
                f"{', '.join(names) or 'none'}"
            )
    if not resolved.measures:
        return
    rows = tuple(name for name in names if name not in resolved.pivots)
    if request.totals and rows:
        yield _smaller(CompanionKind.TOTALS, resolved, resolved.pivots, only_shown=False)
    if request.row_totals and resolved.pivots:
        yield _smaller(CompanionKind.ROW_TOTALS, resolved, rows, only_shown=True)
        if request.totals and rows:
            yield _smaller(CompanionKind.GRAND_TOTAL, resolved, (), only_shown=False)
    for length in sorted(rows.index(name) + 1 for name in request.subtotals if name in rows[:-1]):
        yield _smaller(CompanionKind.SUBTOTALS, resolved, (*rows[:length], *resolved.pivots), only_shown=True)
        if request.row_totals and resolved.pivots:
            yield _smaller(CompanionKind.SUBTOTALS, resolved, rows[:length], only_shown=True)


def _smaller(kind: CompanionKind, resolved: Resolved, names: tuple[str, ...], *, only_shown: bool) -> Smaller:
    kept = tuple(use for use in resolved.dimensions if use.name in names)
    return Smaller(
        kind=kind,
        resolved=msgspec.structs.replace(
            resolved,
            dimensions=kept,
            pivots=tuple(name for name in resolved.pivots if name in names),
            sorts=tuple(sort for sort in resolved.sorts if sort.name in names),
            limit=None,
            is_beside=True,
        ),
        only_shown=only_shown,
    )
