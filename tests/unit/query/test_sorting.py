"""The order of an answer, asked for or Looker's."""

from __future__ import annotations

from datetime import datetime

import pytest

from mainstem.query import Request
from mainstem.query.context import Context
from mainstem.query.plan import Sort
from mainstem.query.request import TableCalculation
from mainstem.query.resolve import resolve
from mainstem.semantics.model import Timeframe
from mainstem.testing.models import dimension, measure, project, timeframes, view

CONTEXT = Context(now=datetime(2024, 5, 17))  # noqa: DTZ001 -- naive UTC by contract
TABLE = view(
    "t",
    dimension("x"),
    dimension("y"),
    *timeframes("at", "${TABLE}.at", Timeframe.MONTH, Timeframe.MONTH_NAME),
    measure("count"),
    measure("sum", "sum", "1"),
)
OWN = TableCalculation(name="share", expression="1")


def order(*fields: str, sorts: tuple[str, ...] = (), pivots: tuple[str, ...] = ()) -> list[Sort]:
    names = tuple(f"t.{name}" for name in fields)
    request = Request(model="m", explore="t", fields=names, sorts=sorts, pivots=pivots, dynamic_fields=(OWN,))
    return list(resolve(project([TABLE]), request, CONTEXT).sorts)


@pytest.mark.parametrize(
    ("fields", "first"),
    [
        (("x", "at_month", "count"), Sort("t.at_month", True)),
        (("x", "at_month_name", "count"), Sort("t.count", True)),
        (("x", "sum", "count"), Sort("t.sum", True)),
        (("y", "x"), Sort("t.y", False)),
    ],
)
def test_the_order_nobody_asked_for_is_lookers(fields: tuple[str, ...], first: Sort) -> None:
    assert order(*fields) == [first]


def test_a_measure_is_sorted_by_one_of_its_pivoted_columns() -> None:
    found = order("x", "y", "count", sorts=("t.count desc 2", "t.x"), pivots=("t.y",))
    assert found == [Sort("t.count", True, 2), Sort("t.x", False), Sort("t.y", False)]


def test_without_pivots_there_is_no_column_to_sort_by() -> None:
    assert order("x", "count", sorts=("t.count desc 0",)) == [Sort("t.count", True)]


def test_sorting_by_what_is_worked_out_from_the_rows_is_not_the_warehouses() -> None:
    assert order("x", "count", sorts=("share desc", "t.x")) == [Sort("t.x", False)]
    assert order("x", "count", sorts=("share desc",)) == [Sort("t.count", True)]
