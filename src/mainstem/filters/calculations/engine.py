"""The evaluation of a tree on a result: column by column.

A node is evaluated for all rows at once, in one pivot column or in none, and only once for each. The tree has
passed the check: what is asked of a cell here is only whether it is null.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from mainstem.errors import QueryError
from mainstem.filters.calculations import reckoning
from mainstem.filters.calculations.dependencies import spans_rows
from mainstem.filters.calculations.expression import (
    Arithmetic,
    Branch,
    Call,
    Case,
    Comparison,
    Expression,
    Field,
    FilterText,
    Logic,
    Negative,
    Not,
    Null,
    Number,
    Text,
    YesNo,
    children,
    walk,
)
from mainstem.filters.calculations.functions import FUNCTIONS
from mainstem.filters.calculations.functions.dates import moment
from mainstem.filters.calculations.functions.record import Aggregate, Frame, Function, Placed, Scalar, Whole
from mainstem.filters.calculations.table import CalculationTable, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mainstem.filters.calculations.checking import Types
    from mainstem.filters.calculations.kinds import Cells, Value

_ARITHMETIC: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": reckoning.add,
    "-": reckoning.subtract,
    "*": reckoning.multiply,
    "/": reckoning.divide,
}
_COMPARISON: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


class Evaluation:
    def __init__(
        self, table: CalculationTable, types: Types, now: datetime, random: Callable[[], float]
    ) -> None:
        self.table = table
        self.types = types
        self.now = now
        self.random = random
        self._columns = table.by_name()
        self._cells: dict[tuple[int, int | None], Cells] = {}
        self._varying: dict[int, bool] = {}

    def varies(self, node: Expression) -> bool:
        """Whether a node has a value of its own in every pivot column."""
        if self.table.pivots is None:
            return False
        known = self._varying.get(id(node))
        if known is None:
            known = self._varying[id(node)] = self._finds_varying(node)
        return known

    def _finds_varying(self, node: Expression) -> bool:
        if isinstance(node, Field):
            return self._columns[node.name].pivoted and node.part != "row_total"
        parts = children(node)
        if isinstance(node, Call) and isinstance(manner := FUNCTIONS[node.function].manner, Placed):
            if manner.spans_pivots:
                return True
            parts = parts[manner.collapses :]
        return any(self.varies(part) for part in parts)

    def column(self, node: Expression, pivot: int | None) -> Cells:
        """The value of a node in every row of a pivot column."""
        place = (id(node), pivot if self.varies(node) else None)
        found = self._cells.get(place)
        if found is None:
            found = self._cells[place] = self._evaluated(node, place[1])
        return found

    def _evaluated(self, node: Expression, pivot: int | None) -> Cells:
        match node:
            case Number(value):
                return [reckoning.simple(value)] * self.table.rows
            case Text(value) | FilterText(value):
                return [value] * self.table.rows
            case YesNo(value):
                return [value] * self.table.rows
            case Null():
                return [None] * self.table.rows
            case Field():
                return self._field(node, pivot)
            case Negative(operand):
                return _each(reckoning.negative, self.column(operand, pivot))
            case Not(operand):
                return _each(lambda value: not value, self.column(operand, pivot))
            case Arithmetic(operator, left, right):
                return _each(_ARITHMETIC[operator], self.column(left, pivot), self.column(right, pivot))
            case Comparison(operator, left, right):
                return _each(_comparing(operator), self.column(left, pivot), self.column(right, pivot))
            case Logic(operator, left, right):
                return _logic(operator, self.column(left, pivot), self.column(right, pivot))
            case Case(branches, default):
                return self._case(branches, default, pivot)
            case Call(name, arguments):
                return self._call(FUNCTIONS[name], arguments, pivot)

    def _field(self, node: Field, pivot: int | None) -> Cells:
        column = self._columns[node.name]
        match node.part:
            case "value":
                return [read(value, column) for value in column.values[pivot or 0]]
            case "total":
                if column.totals is None:
                    raise QueryError(
                        f"${{{node.name}:total}} needs the query's totals, which were not asked for"
                    )
                return [read(column.totals[pivot or 0], column)] * self.table.rows
            case "row_total":
                if column.row_totals is None:
                    raise QueryError(
                        f"${{{node.name}:row_total}} needs the query's row totals, which were not asked for"
                    )
                return [read(value, column) for value in column.row_totals]

    def _case(self, branches: tuple[Branch, ...], default: Expression, pivot: int | None) -> Cells:
        found = list(self.column(default, pivot))
        for branch in reversed(branches):
            values = self.column(branch.value, pivot)
            for row, holds in enumerate(self.column(branch.condition, pivot)):
                if holds is True:
                    found[row] = values[row]
        return found

    def _call(self, function: Function, arguments: tuple[Expression, ...], pivot: int | None) -> Cells:
        match function.manner:
            case Scalar(run, takes_null):
                columns = [self.column(one, pivot) for one in arguments]
                if takes_null or not columns:
                    rows = zip(*columns, strict=True) if columns else [()] * self.table.rows
                    return [run(*row) for row in rows]
                return _each(run, *columns)
            case Aggregate(run):
                return self._aggregate(function, run, arguments, pivot)
            case Whole(run):
                return run(self.column(arguments[0], pivot))
            case Placed(run):
                return run(_Frame(self, pivot), arguments)
            case None:  # `if` and `case` are no calls, and the check let nothing else of this kind through
                raise QueryError(f"{function.name}() is evaluated by the database only")

    def _aggregate(
        self,
        function: Function,
        run: Callable[..., Any],
        arguments: tuple[Expression, ...],
        pivot: int | None,
    ) -> Cells:
        """Of the whole columns once; or in each row of its lists."""
        columns, values = self._told_apart(function, arguments)
        cells = [self.column(one, pivot) for one in columns]
        rows = [self.column(one, pivot) for one in values]
        if self.opens_lists(function, columns):
            return [
                None if None in lists else _given(run(*lists), row)
                for lists, row in zip(zip(*cells, strict=True), _rows_of(rows, self.table.rows), strict=True)
            ]
        of = run(*cells)
        if not rows:
            return [of()] * self.table.rows
        return [_given(of, row) for row in _rows_of(rows, self.table.rows)]

    @staticmethod
    def _told_apart(
        function: Function, arguments: tuple[Expression, ...]
    ) -> tuple[list[Expression], list[Expression]]:
        roles = [parameter.role for parameter in function.parameters]
        paired = list(zip(arguments, roles, strict=True))
        return (
            [one for one, role in paired if role == "column"],
            [one for one, role in paired if role == "value"],
        )

    def opens_lists(self, function: Function, columns: Sequence[Expression]) -> bool:
        """Whether an aggregate is of each row's lists, and so looks at no other row."""
        manner = function.manner
        if not isinstance(manner, Aggregate) or not manner.opens_lists:
            return False
        return all(self.types[id(one)].listed for one in columns)

    def looks_at_other_rows(self, expression: Expression) -> bool:
        for node in walk(expression):
            if isinstance(node, Call):
                function = FUNCTIONS[node.function]
                columns, _ = (
                    self._told_apart(function, node.arguments)
                    if isinstance(function.manner, Aggregate)
                    else ([], [])
                )
                if spans_rows(function) and not self.opens_lists(function, columns):
                    return True
        return False


