from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.query import Request, WarehouseExplorer
from mainstem.query.connections import Connections
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.semantics import Project

COMMENTED = """
view: a {
  derived_table: { sql: SELECT 4 AS x, DATE '2024-01-02' AS day -- one row
    ;; }
  dimension: x { type: number sql: ${TABLE}.x -- the x
    ;; }
  dimension: twice { type: number sql: ${x} * 2 -- twice ;; }
  dimension: day { type: date datatype: date sql: ${TABLE}.day -- the day ;; }
  measure: sum { type: sum sql: ${twice} -- all ;; }
  measure: half { type: number sql: ${sum} / 2 -- half ;; }
}
explore: a { sql_always_where: ${a.x} > 0 -- only these
  ;; }
"""


@pytest.fixture
def run(project: Callable[[str], Project]) -> Iterator[Callable[..., list[tuple[object, ...]]]]:
    warehouse = MemoryWarehouse()

    def ask(text: str, *fields: str, **filters: str) -> list[tuple[object, ...]]:
        known, now = project(text), datetime(2024, 1, 2, tzinfo=UTC)
        explorer = WarehouseExplorer(lambda: known, Connections(warehouse), lambda: now)
        named = {f"a.{name}": expression for name, expression in filters.items()}
        return [*explorer.run(Request(model="m", explore="a", fields=fields, filters=named)).rows]

    yield ask
    warehouse.close()


def test_a_comment_in_sql_swallows_nothing_after_it(run: Callable[..., list[tuple[object, ...]]]) -> None:
    fields = ("a.x", "a.twice", "a.sum", "a.half")
    assert run(COMMENTED, *fields, day="today", twice=">7", half="4") == [(4, 8, 8, 4.0)]


def test_what_a_reference_means_keeps_its_own_precedence(
    run: Callable[..., list[tuple[object, ...]]],
) -> None:
    text = """
    view: a {
      derived_table: { sql: SELECT 1 AS x ;; }
      dimension: sum { type: number sql: ${TABLE}.x + 1 ;; }
      dimension: product { type: number sql: ${sum} * 10 ;; }
      measure: total { type: sum sql: ${product} ;; }
      measure: ratio { type: number sql: ${total} + 1 ;; }
      measure: scaled { type: number sql: ${ratio} * 2 ;; }
    }
    explore: a {}
    """
    assert run(text, "a.product", "a.scaled") == [(20, 42)]


def test_an_own_views_name_works_under_another_alias(run: Callable[..., list[tuple[object, ...]]]) -> None:
    text = """
    view: base {
      derived_table: { sql: SELECT 3 AS x ;; }
      dimension: x { type: number }
      dimension: y { type: number sql: ${base.x} ;; }
    }
    explore: a { from: base }
    """
    assert run(text, "a.y") == [(3,)]


def test_a_reference_to_a_view_the_explore_does_not_join_is_an_error(
    run: Callable[..., list[tuple[object, ...]]],
) -> None:
    text = """
    view: a { dimension: x { sql: ${b.x} ;; } }
    view: b { dimension: x {} }
    explore: a {}
    """
    with pytest.raises(QueryError, match=r"explore a: unknown view b in b.x; this explore has a"):
        run(text, "a.x")
