"""The order of pivoted columns, which no single row of an answer need show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb
import pytest

from mainstem.query import Compiled, Request, compile_request
from mainstem.query.execute import run
from mainstem.query.grid import grid_of
from mainstem.query.request import TableCalculation
from mainstem.query.result import QueryResult

if TYPE_CHECKING:
    from mainstem.semantics import Project


NOW = datetime(2024, 5, 17)  # noqa: DTZ001 -- naive UTC by contract
MODEL = """
view: sales {
  dimension: who {}
  dimension: what { order_by_field: place }
  dimension: place { type: number }
  dimension: size { case: { when: { sql: ${place} > 3 ;; label: "high" } else: "low" } }
  dimension: level { type: tier tiers: [4, 6, 9] style: integer sql: ${place} ;; }
  measure: count { type: count }
}
explore: sales {}
"""
ROWS = "('a', 'May', 5), ('a', 'July', 7), ('b', 'June', 6), ('c', 'April', 4), ('d', 'March', 3)"


class Sales:
    """A warehouse of one table."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def query(self, sql: str) -> object:
        return self._connection.execute(sql).to_arrow_table()


Ask = Callable[..., QueryResult]


@pytest.fixture
def ask(project: Callable[[str], Project]) -> Iterator[Ask]:
    model = project(MODEL)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE sales AS FROM (VALUES {ROWS}) AS t(who, what, place)")

        def asked(*fields: str, **more: object) -> QueryResult:
            request = Request(model="m", explore="sales", fields=fields, **more)  # type: ignore[arg-type] # as a test writes them
            compiled: Compiled = compile_request(model, request, "duckdb", NOW)
            return run(compiled, Sales(connection))  # type: ignore[arg-type] # all that is asked of a warehouse

        yield asked


FIELDS = ("sales.who", "sales.what", "sales.count")


@pytest.mark.parametrize("limit", [None, 10, -1])
@pytest.mark.parametrize(
    ("sorts", "headers"),
    [
        ((), ["March", "April", "May", "June", "July"]),
        (("sales.what desc",), ["July", "June", "May", "April", "March"]),
        (("sales.who", "sales.what"), ["March", "April", "May", "June", "July"]),
    ],
)
def test_columns_that_share_no_row_stand_in_their_order(
    ask: Ask, sorts: tuple[str, ...], headers: list[str], limit: int | None
) -> None:
    result = ask(*FIELDS, pivots=("sales.what",), sorts=sorts, limit=limit)
    assert [header for (header,) in result.headers] == headers
    assert grid_of(result).headers == result.headers


def test_calculations_count_columns_in_that_order(ask: Ask) -> None:
    place = TableCalculation(name="place", expression="pivot_column()")
    result = ask(*FIELDS, pivots=("sales.what",), sorts=("sales.who",), dynamic_fields=(place,))
    assert {(row[1], row[3]) for row in result.rows} == {
        ("March", 1),
        ("April", 2),
        ("May", 3),
        ("June", 4),
        ("July", 5),
    }


def test_filled_columns_take_their_place(ask: Ask) -> None:
    fields = ("sales.who", "sales.size", "sales.count")
    result = ask(*fields, pivots=("sales.size",), fill_fields=("sales.size",), filters={"sales.size": "low"})
    assert result.headers == (("high",), ("low",))


def test_filled_columns_leave_the_rows_where_they_are(ask: Ask) -> None:
    """Also where the pivoted dimension is asked for first."""
    fields = ("sales.level", "sales.who", "sales.count")
    result = ask(*fields, pivots=("sales.level",), fill_fields=("sales.level",), sorts=("sales.who desc",))
    assert grid_of(result).rows == (("d",), ("c",), ("b",), ("a",))
    assert result.headers == (("Below 4",), ("4 to 5",), ("6 to 8",), ("9 or Above",))


def test_the_place_of_a_column_is_no_column_of_the_answer(ask: Ask) -> None:
    result = ask(*FIELDS, pivots=("sales.what",), totals=True, row_totals=True)
    assert all(len(row) == len(result.columns) == 3 for row in result.rows)
    assert {one.kind: len(one.rows) for one in result.companions} == {
        "totals": 5,
        "row_totals": 4,
        "grand_total": 1,
    }


def test_one_column_sorts_where_others_share_its_place(project: Callable[[str], Project]) -> None:
    """Two values with the same place are two columns."""
    model = project(MODEL)
    request = Request(
        model="m",
        explore="sales",
        fields=FIELDS,
        pivots=("sales.what",),
        sorts=("sales.count desc 1",),
    )
    with duckdb.connect() as connection:
        rows = "('a', 'x', 1), ('b', 'y', 1), ('a', 'x', 1)"
        connection.execute(f"CREATE TABLE sales AS FROM (VALUES {rows}) AS t(who, what, place)")
        result = run(compile_request(model, request, "duckdb", NOW), Sales(connection))  # type: ignore[arg-type] # all that is asked of a warehouse
    assert [row[0] for row in result.rows] == ["b", "a"]
