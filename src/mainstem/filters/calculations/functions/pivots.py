"""Other pivot columns, and lists of what stands in them; they count from 1.

Of a result that is not pivoted there are none: every function here gives null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mainstem.filters.calculations.functions.lists import single, spans, whole
from mainstem.filters.calculations.functions.parameters import anything, column, number, yesno
from mainstem.filters.calculations.functions.record import Frame, Function, Placed
from mainstem.filters.calculations.kinds import NUMBER, Cells, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.filters.calculations.expression import Expression


def _pivot_column(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    return [None if frame.pivot is None else frame.pivot + 1] * frame.rows


def _by_pivot(frame: Frame, expression: Expression) -> Callable[[int, int], Value]:
    """The value of an expression in a pivot column and a row; each pivot column is evaluated once."""
    columns: dict[int, Cells] = {}

    def at(pivot: int, row: int) -> Value:
        if not 0 <= pivot < frame.pivots:
            return None
        if pivot not in columns:
            columns[pivot] = frame.column(expression, pivot)
        return columns[pivot][row]

    return at


def _pivot_index(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    value = _by_pivot(frame, arguments[0])
    wanted = frame.column(arguments[1], frame.pivot)
    return [None if one is None else value(whole(one) - 1, row) for row, one in enumerate(wanted)]


def _pivot_offset(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    if frame.pivot is None:
        return [None] * frame.rows
    value = _by_pivot(frame, arguments[0])
    steps = frame.column(arguments[1], frame.pivot)
    return [None if one is None else value(frame.pivot + whole(one), row) for row, one in enumerate(steps)]


def _pivot_offset_list(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    here = frame.pivot
    if here is None:
        return [None] * frame.rows
    value = _by_pivot(frame, arguments[0])
    starts, counts = (frame.column(one, here) for one in arguments[1:])
    return [
        None if span is None else single(value(here + step, row) for step in span)
        for row, span in enumerate(spans(starts, counts))
    ]


def _pivot_row(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    if not frame.pivots:
        return [None] * frame.rows
    columns = [frame.column(arguments[0], pivot) for pivot in range(frame.pivots)]
    return [single(values) for values in zip(*columns, strict=True)]


def _pivot_where(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    chosen = [frame.column(arguments[0], pivot) for pivot in range(frame.pivots)]
    value = _by_pivot(frame, arguments[1])
    found: Cells = []
    for row in range(frame.rows):
        fitting = [pivot for pivot in range(frame.pivots) if chosen[pivot][row] is True]
        found.append(value(fitting[0], row) if len(fitting) == 1 else None)
    return found


PIVOTS: Final = (
    Function(
        "pivot_column",
        "pivot",
        (),
        NUMBER,
        "The number of the pivot column, from 1",
        "pivot_column()",
        "1 | 2",
        Placed(_pivot_column, spans_pivots=True),
    ),
    Function(
        "pivot_index",
        "pivot",
        (column("expression"), number("pivot_index")),
        "first",
        "An expression in the n-th pivot column",
        "pivot_index(${orders.count}, 2)",
        "1",
        Placed(_pivot_index, collapses=1),
    ),
    Function(
        "pivot_offset",
        "pivot",
        (column("pivot_expression"), number("col_offset")),
        "first",
        "An expression so many pivot columns to the right, or to the left by a negative number",
        "${orders.count} - pivot_offset(${orders.count}, -1)",
        "null | -1",
        Placed(_pivot_offset, spans_pivots=True),
    ),
    Function(
        "pivot_offset_list",
        "pivot",
        (column("pivot_expression"), number("col_offset"), number("num_values")),
        "first",
        "A list of an expression in so many pivot columns, beginning so many to the right",
        "sum(pivot_offset_list(${orders.count}, -1, 2))",
        "2 | 3",
        Placed(_pivot_offset_list, spans_pivots=True),
        makes_list=True,
    ),
    Function(
        "pivot_row",
        "pivot",
        (column("expression"),),
        "first",
        "A list of an expression in all pivot columns",
        "sum(pivot_row(${orders.count}))",
        "3",
        Placed(_pivot_row, collapses=1),
        makes_list=True,
    ),
    Function(
        "pivot_where",
        "pivot",
        (yesno("select_expression"), anything("expression", listed=True)),
        "last",
        "An expression in the one pivot column that fulfils a condition; null where none does, or several",
        'pivot_where(${orders.status} = "paid", ${orders.count})',
        "1",
        Placed(_pivot_where, collapses=2),
    ),
)
