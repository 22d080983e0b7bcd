"""Merged answers, on a warehouse in memory and by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.query import Request, WarehouseExplorer
from mainstem.query.connections import Connections
from mainstem.query.request import Merge, MergedRequest, TableCalculation
from mainstem.query.sheets import open_sheet
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.query import Explorer
    from mainstem.semantics import Project

MODEL = """
view: sales {
  derived_table: { sql: SELECT * FROM (VALUES ('n', 5), ('s', 7), (NULL, 1)) AS t (region, amount) ;; }
  dimension: region {}
  measure: revenue { type: sum sql: ${TABLE}.amount ;; drill_fields: [region] }
}
view: tickets {
  derived_table: {
    sql: SELECT * FROM (VALUES ('n', 'bug', 2), ('n', 'ask', 3), ('w', 'bug', 9), (NULL, 'bug', 4))
      AS t (region, kind, open) ;;
  }
  dimension: region {}
  dimension: kind {}
  dimension: size { type: number sql: ${TABLE}.open ;; }
  measure: open { type: sum sql: ${TABLE}.open ;; }
}
explore: sales {}
explore: tickets {}
"""
BY_REGION = (("tickets.region", "sales.region"),)


@pytest.fixture
def explorer(project: Callable[[str], Project]) -> Iterator[Explorer]:
    warehouse, known = MemoryWarehouse(), project(MODEL)
    clock = lambda: datetime(2024, 5, 17, tzinfo=UTC)  # noqa: E731 -- a clock that stands
    yield WarehouseExplorer(lambda: known, Connections(warehouse), clock)
    warehouse.close()


def tickets(*fields: str, **more: object) -> MergedRequest:
    joins = more.pop("joins", BY_REGION)
    request = Request(model="m", explore="tickets", fields=("tickets.region", *fields), **more)  # type: ignore[arg-type] # as a test writes them
    return MergedRequest(request=request, joins=joins)  # type: ignore[arg-type] # so


def sales(*queries: MergedRequest, **more: object) -> Request:
    merge = Merge(queries=queries, **more)  # type: ignore[arg-type] # as a test writes them
    return Request(
        model="m",
        explore="sales",
        fields=("sales.region", "sales.revenue"),
        sorts=("sales.region",),
        merge=merge,
    )


def test_every_row_of_the_first_stays_and_null_equals_nothing(explorer: Explorer) -> None:
    result = explorer.run(sales(tickets("tickets.open")))
    assert set(result.rows) == {("n", 5, 5), ("s", 7, None), (None, 1, None)}
    assert [column.name for column in result.columns] == ["sales.region", "sales.revenue", "tickets.open"]
    assert result.sql.count("SELECT") >= 2


def test_several_rows_that_match_each_make_a_row(explorer: Explorer) -> None:
    result = explorer.run(sales(tickets("tickets.kind", "tickets.open")))
    assert sorted(row for row in result.rows if row[0] == "n") == [("n", 5, "ask", 3), ("n", 5, "bug", 2)]


def test_a_column_that_is_there_already_is_told_apart(explorer: Explorer) -> None:
    bugs = tickets("tickets.open", filters={"tickets.kind": "bug"})
    result = explorer.run(sales(tickets("tickets.open"), bugs))
    assert [column.name for column in result.columns][2:] == ["tickets.open", "q2_tickets.open"]
    assert result.columns[3].label == "Tickets Open (query 3)"
    assert ("n", 5, 5, 2) in result.rows


def test_calculations_read_merged_columns_and_sort_them(explorer: Explorer) -> None:
    rate = TableCalculation(name="rate", expression="${tickets.open} / ${sales.revenue}")
    by_open = tickets("tickets.open", limit=10)
    result = explorer.run(sales(by_open, calculations=(rate,), sorts=("rate desc", "sales.revenue desc")))
    assert result.rows == [("n", 5, 5, 1), ("s", 7, None, None), (None, 1, None, None)]


def test_merged_rows_can_be_pivoted_and_lead_nowhere(explorer: Explorer) -> None:
    result = explorer.run(sales(tickets("tickets.kind", "tickets.open"), pivots=("tickets.kind",)))
    assert [column.name for column in result.columns if column.pivoted] == ["tickets.kind"]
    assert not any(column.drill_fields for column in result.columns)


def test_what_can_never_be_equal_is_an_error(explorer: Explorer) -> None:
    by_size = tickets("tickets.size", joins=(("tickets.size", "sales.region"),))
    with pytest.raises(QueryError, match=r"tickets.size is a number and sales.region a string"):
        explorer.run(sales(by_size))


def test_a_limit_that_was_reached_is_told_of_the_query(explorer: Explorer) -> None:
    result = explorer.run(sales(tickets("tickets.open", limit=1)))
    assert result.limit_reached
    assert "Query 2 has more rows than its limit" in result.warnings[0]


def test_a_file_holds_the_merged_rows(explorer: Explorer) -> None:
    with open_sheet(explorer, sales(tickets("tickets.open"))) as sheet:
        assert ("n", 5, 5) in [line for batch in sheet.batches for line in batch]


def test_facts_and_sql_are_those_of_all_queries(explorer: Explorer) -> None:
    asked = sales(tickets("tickets.open"))
    assert {one.view for one in explorer.describe_request(asked).views} == {"sales", "tickets"}
    assert "'bug'" in explorer.compile(asked).sql
