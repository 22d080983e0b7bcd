"""Derived tables that are queries of an explore which joins them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.query import Request, compile_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Project

NOW = datetime(2024, 5, 17)  # noqa: DTZ001 -- naive UTC by contract
LOOKML = """
view: orders {{
  sql_table_name: orders ;;
  dimension: id {{ primary_key: yes type: number }}
  dimension: day {{ type: date }}
}}
view: latest {{
  derived_table: {{ explore_source: orders {{ {bound} column: day {{ field: orders.day }} }} }}
  dimension: day {{ type: date }}
  dimension: is_known {{ type: yesno sql: ${{day}} IS NOT NULL ;; }}
}}
explore: orders {{
  {standing}
  join: latest {{ sql_on: ${{orders.day}} = ${{latest.day}} ;; relationship: many_to_one }}
}}
"""


def compiled(known: Project) -> str:
    request = Request(model="m", explore="orders", fields=("orders.id",))
    return compile_request(known, request, "duckdb", NOW).sql


@pytest.mark.parametrize(
    "standing",
    [
        'always_filter: { filters: [latest.is_known: "Yes"] }',
        'conditionally_filter: { filters: [latest.is_known: "Yes"] unless: [orders.day] }',
    ],
)
@pytest.mark.parametrize("bound", ["", "bind_all_filters: yes"])
def test_a_standing_filter_on_the_table_says_nothing_inside_it(
    project: Callable[[str], Project], standing: str, bound: str
) -> None:
    sql = compiled(project(LOOKML.format(bound=bound, standing=standing)))
    inner, _, outer = sql.partition("\nSELECT")
    assert "IS NOT NULL" not in inner
    assert "IS NOT NULL" in outer
