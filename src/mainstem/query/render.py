"""Pass 6, everything → SQL text: a clause a line, an item a line, the same text for the same request.

Rows that joins repeat are made one a key by a query inside, where the aggregates ask for it; rows of a
pivoted answer are ranked by a query around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.clauses import all_of, direction, group_by, indented, items
from mainstem.query.ranking import is_ranked, ranked_rows
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
        Shown,
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
    shown: Shown | None = None,
) -> str:
    """`shown`: the groups whose rows alone are read; None: all."""
    select = _Select(resolved, expanded, joined, aggregated, conditions, dialect)
    grouped = select.lines(shown)
    names = column_names(resolved)
    rows = [use.name for use in resolved.dimensions if use.name not in resolved.pivots]
    if is_ranked(resolved):
        lines = ranked_rows(resolved, expanded, grouped, names, rows, dialect)
    else:
        limit = [f"LIMIT {resolved.limit}"] if resolved.limit is not None else []
        lines = [*grouped, *select.order(), *limit]
    text = "\n".join(_with(expanded.ctes, lines, dialect)) + "\n"
    return f"{expanded.preamble.strip()}\n{text}" if expanded.preamble else text


def column_names(resolved: Resolved) -> list[str]:
    """In the order of the SQL's columns."""
    return [use.name for use in (*resolved.dimensions, *resolved.measures)]


class _Select:
    """One SELECT that groups: of joined rows, or of rows made one a key before."""

    def __init__(
        self,
        resolved: Resolved,
        expanded: Expanded,
        joined: Joined,
        aggregated: Aggregated,
        conditions: Conditions,
        dialect: Dialect,
    ) -> None:
        self._resolved = resolved
        self._expanded = expanded
        self._joined = joined
        self._aggregated = aggregated
        self._conditions = conditions
        self._dialect = dialect
        self._dimensions = [use.name for use in resolved.dimensions]
        ordered = {sort.name for sort in resolved.sorts}
        self._orders = {
            name: order
            for name in self._dimensions
            if name in ordered and (order := expanded.dimensions[name].order) is not None
        }

    def lines(self, shown: Shown | None) -> list[str]:
        inside = self._aggregated.once
        dialect = self._dialect
        measures = [
            f"{self._aggregated.measures[use.name]} AS {dialect.quoted(use.name)}"
            for use in self._resolved.measures
        ]
        if inside is None:
            return [
                "SELECT",
                *items([*self._shown(), *measures, *self._order_columns()]),
                *self._rows(shown),
                *group_by(len(self._dimensions)),
                *all_of("HAVING", self._conditions.having),
            ]
        by_key = [
            "SELECT",
            *items(
                [
                    *self._shown(),
                    f"{inside.key} AS mainstem_key",
                    *(f"{sql} AS {dialect.quoted(name)}" for name, sql in inside.columns.items()),
                    *(f"MIN({sql}) AS {self._order_name(name)}" for name, sql in self._orders.items()),
                ]
            ),
            *self._rows(shown),
            *group_by(len(self._dimensions) + 1),
        ]
        return [
            "SELECT",
            *items([*map(dialect.quoted, self._dimensions), *measures, *self._order_columns()]),
            "FROM (",
            *indented(by_key),
            ") AS once_a_key",
            *group_by(len(self._dimensions)),
            *all_of("HAVING", self._conditions.having),
        ]

    def order(self) -> list[str]:
        names = column_names(self._resolved)
        terms = [
            f"{self._order_sql(sort.name) or names.index(sort.name) + 1}{direction(sort)}"
            for sort in self._resolved.sorts
        ]
        return [f"ORDER BY {', '.join(terms)}"] if terms else []

    def _shown(self) -> list[str]:
        expressions = self._expanded.dimensions
        return [f"{expressions[name].sql} AS {self._dialect.quoted(name)}" for name in self._dimensions]

    def _order_sql(self, name: str) -> str | None:
        """What a dimension is sorted by; the same in all rows of a group."""
        if name not in self._orders:
            return None
        return f"MIN({self._order_name(name) if self._aggregated.once else self._orders[name]})"

    def _order_columns(self) -> list[str]:
        """Only where rows are ranked by a query around this one."""
        if not is_ranked(self._resolved):
            return []
        return [f"{self._order_sql(name)} AS {self._order_name(name)}" for name in self._orders]

    def _order_name(self, name: str) -> str:
        return self._dialect.quoted(f"order of {name}")

    def _rows(self, shown: Shown | None) -> list[str]:
        joined, dialect = self._joined, self._dialect
        return [
            f"FROM {self._table(joined.base, joined.base_table)} AS {dialect.name(joined.base)}",
            *(self._join(step) for step in joined.steps),
            *(self._only(shown) if shown is not None else []),
            *all_of("WHERE", (*joined.where, *self._conditions.where)),
        ]

    def _only(self, shown: Shown) -> list[str]:
        dialect = self._dialect
        same = [
            dialect.same(self._expanded.dimensions[name].sql, f"shown.{dialect.quoted(name)}")
            for name in shown.names
        ]
        columns = ", ".join(dialect.quoted(name) for name in shown.names)
        return [
            "INNER JOIN (",
            f"  SELECT DISTINCT {columns} FROM (",
            *indented(indented(shown.sql.splitlines())),
            "  ) AS shown_rows",
            f") AS shown ON {' AND '.join(same) or '1 = 1'}",
        ]

    def _join(self, step: JoinStep) -> str:
        if step.raw is not None:
            return step.raw
        on = "" if step.on is None else f" ON {step.on}"
        table = self._table(step.alias, step.table)
        return f"{_JOINS[step.type]} {table} AS {self._dialect.name(step.alias)}{on}"

    def _table(self, alias: str, table: str) -> str:
        return self._dialect.numbered(table) if alias in self._aggregated.numbered else table


def _with(ctes: dict[str, str], lines: list[str], dialect: Dialect) -> list[str]:
    """Derived tables stand first, each under its name."""
    if not ctes:
        return lines
    heads: list[str] = []
    for name, sql in ctes.items():
        heads += [f"{dialect.name(name)} AS (", *indented(sql.splitlines()), "),"]
    if lines[0].startswith("WITH "):
        return ["WITH " + heads[0], *heads[1:], lines[0].removeprefix("WITH "), *lines[1:]]
    return ["WITH " + heads[0], *heads[1:-1], ")", *lines]
