"""The small result that examples of functions are evaluated on, and how what they give is shown.

The same values stand in docs/table-calculations.md and in its test, so that no example says what is not so.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from mainstem.filters.calculations.evaluation import evaluate
from mainstem.filters.calculations.functions.strings import written
from mainstem.filters.calculations.parsing import parse
from mainstem.filters.calculations.table import CalculationTable, Column, pivot_dimension

if TYPE_CHECKING:
    from mainstem.filters.calculations.functions import Function
    from mainstem.filters.calculations.kinds import Value

_MONTHS: Final = (date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1))

RESULT: Final = CalculationTable(
    rows=3,
    columns=(
        Column(name="orders.month", kind="date", values=(_MONTHS,)),
        Column(name="orders.city", kind="string", values=(("Oslo", "Rome", None),)),
        Column(name="orders.count", kind="number", values=((2, 4, 9),), totals=(15,)),
        Column(name="orders.goal", kind="number", values=((4, 5, 6),), totals=(15,)),
        Column(
            name="orders.revenue",
            kind="number",
            values=((Decimal("20.50"), Decimal(40), Decimal(45)),),
            totals=(Decimal("105.50"),),
        ),
    ),
)
"""Three rows, not pivoted."""

PIVOTED: Final = CalculationTable(
    rows=3,
    pivots=2,
    columns=(
        Column(name="orders.month", kind="date", values=(_MONTHS,)),
        pivot_dimension("orders.status", "string", ("new", "paid"), 3),
        Column(
            name="orders.count",
            kind="number",
            pivoted=True,
            values=((2, 4, 9), (1, None, 3)),
            totals=(15, 4),
            row_totals=(3, 4, 12),
            grand_total=19,
        ),
    ),
)
"""The same months by status, with totals and row totals."""


def shown(function: Function) -> str:
    """What an example gives: on each row, or once where all are alike; of pivot columns, on the first row."""
    table = PIVOTED if function.family == "pivot" else RESULT
    column = evaluate(
        parse(function.example),
        table,
        now=datetime(2024, 5, 6, 7, 8, 9),  # noqa: DTZ001 # naive, in the time zone of the query
        random=lambda: 0.5,
        source=function.example,
    )
    if function.family == "pivot":
        return " | ".join(cell(cells[0]) for cells in column.values)
    cells = [cell(value) for value in column.values[0]]
    return cells[0] if len(set(cells)) == 1 else " · ".join(cells)


def cell(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "yes" if value else "no"
        case "":
            return "(empty)"
        case _:
            return written(value)