class _Frame(Frame):
    """An evaluation as a function in one of its pivot columns sees it."""

    def __init__(self, evaluation: Evaluation, pivot: int | None) -> None:
        self._evaluation = evaluation
        self.rows = evaluation.table.rows
        self.pivots = evaluation.table.pivots or 0
        self.pivot = pivot

    def column(self, expression: Expression, pivot: int | None) -> Cells:
        return self._evaluation.column(expression, pivot)

    def now(self) -> datetime:
        return self._evaluation.now

    def random(self) -> float:
        return self._evaluation.random()


def _each(run: Callable[..., Any], *columns: Cells) -> Cells:
    """A function of the cells of a row; null where one of them is."""
    return [None if None in row else run(*row) for row in zip(*columns, strict=True)]


def _comparing(operator: str) -> Callable[[Any, Any], bool]:
    compare = _COMPARISON[operator]

    def run(left: Any, right: Any) -> bool:
        if isinstance(left, date) or isinstance(right, date):
            return compare(moment(left), moment(right))
        if isinstance(left, float | Decimal) and isinstance(right, float | Decimal):
            return compare(*reckoning.together(left, right))
        return compare(left, right)

    return run


def _logic(operator: str, left: Cells, right: Cells) -> Cells:
    """The three values of SQL: one `no` makes an AND no, one `yes` an OR yes, whatever the other is."""
    decides = operator == "OR"
    return [
        decides if one is decides or other is decides else None if None in (one, other) else not decides
        for one, other in zip(left, right, strict=True)
    ]


def _rows_of(columns: Sequence[Cells], rows: int) -> Iterator[tuple[Value, ...]]:
    return zip(*columns, strict=True) if columns else iter([()] * rows)


def _given(of: Callable[..., Value], row: tuple[Value, ...]) -> Value:
    return None if None in row else of(*row)
