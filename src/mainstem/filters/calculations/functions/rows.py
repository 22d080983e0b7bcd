"""Other rows, lists of their values, and what came so far. Rows count from 1.

Past the edge of the result there is nothing: null, never the value at the edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mainstem.filters.calculations import reckoning
from mainstem.filters.calculations.functions.lists import single, spans, whole
from mainstem.filters.calculations.functions.parameters import column, number, numbers, several
from mainstem.filters.calculations.functions.record import Frame, Function, Placed, Whole
from mainstem.filters.calculations.kinds import NUMBER, Cells, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.filters.calculations.expression import Expression
    from mainstem.filters.calculations.reckoning import MaybeReal, Real


def _row(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    return list(range(1, frame.rows + 1))


def _here(cells: Cells, at: int) -> Value:
    return cells[at] if 0 <= at < len(cells) else None


def _offset(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    cells, steps = (frame.column(one, frame.pivot) for one in arguments)
    return [None if step is None else _here(cells, at + whole(step)) for at, step in enumerate(steps)]


def _offset_list(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    cells, starts, counts = (frame.column(one, frame.pivot) for one in arguments)
    return [
        None if span is None else single(_here(cells, at + step) for step in span)
        for at, span in enumerate(spans(starts, counts))
    ]


def _list(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    columns = [frame.column(one, frame.pivot) for one in arguments]
    return [single(values) for values in zip(*columns, strict=True)]


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


ROWS: Final = (
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
)
