"""The order of an answer: what is asked for, else Looker's.

Looker's default: the first date falling, else the first measure falling, else the first dimension rising;
pivoted columns rise unless they are told otherwise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.plan import Sort
from mainstem.semantics.filtering import Grammar, grammar_of
from mainstem.semantics.model import Dimension
from mainstem.semantics.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mainstem.query.plan import FieldUse

_SORT = re.compile(r"(\S+)(?:\s+(asc|desc))?(?:\s+(\d+))?", re.IGNORECASE)


def sorts(
    written: Sequence[str],
    dimensions: Sequence[FieldUse],
    measures: Sequence[FieldUse],
    pivots: Sequence[str],
    calculated: Collection[str] = (),
) -> tuple[Sort, ...]:
    """`calculated` are columns that are worked out from the rows: sorting by them is no matter of SQL."""
    names = [use.name for use in (*dimensions, *measures)]
    measured = {use.name for use in measures}
    pivoted = measured if pivots else set()
    read = (_sort(text, [*names, *calculated], pivoted) for text in written if text.strip())
    found = {sort.name: sort for sort in read}
    asked = tuple(sort for sort in found.values() if sort.name in names)
    if not asked:
        return _default(dimensions, measures, pivots)
    return (*asked, *(Sort(pivot, False) for pivot in pivots if pivot not in found))


def _sort(text: str, names: list[str], pivoted: set[str]) -> Sort:
    """`view.field [asc|desc] [n]`, where n is the pivoted column a measure is sorted by."""
    match = _SORT.fullmatch(text.strip())
    if match is None:
        raise QueryError(
            f"sort {text!r} is not understood; write view.field, view.field desc, or view.field desc 2"
        )
    name, direction, column = match.groups()
    if name not in names:
        raise QueryError(
            f"sort by {name} is not possible: it is not selected{did_you_mean(name, names)}; "
            f"selected are {', '.join(names) or 'none'}"
        )
    descending = (direction or "asc").lower() == "desc"
    return Sort(name, descending, int(column) if column and name in pivoted else None)


def _default(
    dimensions: Sequence[FieldUse], measures: Sequence[FieldUse], pivots: Sequence[str]
) -> tuple[Sort, ...]:
    rows = [use for use in dimensions if use.name not in pivots]
    across = tuple(Sort(pivot, False) for pivot in pivots)
    for use in rows:
        if isinstance(use.field, Dimension) and is_over_time(use.field):
            return (Sort(use.name, True), *across)
    if measures and rows:
        return (Sort(measures[0].name, True), *across)
    return (Sort(rows[0].name, False), *across) if rows else across


def is_over_time(dimension: Dimension) -> bool:
    """A date or a time, not a part of one such as a month's name."""
    return grammar_of(dimension) is Grammar.DATE
