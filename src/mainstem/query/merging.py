"""Answers joined to one another: Looker's merged results.

Every row of the first answer stays. A row of another is beside it where the joined columns are equal; where
several are, each makes a row; where none is, its columns are NULL. NULL equals nothing, as in SQL. What a row
leads to (`drill_fields`) is lost: a merged row is no row of any explore.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.query.calculating import calculated, calculations_of
from mainstem.query.grid import flattened, grid_of
from mainstem.query.result import ColumnKind, Compiled, QueryResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from mainstem.query.request import Merge, Request
    from mainstem.query.result import Cell, OutputColumn

MOST_ROWS = 100_000
"""Of a merged answer: joins that multiply rows would fill the memory else."""

Joins = tuple[tuple[str, str], ...]
_replace = msgspec.structs.replace


def merged(
    first: QueryResult,
    others: Sequence[QueryResult],
    merge: Merge,
    now: datetime,
    random: Callable[[], float],
) -> QueryResult:
    """`others` are the answers to `merge.queries`. Raises QueryError for columns that are not there or cannot
    be equal, too many rows, and calculations that do not fit."""
    whole = _replace(first, columns=tuple(map(_plain, first.columns)), companions=(), headers=())
    for number, (result, query) in enumerate(zip(others, merge.queries, strict=True), start=1):
        whole = _joined(whole, result, query.joins, number)
    answers = (first, *others)
    whole = _replace(
        whole,
        sql=merged_sql(one.sql for one in answers),
        seconds=sum(one.seconds for one in answers),
        limit_reached=any(one.limit_reached for one in answers),
        bytes=sum(one.bytes or 0 for one in answers),
        warnings=(*(text for one in answers for text in one.warnings), *_cut(others)),
        cached=all(one.cached for one in answers),
    )
    return _worked_out(_pivoted(_sorted(whole, merge.sorts), merge.pivots), merge, now, random)


def merged_sql(texts: Iterable[str]) -> str:
    """For people: what was asked, one question after the other."""
    return ";\n\n".join(texts)


def compiled_whole(questions: Sequence[Compiled]) -> Compiled:
    """What is asked and read, of all of them: for those who look, not to be run."""
    return _replace(
        questions[0],
        sql=merged_sql(one.sql for one in questions),
        warnings=tuple(dict.fromkeys(text for one in questions for text in one.warnings)),
        cohorts=tuple(dict.fromkeys(used for one in questions for used in one.cohorts)),
    )


def questions_of(request: Request) -> tuple[Request, ...]:
    """The requests that one is made of; itself alone where nothing is merged."""
    if request.merge is None:
        return (request,)
    return _replace(request, merge=None), *(one.request for one in request.merge.queries)


def _joined(whole: QueryResult, result: QueryResult, joins: Joins, number: int) -> QueryResult:
    own, targets = [], []
    for source, target in joins:
        here, there = _place(result.columns, source), _place(whole.columns, target)
        one, other = result.columns[here], whole.columns[there]
        if one.type is not other.type:
            raise QueryError(
                f"{source} is a {one.type} and {target} a {other.type}: they are never equal "
                "and cannot be joined"
            )
        own.append(here)
        targets.append(there)
    kept = [place for place in range(len(result.columns)) if place not in own]
    found: dict[tuple[Cell, ...], list[tuple[Cell, ...]]] = {}
    for row in result.rows:
        key = tuple(row[place] for place in own)
        if None not in key:
            found.setdefault(key, []).append(tuple(row[place] for place in kept))
    nothing = [(None,) * len(kept)]
    rows: list[tuple[Cell, ...]] = []
    for row in whole.rows:
        rows += [(*row, *rest) for rest in found.get(tuple(row[place] for place in targets), nothing)]
        if len(rows) > MOST_ROWS:
            raise QueryError(f"merged, these are more than {MOST_ROWS:,} rows: join by more columns")
    taken = {column.name for column in whole.columns}
    added = (_renamed(result.columns[place], taken, number) for place in kept)
    return _replace(whole, columns=(*whole.columns, *added), rows=rows)


def _place(columns: Sequence[OutputColumn], name: str) -> int:
    for place, column in enumerate(columns):
        if column.name == name:
            return place
    raise QueryError(f"merged queries are joined by {name!r}, and there is no such column")


def _plain(column: OutputColumn) -> OutputColumn:
    return _replace(column, over_rows=None, direction=None, pivoted=False, drill_fields=())


def _renamed(column: OutputColumn, taken: set[str], number: int) -> OutputColumn:
    """By the rule of `semantics.reading.dashboards.merged.merged_names`."""
    column = _plain(column)
    if column.name not in taken:
        return column
    said = f" (query {number + 1})"
    return _replace(
        column,
        name=f"q{number}_{column.name}",
        label=column.label + said,
        field_label=column.field_label + said,
    )


def _cut(others: Sequence[QueryResult]) -> list[str]:
    return [
        f"Query {number} has more rows than its limit: what they would have added is blank."
        for number, one in enumerate(others, start=2)
        if one.limit_reached
    ]


def _sorted(result: QueryResult, sorts: Sequence[str]) -> QueryResult:
    """By columns that are there, NULL last; calculations are worked out later."""
    rows = list(result.rows)
    for sort in reversed(sorts):
        name, _, direction = sort.strip().partition(" ")
        places = [place for place, column in enumerate(result.columns) if column.name == name]
        if not places:
            continue
        place, descends = places[0], direction.strip().lower().startswith("desc")
        known = [row for row in rows if row[place] is not None]
        known.sort(key=lambda row, place=place: row[place], reverse=descends)  # type: ignore[misc] # bound per turn
        rows = [*known, *(row for row in rows if row[place] is None)]
    return _replace(result, rows=rows)


def _pivoted(result: QueryResult, pivots: Sequence[str]) -> QueryResult:
    columns = tuple(
        _replace(column, pivoted=column.name in pivots and column.kind is ColumnKind.DIMENSION)
        for column in result.columns
    )
    return _replace(result, columns=columns)


def _worked_out(result: QueryResult, merge: Merge, now: datetime, random: Callable[[], float]) -> QueryResult:
    if not merge.calculations:
        return result
    found = calculated(grid_of(result, column_limit=-1), calculations_of(merge.calculations), now, random)
    whole = flattened(found, result)
    names = {one.name for one in merge.calculations}
    by_them = any(sort.split()[0] in names for sort in merge.sorts if sort.split())
    return _sorted(whole, merge.sorts) if by_them else whole
