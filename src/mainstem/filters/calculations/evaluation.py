"""From a tree and a result to a new column, and to many that rest on one another.

A calculation that touches something pivoted, and does not gather it by pivot_row, pivot_index or pivot_where,
has a value for every pivot column; any other has one a row. Pure: the present and chance are passed in.
Nothing is evaluated that the check has not passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import ExpressionError, QueryError
from mainstem.filters.calculations.checking import types_of
from mainstem.filters.calculations.dependencies import depends_on, in_order
from mainstem.filters.calculations.engine import Evaluation
from mainstem.filters.calculations.table import CalculationTable, Column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from mainstem.filters.calculations.expression import Expression
    from mainstem.filters.calculations.kinds import Value


def evaluate(
    expression: Expression,
    table: CalculationTable,
    *,
    now: datetime,
    random: Callable[[], float],
    name: str = "calculation",
    source: str = "",
) -> Column:
    """The column an expression gives on a result, with totals where its operands have them.

    `now` is naive, in the time zone of the query; `random` gives numbers from 0 up to 1. A total is
    the expression of the totals, not the total of its values; it is left out where the expression looks
    at other rows.
    Raises ExpressionError for what the check finds, QueryError for cells or totals that are not there.
    """
    types = types_of(expression, {one.name: one.type for one in table.columns}, source=source)
    evaluation = Evaluation(table, types, now, random)
    varies = evaluation.varies(expression)
    found = types[id(expression)]
    totals = _totals(expression, table, evaluation)
    row_totals = _row_totals(expression, table, evaluation) if varies else None
    return Column(
        name=name,
        kind=found.kind,
        listed=found.listed,
        pivoted=varies,
        values=tuple(tuple(evaluation.column(expression, pivot)) for pivot in _pivots(table, varies)),
        totals=totals,
        row_totals=None if row_totals is None else row_totals.values[0],
        grand_total=row_totals.totals[0] if row_totals and row_totals.totals else None,
    )


def with_calculations(
    table: CalculationTable,
    calculations: Mapping[str, Expression],
    *,
    now: datetime,
    random: Callable[[], float],
    sources: Mapping[str, str] | None = None,
) -> CalculationTable:
    """The result with a column for each calculation; `sources` are their texts, for messages to show.

    Raises what `evaluate` does, with the name of the calculation; QueryError for those that rest on
    themselves.
    """
    taken = {column.name for column in table.columns} & set(calculations)
    if taken:
        raise QueryError(f"calculation {min(taken)} has the name of a field of the query")
    for name in in_order(calculations):
        source = (sources or {}).get(name, "")
        try:
            column = evaluate(calculations[name], table, now=now, random=random, name=name, source=source)
        except ExpressionError as error:
            raise error.of(f"calculation {name}") from error
        except QueryError as error:
            raise QueryError(f"calculation {name}: {error}") from error
        table = table.with_column(column)
    return table


def _pivots(table: CalculationTable, varies: bool) -> Sequence[int | None]:
    return range(table.pivots or 0) if varies else (None,)


def _totals(
    expression: Expression, table: CalculationTable, evaluation: Evaluation
) -> tuple[Value, ...] | None:
    """The expression of the totals: on a result of the one row that holds them."""
    columns = [column for column in table.columns if column.name in depends_on(expression).fields]
    summed = [_its_totals(column) for column in columns]
    if not summed or evaluation.looks_at_other_rows(expression):
        return None
    known = tuple(column for column in summed if column is not None)
    if len(known) < len(summed):
        return None
    row = CalculationTable(rows=1, pivots=table.pivots, columns=known)
    inner = Evaluation(row, evaluation.types, evaluation.now, evaluation.random)
    return tuple(inner.column(expression, pivot)[0] for pivot in _pivots(row, inner.varies(expression)))


def _its_totals(column: Column) -> Column | None:
    if column.totals is None:
        return None
    return Column(
        name=column.name,
        kind=column.kind,
        listed=column.listed,
        pivoted=column.pivoted,
        values=tuple((total,) for total in column.totals),
        totals=column.totals,
        row_totals=None if column.row_totals is None else (column.grand_total,),
    )


def _row_totals(expression: Expression, table: CalculationTable, evaluation: Evaluation) -> Column | None:
    """The expression of the row totals: on a result that is not pivoted and holds them."""
    needed = depends_on(expression)
    columns = [column for column in table.columns if column.name in needed.fields]
    if needed.pivots or any(column.pivoted and column.row_totals is None for column in columns):
        return None
    unpivoted = tuple(_its_row_totals(column) if column.pivoted else column for column in columns)
    return evaluate(
        expression,
        CalculationTable(rows=table.rows, columns=unpivoted),
        now=evaluation.now,
        random=evaluation.random,
    )


def _its_row_totals(column: Column) -> Column:
    return Column(
        name=column.name,
        kind=column.kind,
        listed=column.listed,
        values=(column.row_totals or (),),
        row_totals=column.row_totals,
        totals=None if column.totals is None else (column.grand_total,),
    )
