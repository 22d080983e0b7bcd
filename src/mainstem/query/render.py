"""Pass 6, everything → SQL text: a clause a line, an item a line, the same text for the same request.

With pivots a limit counts rows as they are shown, each of which is many rows of SQL: the query is wrapped
so that whole shown rows are kept, never half of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.model import JoinType

if TYPE_CHECKING:
    from mainstem.query.dialects import Dialect
    from mainstem.query.plan import (
        Aggregated,
        Conditions,
        Expanded,
        Joined,
        JoinStep,
        Resolved,
        Sort,
    )

_JOINS = {
    JoinType.LEFT_OUTER: "LEFT JOIN",
    JoinType.INNER: "INNER JOIN",
    JoinType.FULL_OUTER: "FULL OUTER JOIN",
    JoinType.CROSS: "CROSS JOIN",
}


def render(
    resolved: Resolved,
    expanded: Expanded,
    joined: Joined,
    aggregated: Aggregated,
    conditions: Conditions,
    dialect: Dialect,
) -> str:
    grouped = _grouped(resolved, expanded, joined, aggregated, conditions, dialect)
    names = column_names(resolved)
    rows = [use.name for use in resolved.dimensions if use.name not in resolved.pivots]
    if resolved.pivots and rows and resolved.limit is not None:
        lines = _limited_rows(resolved, grouped, names, rows, dialect)
    else:
        limit = [f"LIMIT {resolved.limit}"] if resolved.limit is not None else []
        lines = [*grouped, *_order(resolved.sorts, names), *limit]
    return "\n".join(lines) + "\n"


def column_names(resolved: Resolved) -> list[str]:
    """In the order of the SQL's columns."""
    return [use.name for use in (*resolved.dimensions, *resolved.measures)]


def _grouped(
    resolved: Resolved,
    expanded: Expanded,
    joined: Joined,
    aggregated: Aggregated,
    conditions: Conditions,
    dialect: Dialect,
) -> list[str]:
    columns = [(expanded.dimensions[use.name].sql, use.name) for use in resolved.dimensions]
    columns += [(aggregated.measures[use.name], use.name) for use in resolved.measures]
    return [
        "SELECT",
        *_items([f"{sql} AS {dialect.quoted(name)}" for sql, name in columns]),
        f"FROM {joined.base_table} AS {dialect.name(joined.base)}",
        *(_join(step, dialect) for step in joined.steps),
        *_all("WHERE", conditions.where),
        *_group_by(len(resolved.dimensions)),
        *_all("HAVING", conditions.having),
    ]


def _join(step: JoinStep, dialect: Dialect) -> str:
    on = "" if step.on is None else f" ON {step.on}"
    return f"{_JOINS[step.type]} {step.table} AS {dialect.name(step.alias)}{on}"


def _items(items: list[str]) -> list[str]:
    return [f"  {item}," for item in items[:-1]] + [f"  {items[-1]}"]


def _all(clause: str, terms: tuple[str, ...]) -> list[str]:
    return [f"{clause} {terms[0]}", *(f"  AND {term}" for term in terms[1:])] if terms else []


def _group_by(count: int) -> list[str]:
    return [f"GROUP BY {', '.join(str(n + 1) for n in range(count))}"] if count else []


def _order(sorts: tuple[Sort, ...], names: list[str]) -> list[str]:
    terms = [f"{names.index(sort.name) + 1}{_direction(sort)}" for sort in sorts]
    return [f"ORDER BY {', '.join(terms)}"] if terms else []


def _direction(sort: Sort) -> str:
    """NULLs last either way: warehouses differ in their defaults."""
    return " DESC NULLS LAST" if sort.descending else " NULLS LAST"


def _limited_rows(
    resolved: Resolved, grouped: list[str], names: list[str], rows: list[str], dialect: Dialect
) -> list[str]:
    """Shown rows are ranked by what they are sorted by; by a measure, that is its best value in the row."""
    by_row = [sort for sort in resolved.sorts if sort.name not in resolved.pivots]
    measured = [sort for sort in by_row if sort.name not in rows]
    best = {sort.name: dialect.quoted(f"best {sort.name}") for sort in measured}
    rank = [f"{best.get(sort.name, dialect.quoted(sort.name))}{_direction(sort)}" for sort in by_row]
    sorted_by = {sort.name for sort in by_row}
    rank += [f"{dialect.quoted(name)} NULLS LAST" for name in rows if name not in sorted_by]
    across = [sort for sort in resolved.sorts if sort.name in resolved.pivots]
    order = ["shown_row", *(f"{dialect.quoted(sort.name)}{_direction(sort)}" for sort in across)]
    source = "scored" if measured else "grouped"
    return [
        "WITH grouped AS (",
        *_indented(grouped),
        "),",
        *(_scored(measured, best, rows, dialect) if measured else []),
        "ranked AS (",
        f"  SELECT *, DENSE_RANK() OVER (ORDER BY {', '.join(rank)}) AS shown_row",
        f"  FROM {source}",
        ")",
        "SELECT",
        *_items([dialect.quoted(name) for name in names]),
        "FROM ranked",
        f"WHERE shown_row <= {resolved.limit}",
        f"ORDER BY {', '.join(order)}",
    ]


def _scored(measured: list[Sort], best: dict[str, str], rows: list[str], dialect: Dialect) -> list[str]:
    across = ", ".join(dialect.quoted(name) for name in rows)
    columns = [
        f"{'MAX' if sort.descending else 'MIN'}({dialect.quoted(sort.name)}) OVER (PARTITION BY {across})"
        f" AS {best[sort.name]}"
        for sort in measured
    ]
    return ["scored AS (", "  SELECT", *_indented(_items(["*", *columns])), "  FROM grouped", "),"]


def _indented(lines: list[str]) -> list[str]:
    return [f"  {part}" for line in lines for part in line.splitlines()]
