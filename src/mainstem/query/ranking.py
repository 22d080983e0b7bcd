"""Which rows of a pivoted answer are shown.

With pivots a limit counts rows as they are shown, each of which is many rows of SQL: whole shown rows are
kept, never half of one. They are ranked by what they are sorted by; by a measure, that is its best value in
the row, or its value in one pivoted column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.clauses import direction, indented, items

if TYPE_CHECKING:
    from mainstem.query.dialects import Dialect
    from mainstem.query.plan import Expanded, Resolved, Sort


def is_ranked(resolved: Resolved) -> bool:
    rows = any(use.name not in resolved.pivots for use in resolved.dimensions)
    by_column = any(sort.column is not None for sort in resolved.sorts)
    return bool(resolved.pivots) and rows and (resolved.limit is not None or by_column)


def ranked_rows(
    resolved: Resolved,
    expanded: Expanded,
    grouped: list[str],
    names: list[str],
    rows: list[str],
    dialect: Dialect,
) -> list[str]:
    """The lines of a query around `grouped`. `names` are its columns, `rows` those dimensions that are not
    pivoted."""
    by_row = [sort for sort in resolved.sorts if sort.name not in resolved.pivots]
    measured = [sort for sort in by_row if sort.name not in rows]
    best = {sort.name: dialect.quoted(f"best {sort.name}") for sort in measured}
    best |= {
        use.name: dialect.quoted(f"order of {use.name}")
        for use in resolved.dimensions
        if expanded.dimensions[use.name].order is not None
    }
    rank = [f"{best.get(sort.name, dialect.quoted(sort.name))}{direction(sort)}" for sort in by_row]
    sorted_by = {sort.name for sort in by_row}
    rank += [f"{dialect.quoted(name)} NULLS LAST" for name in rows if name not in sorted_by]
    across = [sort for sort in resolved.sorts if sort.name in resolved.pivots]
    order = ["shown_row"]
    order += [f"{best.get(sort.name, dialect.quoted(sort.name))}{direction(sort)}" for sort in across]
    source = "scored" if measured else "grouped"
    pivots = [f"{best.get(name, dialect.quoted(name))} NULLS LAST" for name in resolved.pivots]
    pivots = [
        f"{best.get(sort.name, dialect.quoted(sort.name))}{direction(sort)}" for sort in across
    ] or pivots
    return [
        "WITH grouped AS (",
        *indented(grouped),
        "),",
        *(_numbered_columns(pivots) if any(sort.column is not None for sort in measured) else []),
        *(_scored(measured, best, rows, dialect) if measured else []),
        "ranked AS (",
        f"  SELECT *, DENSE_RANK() OVER (ORDER BY {', '.join(rank)}) AS shown_row",
        f"  FROM {source}",
        ")",
        "SELECT",
        *items([dialect.quoted(name) for name in names]),
        "FROM ranked",
        *([f"WHERE shown_row <= {resolved.limit}"] if resolved.limit is not None else []),
        f"ORDER BY {', '.join(order)}",
    ]


def _numbered_columns(pivots: list[str]) -> list[str]:
    rank = f"DENSE_RANK() OVER (ORDER BY {', '.join(pivots)}) - 1 AS shown_column"
    return ["numbered AS (", f"  SELECT *, {rank}", "  FROM grouped", "),"]


def _scored(measured: list[Sort], best: dict[str, str], rows: list[str], dialect: Dialect) -> list[str]:
    across = ", ".join(dialect.quoted(name) for name in rows)
    columns = [
        f"{'MAX' if sort.descending else 'MIN'}({_score(sort, dialect)}) OVER (PARTITION BY {across})"
        f" AS {best[sort.name]}"
        for sort in measured
    ]
    source = "numbered" if any(sort.column is not None for sort in measured) else "grouped"
    return ["scored AS (", "  SELECT", *indented(items(["*", *columns])), f"  FROM {source}", "),"]


def _score(sort: Sort, dialect: Dialect) -> str:
    measure = dialect.quoted(sort.name)
    return measure if sort.column is None else f"CASE WHEN shown_column = {sort.column} THEN {measure} END"
