from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.errors import QueryError
from mainstem.filters.calculations import CalculationTable, Column
from mainstem.filters.calculations.table import pivot_dimension, read

if TYPE_CHECKING:
    from mainstem.filters.calculations.kinds import Kind

MOMENT = datetime(2024, 1, 31, 10, 30)  # noqa: DTZ001 # naive, in the time zone of the query

READ: list[tuple[Kind, Any, Any]] = [
    ("number", 7, 7),
    ("number", "12.50", Decimal("12.50")),
    ("number", " 3 ", 3),
    ("number", True, 1),
    ("number", math.nan, None),
    ("number", Decimal("Infinity"), None),
    ("number", 10**400, None),
    ("string", 7, "7"),
    ("string", date(2024, 1, 31), "2024-01-31"),
    ("date", "2024-01", date(2024, 1, 1)),
    ("date", "2024-Q2", date(2024, 4, 1)),
    ("date", "2024-01-31 10:30", MOMENT),
    ("date", "2024-01-31T10:30:00.123", MOMENT),
    ("date", MOMENT.replace(tzinfo=UTC), MOMENT),
    ("yesno", 1, True),
    ("yesno", "No", False),
    ("any", None, None),
]


@pytest.mark.parametrize(("kind", "cell", "value"), READ)
def test_a_cell_is_read_as_the_type_its_column_says(kind: Kind, cell: Any, value: Any) -> None:
    assert read(cell, Column(name="c", kind=kind, values=((cell,),))) == value


@pytest.mark.parametrize(
    ("kind", "cell"),
    [("number", "Oslo"), ("date", "2024-Q5"), ("yesno", "maybe"), ("yesno", 2), ("date", 7), ("any", 1)],
)
def test_a_cell_of_another_type_is_an_error_that_names_the_column(kind: Kind, cell: Any) -> None:
    with pytest.raises(QueryError, match=rf"column c is of type {kind}, but holds '{cell}'"):
        read(cell, Column(name="c", kind=kind, values=((cell,),)))


@pytest.mark.parametrize(
    "column",
    [
        Column(name="c", kind="number", values=((1,),)),
        Column(name="c", kind="number", values=()),
        Column(name="c", kind="number", values=((1, 2), (3, 4)), pivoted=True),
    ],
)
def test_a_column_that_does_not_fit_the_result_is_refused(column: Column) -> None:
    with pytest.raises(QueryError, match="column c does not fit 2 rows"):
        CalculationTable(rows=2, columns=(column,))


def test_a_column_takes_the_place_of_one_of_its_name() -> None:
    one, other = (Column(name="c", kind="number", values=((value,),)) for value in (1, 2))
    assert CalculationTable(rows=1, columns=(one,)).with_column(other).columns == (other,)


def test_a_pivoted_dimension_is_the_same_in_every_row() -> None:
    found = pivot_dimension("status", "string", ("new", "paid"), 2)
    assert found.values == (("new", "new"), ("paid", "paid"))
