"""The result of a query as calculations see it: columns of rows in order, pivoted or not, with their totals.

A frozen value that knows no query and no model. Cells are held to the type their column says: where a
database gave a text for a number, the number in it is read; what cannot be read is an error that names the
column, never a null.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from mainstem.errors import QueryError
from mainstem.filters.calculations.functions.dates import moment, to_date
from mainstem.filters.calculations.functions.strings import written
from mainstem.filters.calculations.kinds import Kind, Single, Value, ValueType
from mainstem.filters.calculations.reckoning import number_in, settled

if TYPE_CHECKING:
    from collections.abc import Mapping

ColumnCells: TypeAlias = tuple[tuple[Value, ...], ...]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A field or calculation: a value for every row, and for every pivot column where it is pivoted."""

    name: str
    kind: Kind
    values: ColumnCells
    """`values[pivot][row]`; `values[0][row]` of a column that is not pivoted."""
    pivoted: bool = False
    """It has a value for every pivot column: a measure, or the pivoted dimension itself."""
    listed: bool = False
    """Its values are lists: a calculation whose value is one."""
    totals: tuple[Value, ...] | None = None
    """The column total in each pivot column, or the only one; None: not asked for."""
    row_totals: tuple[Value, ...] | None = None
    """Of a pivoted column, the row total in every row; None: not asked for."""
    grand_total: Value = None
    """Of a pivoted column with totals and row totals, the total of the row totals."""

    @property
    def type(self) -> ValueType:
        return ValueType(self.kind, self.listed)


class CalculationTable(msgspec.Struct, frozen=True, kw_only=True):
    """Rows in order, as the result shows them. Each column's values fit `rows` and `pivots`."""

    rows: int
    columns: tuple[Column, ...]
    pivots: int | None = None
    """How many pivot columns there are; None of a result that is not pivoted."""

    def __post_init__(self) -> None:
        for column in self.columns:
            wide = self.pivots if column.pivoted else 1
            if (
                wide is None
                or len(column.values) != wide
                or any(len(one) != self.rows for one in column.values)
            ):
                raise QueryError(
                    f"column {column.name} does not fit {self.rows} rows and {self.pivots} pivot columns"
                )

    def by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    def with_column(self, column: Column) -> CalculationTable:
        """The same result with a column more, or in the place of one of that name."""
        kept = tuple(one for one in self.columns if one.name != column.name)
        return msgspec.structs.replace(self, columns=(*kept, column))


def pivot_dimension(name: str, kind: Kind, values: tuple[Single, ...], rows: int) -> Column:
    """The pivoted dimension as a column: the same in every row of a pivot column, and in its total."""
    cells = tuple((value,) * rows for value in values)
    return Column(name=name, kind=kind, pivoted=True, values=cells, totals=values)


def read(value: Value, column: Column) -> Value:
    """A cell as its column's type. Raises QueryError for one that is not of the type."""
    if value is None or column.listed:
        return value
    found = _as_kind(value, column.kind)
    if found is None and not _is_no_number(value):
        raise QueryError(
            f"column {column.name} is of type {column.kind}, "
            f"but holds {written(value)[:60]!r} ({type(value).__name__})"
        )
    return found


def _as_kind(value: Value, kind: Kind) -> Value:
    match kind:
        case "number":
            return _number(value)
        case "string":
            return written(value)
        case "date":
            return _date(value)
        case "yesno":
            return _YESNO.get(value.lower() if isinstance(value, str) else value)
        case "any":
            return None


_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_YESNO = {True: True, False: False, "yes": True, "no": False, "true": True, "false": False}


def _number(value: Value) -> Value:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float | Decimal):
        return settled(value)
    return number_in(value) if isinstance(value, str) else None


def _date(value: Value) -> Value:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    quarter = _QUARTER.fullmatch(value)
    return date(int(quarter[1]), 3 * int(quarter[2]) - 2, 1) if quarter else to_date(value)


def _is_no_number(value: Value) -> bool:
    """What stands for none, or is past all reckoning: not-a-number, an infinity, 10 to the 400th."""
    return isinstance(value, int | float | Decimal) and settled(value) is None
