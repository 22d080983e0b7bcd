"""The whole door, on a warehouse in memory."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.query import OutputType, Request, WarehouseExplorer
from mainstem.query.connections import Connections
from mainstem.semantics import Dashboard, DashboardFilter, Element, ElementType, FilterType, Origin
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.query import Explorer
    from mainstem.semantics import Project

WHERE = Origin("d.dashboard.lookml", 1)
MODEL = """
view: visits {
  derived_table: {
    sql: SELECT * FROM (VALUES
      (DATE '2024-05-17', 'a', 2, TRUE),
      (DATE '2024-05-17', 'b', 3, FALSE),
      (DATE '2024-05-16', 'a', 5, NULL),
      (DATE '2024-04-01', 'a', 7, TRUE)
    ) AS t (day, person, pages, is_new) ;;
  }
  dimension_group: day { timeframes: [date, week, month, quarter, year] datatype: date sql: ${TABLE}.day ;; }
  dimension: person {}
  dimension: is_new { type: yesno }
  measure: pages { type: sum sql: ${TABLE}.pages ;; }
  measure: people { type: count_distinct sql: ${person} ;; }
}
explore: visits { label: "Visits of people" }
"""


@pytest.fixture
def explorer(project: Callable[[str], Project]) -> Iterator[Explorer]:
    warehouse = MemoryWarehouse()
    known = project(MODEL)
    yield WarehouseExplorer(
        lambda: known, Connections(warehouse), lambda: datetime(2024, 5, 17, 23, tzinfo=UTC)
    )
    warehouse.close()


def ask(*fields: str, **more: object) -> Request:
    return Request(model="m", explore="visits", fields=fields, **more)  # type: ignore[arg-type] # as a test writes them


def test_rows_come_back_typed_with_what_each_column_means(explorer: Explorer) -> None:
    result = explorer.run(ask("visits.day_date", "visits.is_new", "visits.pages"))
    assert set(result.rows[:2]) == {(date(2024, 5, 17), True, 2), (date(2024, 5, 17), False, 3)}
    assert [column.type for column in result.columns] == [
        OutputType.DATE,
        OutputType.YESNO,
        OutputType.NUMBER,
    ]
    assert [column.label for column in result.columns] == ["Visits Day Date", "Visits Is New", "Visits Pages"]
    assert all(type(row[2]) is int for row in result.rows)
    assert not result.limit_reached


def test_timeframes_show_what_looker_shows(explorer: Explorer) -> None:
    fields = [f"visits.day_{name}" for name in ("week", "month", "quarter", "year")]
    (row,) = explorer.run(ask(*fields, filters={"visits.day_date": "2024-04"})).rows
    assert row == (date(2024, 4, 1), "2024-04", "2024-Q2", 2024)


def test_filters_count_from_the_clock_in_utc(explorer: Explorer) -> None:
    result = explorer.run(ask("visits.pages", filters={"visits.day_date": "2 days"}))
    assert result.rows == [(10,)]


def test_a_limit_that_is_reached_is_said(explorer: Explorer) -> None:
    assert explorer.run(ask("visits.day_date", limit=2)).limit_reached


def test_a_pivot_keeps_whole_rows_under_a_limit(explorer: Explorer) -> None:
    asked = ask("visits.day_date", "visits.person", "visits.pages", pivots=("visits.person",), limit=1)
    result = explorer.run(asked)
    assert result.rows == [(date(2024, 5, 17), "a", 2), (date(2024, 5, 17), "b", 3)]
    assert result.limit_reached
    assert [column.pivoted for column in result.columns] == [False, True, False]


def test_a_tile_is_run_with_the_dashboards_filters(explorer: Explorer) -> None:
    tile = Element(
        name="t",
        title="T",
        type=ElementType.SINGLE_VALUE,
        model="m",
        explore="visits",
        fields=("visits.pages",),
        origin=WHERE,
        listen={"Who": "visits.person"},
    )
    who = DashboardFilter(name="Who", title="Who", type=FilterType.STRING, origin=WHERE, default_value="a")
    board = Dashboard(name="b", title="B", layout="newspaper", origin=WHERE, filters=(who,), elements=(tile,))
    assert explorer.run_element(board, tile, {}).rows == [(14,)]
    assert explorer.run_element(board, tile, {"Who": "b"}).rows == [(3,)]
    assert explorer.run_element(board, tile, {"Who": ""}).rows == [(17,)]
    facts = explorer.describe_element(tile)
    assert (facts.explore_label, facts.views[0].alias) == ("Visits of people", "visits")
    assert facts.views[0].derived_sql is not None
    assert (facts.fields[0].type, facts.fields[0].sql) == ("sum", "${TABLE}.pages")


def test_a_field_tells_where_it_was_defined(explorer: Explorer) -> None:
    facts = explorer.describe_field("m", "visits", "visits.people")
    assert (facts.kind, facts.view, facts.defined_at) == ("measure", "visits", "m.model.lkml:15")
    with pytest.raises(QueryError, match=r"did you mean visits.people"):
        explorer.describe_field("m", "visits", "visits.peopel")
