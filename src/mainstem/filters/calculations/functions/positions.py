"""Other rows, other pivot columns, and lists of both.

Rows and pivot columns count from 1 in expressions. Past the edge of the result there is nothing: null. Of a
result that is not pivoted every pivot function gives null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mainstem.errors import QueryError
from mainstem.filters.calculations import reckoning
from mainstem.filters.calculations.functions.parameters import (
    anything,
    column,
    number,
    numbers,
    several,
    yesno,
)
from mainstem.filters.calculations.functions.record import Frame, Function, Placed, Whole
from mainstem.filters.calculations.kinds import NUMBER, Cells, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.filters.calculations.expression import Expression
    from mainstem.filters.calculations.reckoning import MaybeReal, Real

LONGEST_LIST: Final = 10_000
"""Values of one list."""

MOST_LISTED: Final = 20_000_000
"""Values of all lists of a column: enough for a list of all rows so far, on each of 6,000 rows."""


def _row(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    return list(range(1, frame.rows + 1))


def _here(cells: Cells, at: int) -> Value:
    return cells[at] if 0 <= at < len(cells) else None


def _offset(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    cells, steps = (frame.column(one, frame.pivot) for one in arguments)
    return [None if step is None else _here(cells, at + _int(step)) for at, step in enumerate(steps)]


def _spans(starts: Cells, counts: Cells) -> list[range | None]:
    """The places each row's list is made of; None where its start or its length is null."""
    spans: list[range | None] = []
    listed = 0
    for start, count in zip(starts, counts, strict=True):
        wanted = 0 if start is None or count is None else max(0, _int(count))
        listed += wanted
        if wanted > LONGEST_LIST:
            raise QueryError(f"a list of {wanted:,} values is asked for; {LONGEST_LIST:,} are allowed")
        if listed > MOST_LISTED:
            raise QueryError(
                f"lists of more than {MOST_LISTED:,} values are asked for on {len(starts):,} rows"
            )
        spans.append(None if start is None or count is None else range(_int(start), _int(start) + wanted))
    return spans


def _offset_list(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    cells, starts, counts = (frame.column(one, frame.pivot) for one in arguments)
    return [
        None if span is None else _single(_here(cells, at + step) for step in span)
        for at, span in enumerate(_spans(starts, counts))
    ]


def _list(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    columns = [frame.column(one, frame.pivot) for one in arguments]
    return [_single(values) for values in zip(*columns, strict=True)]


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
    return [None if one is None else value(_int(one) - 1, row) for row, one in enumerate(wanted)]


def _pivot_offset(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    if frame.pivot is None:
        return [None] * frame.rows
    value = _by_pivot(frame, arguments[0])
    steps = frame.column(arguments[1], frame.pivot)
    return [None if one is None else value(frame.pivot + _int(one), row) for row, one in enumerate(steps)]


def _pivot_offset_list(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    here = frame.pivot
    if here is None:
        return [None] * frame.rows
    value = _by_pivot(frame, arguments[0])
    starts, counts = (frame.column(one, here) for one in arguments[1:])
    return [
        None if span is None else _single(value(here + step, row) for step in span)
        for row, span in enumerate(_spans(starts, counts))
    ]


def _pivot_row(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    if not frame.pivots:
        return [None] * frame.rows
    columns = [frame.column(arguments[0], pivot) for pivot in range(frame.pivots)]
    return [_single(values) for values in zip(*columns, strict=True)]


def _pivot_where(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    chosen = [frame.column(arguments[0], pivot) for pivot in range(frame.pivots)]
    value = _by_pivot(frame, arguments[1])
    found: Cells = []
    for row in range(frame.rows):
        fitting = [pivot for pivot in range(frame.pivots) if chosen[pivot][row] is True]
        found.append(value(fitting[0], row) if len(fitting) == 1 else None)
    return found


def _running(joined: Callable[[Real, Real], MaybeReal]) -> Whole:
    """What came so far, joined; a null adds nothing, and before the first value there is nothing."""

    def run(cells: Cells) -> Cells:
        found: Cells = []
        so_far: Any = None
        for cell in cells:
            if cell is not None:
                so_far = cell if so_far is None else joined(so_far, cell)  # type: ignore[arg-type] # numbers
            found.append(so_far)
        return found

    return Whole(run)


def _single(values: Any) -> tuple[Any, ...]:
    return tuple(values)


def _int(value: Any) -> int:
    return reckoning.whole(value)


POSITIONS: Final = (
    Function(
        "row",
        "row",
        (),
        NUMBER,
        "The number of the row, from 1",
        "row()",
        "1 · 2 · 3",
        Placed(_row, spans_rows=True),
    ),
    Function(
        "offset",
        "row",
        (column("column"), number("row_offset")),
        "first",
        "What a column holds so many rows below, or above by a negative number",
        "${orders.count} - offset(${orders.count}, -1)",
        "null · 2 · 5",
        Placed(_offset, spans_rows=True),
    ),
    Function(
        "offset_list",
        "row",
        (column("column"), number("row_offset"), number("num_values")),
        "first",
        "A list of so many values of a column, beginning so many rows below",
        "mean(offset_list(${orders.count}, -1, 2))",
        "2 · 3 · 6.5",
        Placed(_offset_list, spans_rows=True),
        makes_list=True,
    ),
    Function(
        "list",
        "row",
        (several("value"),),
        "common",
        "A list of the values",
        "max(list(${orders.count}, 3))",
        "3 · 4 · 9",
        Placed(_list),
        makes_list=True,
    ),
    Function(
        "running_total",
        "row",
        (numbers("value_column"),),
        NUMBER,
        "The sum of a column up to this row",
        "running_total(${orders.count})",
        "2 · 6 · 15",
        _running(reckoning.add),
    ),
    Function(
        "running_product",
        "row",
        (numbers("value_column"),),
        NUMBER,
        "The product of a column up to this row",
        "running_product(${orders.count})",
        "2 · 8 · 72",
        _running(reckoning.multiply),
    ),
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
