"""What an expression rests on, told from the tree alone: fields, totals, pivots, other rows; and its order.

Nothing here knows a model or a result: a query asks these to find out what it must fetch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.filters.calculations.expression import Call, Expression, Field, walk
from mainstem.filters.calculations.functions import FUNCTIONS
from mainstem.filters.calculations.functions.record import Aggregate, Function, Placed, Whole

if TYPE_CHECKING:
    from collections.abc import Mapping


class Dependencies(msgspec.Struct, frozen=True):
    """What must be there before an expression can be evaluated."""

    fields: tuple[str, ...] = ()
    """Fields and calculations it names, in the order they first come."""
    totals: tuple[str, ...] = ()
    """Those it asks the column total of."""
    row_totals: tuple[str, ...] = ()
    """Those it asks the row total of."""
    pivots: bool = False
    """It calls a function of pivot columns, which is null on a result that is not pivoted."""
    all_rows: bool = False
    """It looks at other rows than each one's own: what the limit left out changes it."""


def depends_on(expression: Expression) -> Dependencies:
    fields = sorted((node for node in walk(expression) if isinstance(node, Field)), key=lambda node: node.at)
    called = _called(expression)
    return Dependencies(
        fields=tuple(dict.fromkeys(field.name for field in fields)),
        totals=tuple(dict.fromkeys(field.name for field in fields if field.part == "total")),
        row_totals=tuple(dict.fromkeys(field.name for field in fields if field.part == "row_total")),
        pivots=any(function.family == "pivot" for function in called),
        all_rows=any(spans_rows(function) for function in called),
    )


def is_row_wise(expression: Expression) -> bool:
    """Whether the database can evaluate it row by row: the grammar of custom fields and custom filters."""
    parts = any(isinstance(node, Field) and node.part != "value" for node in walk(expression))
    calls = [node for node in walk(expression) if isinstance(node, Call)]
    known = all(node.function in FUNCTIONS and FUNCTIONS[node.function].everywhere for node in calls)
    return known and not parts


def spans_rows(function: Function) -> bool:
    """Whether a function looks at other rows, unless what it is given are lists."""
    manner = function.manner
    return isinstance(manner, Aggregate | Whole) or (isinstance(manner, Placed) and manner.spans_rows)


def in_order(calculations: Mapping[str, Expression]) -> tuple[str, ...]:
    """The names so that each comes after those it rests on, else as they were given.

    Raises QueryError for calculations that rest on themselves, with the way around.
    """
    done: dict[str, None] = {}
    for name in calculations:
        _visit(name, calculations, done)
    return tuple(done)


def _visit(name: str, calculations: Mapping[str, Expression], done: dict[str, None]) -> None:
    """Depth first, with a stack of its own: a chain of calculations may be longer than Python's."""
    path = [(name, _needed(name, calculations))]
    open_names = {name}
    while path:
        current, needed = path[-1]
        following = next((one for one in needed if one not in done), None)
        if current in done or following is None:
            done[current] = None
            open_names.discard(current)
            path.pop()
        elif following in open_names:
            around = [one for one, _ in path]
            circle = " → ".join([*around[around.index(following) :], following])
            raise QueryError(f"calculations rest on themselves: {circle}")
        else:
            open_names.add(following)
            path.append((following, _needed(following, calculations)))


def _needed(name: str, calculations: Mapping[str, Expression]) -> list[str]:
    return [one for one in depends_on(calculations[name]).fields if one in calculations]


def _called(expression: Expression) -> list[Function]:
    names = (node.function for node in walk(expression) if isinstance(node, Call))
    return [FUNCTIONS[name] for name in names if name in FUNCTIONS]
