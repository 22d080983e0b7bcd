"""A result as flows: from a place, to a place, so much.

Two dimensions are a flow's source and target, and places that are both stand between. More dimensions are
the steps of ways, left to right, as Looker's Sankey reads them. It places nothing on a page.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.result import ColumnKind, OutputType
from mainstem.web.cell_text import format_cell

if TYPE_CHECKING:
    from mainstem.query.result import Cell, OutputColumn, QueryResult


@dataclass(frozen=True)
class Place:
    """A place of the diagram; the same name on two steps of a way is two places."""

    name: str
    step: int = 0
    """0 where a place is one wherever it occurs."""


@dataclass(frozen=True)
class Flow:
    source: Place
    target: Place
    value: float


@dataclass(frozen=True)
class Flows:
    flows: tuple[Flow, ...]
    """Each pair once, in the order of the rows; none of no size."""
    measure: OutputColumn
    missing: int
    """Rows without a value, a source or a target: these cannot be drawn."""


def read_flows(result: QueryResult) -> Flows:
    """Raises QueryError when the result is not of that form, or a flow is below zero."""
    dimensions = [n for n, c in enumerate(result.columns) if c.kind is ColumnKind.DIMENSION]
    measures = [
        n
        for n, c in enumerate(result.columns)
        if c.kind is not ColumnKind.DIMENSION and c.type is OutputType.NUMBER
    ]
    if len(dimensions) < 2 or not measures:
        raise QueryError(
            "a Sankey diagram needs two dimensions or more, from and to, and a measure that is a number"
        )
    if any(column.pivoted for column in result.columns):
        raise QueryError("a Sankey diagram takes no pivots")
    found: dict[tuple[Place, Place], float] = defaultdict(float)
    missing = 0
    for row in result.rows:
        names = [_name(row[n], result.columns[n]) for n in dimensions]
        value = row[measures[0]]
        known = names if len(names) == 2 else _until_it_ends(names)
        if len(known) < 2 or not isinstance(value, int | float | Decimal) or None in known:
            missing += 1
            continue
        if value < 0:
            raise QueryError(f"a Sankey diagram shows amounts; {' → '.join(map(str, known))} is {value}")
        places = [Place(str(name), n if len(names) > 2 else 0) for n, name in enumerate(known)]
        for source, target in pairwise(places):
            found[source, target] += float(value)
    flows = tuple(Flow(source, target, value) for (source, target), value in found.items() if value > 0)
    return Flows(flows, result.columns[measures[0]], missing)


def _name(value: Cell, column: OutputColumn) -> str | None:
    return None if value is None else format_cell(value, column)


def _until_it_ends(names: list[str | None]) -> list[str | None]:
    """A way with NULL behind its last step ended there."""
    return names[: next((n for n, name in enumerate(names) if name is None), len(names))]
