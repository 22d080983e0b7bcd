"""Which rows of a pivoted answer are shown.

With pivots a limit counts rows as they are shown, each of which is many rows of SQL: whole shown rows are
kept, never half of one. They are ranked by what they are sorted by; by a measure, that is its best value in
the row, or its value in one pivoted column. Pivoted columns are ranked as well, and their place is part of
the answer: no single row need have all of them, so rows do not tell their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.clauses import direction, indented, items

if TYPE_CHECKING:
    from mainstem.query.dialects import Dialect
    from mainstem.query.plan import Expanded, Resolved, Sort


def is_ranked(resolved: Resolved) -> bool:
    """Whether the SQL has one column more than was asked for: the place of each row among the pivoted
    columns, from 0."""
    rows = any(use.name not in resolved.pivots for use in resolved.dimensions)
    return bool(resolved.pivots) and rows and not resolved.is_beside


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
    # What a dimension is sorted by may be the same for several of its values.
    told_apart = {sort.name for sort in resolved.sorts if sort.name not in best}
    rank += [f"{dialect.quoted(name)} NULLS LAST" for name in rows if name not in told_apart]
    across = [
        f"{best.get(sort.name, dialect.quoted(sort.name))}{direction(sort)}"
        for sort in resolved.sorts
        if sort.name in resolved.pivots
    ]
    across += [f"{dialect.quoted(name)} NULLS LAST" for name in resolved.pivots if name not in told_apart]
    numbered = any(sort.column is not None for sort in measured)
    column = f"DENSE_RANK() OVER (ORDER BY {', '.join(across)}) - 1 AS shown_column"
    return [
        "WITH grouped AS (",
        *indented(grouped),
        "),",
        *(["numbered AS (", f"  SELECT *, {column}", "  FROM grouped", "),"] if numbered else []),
        *(_scored(measured, best, rows, dialect) if measured else []),
        "ranked AS (",
        "  SELECT",
        *indented(
            items(
                [
                    "*",
                    f"DENSE_RANK() OVER (ORDER BY {', '.join(rank)}) AS shown_row",
                    *([] if numbered else [column]),
                ]
            )
        ),
        f"  FROM {'scored' if measured else 'grouped'}",
        ")",
        "SELECT",
        *items([*(dialect.quoted(name) for name in names), "shown_column"]),
        "FROM ranked",
        *([f"WHERE shown_row <= {resolved.limit}"] if resolved.limit is not None else []),
        "ORDER BY shown_row, shown_column",
    ]


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
