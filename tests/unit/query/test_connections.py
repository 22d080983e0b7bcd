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

MODEL = """
connection: "{}"
view: a {{ derived_table: {{ sql: SELECT * FROM said ;; }} dimension: word {{}} }}
explore: a {{}}
"""


@pytest.fixture
def two() -> Iterator[tuple[MemoryWarehouse, MemoryWarehouse]]:
    own, other = MemoryWarehouse(), MemoryWarehouse()
    yield own, other
    own.close()
    other.close()


def test_a_stranger_s_connection_is_the_only_warehouse_there_is(
    two: tuple[MemoryWarehouse, MemoryWarehouse], project: Callable[[str], Project]
) -> None:
    assert Connections(two[0]).of(project(MODEL.format("their_snowflake")), "m") is two[0]


def test_a_model_is_asked_where_its_connection_says(
    two: tuple[MemoryWarehouse, MemoryWarehouse], project: Callable[[str], Project]
) -> None:
    own, other = two
    connections = Connections(own, {"crm": other})
    assert connections.of(project(MODEL.format("crm")), "m") is other
    assert connections.of(project(MODEL.format("warehouse")), "m") is own


def test_among_several_warehouses_a_name_that_is_none_is_an_error(
    two: tuple[MemoryWarehouse, MemoryWarehouse], project: Callable[[str], Project]
) -> None:
    connections = Connections(two[0], {"crm": two[1]})
    with pytest.raises(QueryError, match=r"m\.model\.lkml:1: .* crn .*did you mean crm.*warehouse, crm"):
        connections.of(project(MODEL.format("crn")), "m")


def test_a_project_that_was_replaced_answers_the_next_question(
    two: tuple[MemoryWarehouse, MemoryWarehouse], project: Callable[[str], Project]
) -> None:
    current = [project("view: a { derived_table: { sql: SELECT 1 AS x ;; } dimension: x {} } explore: a {}")]
    explorer = WarehouseExplorer(
        lambda: current[0], Connections(two[0]), lambda: datetime(2024, 1, 1, tzinfo=UTC)
    )
    asked = Request(model="m", explore="a", fields=("a.x",))
    assert explorer.run(asked).rows == [("1",)]
    current[0] = project("view: a { derived_table: { sql: SELECT 2 AS x ;; } dimension: x {} } explore: a {}")
    assert explorer.run(asked).rows == [("2",)]
