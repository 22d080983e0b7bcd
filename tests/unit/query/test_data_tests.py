"""What LookML says must hold of the data, on a warehouse in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.query import WarehouseExplorer
from mainstem.query.connections import Connections
from mainstem.query.data_tests import run_test
from mainstem.semantics import read_project
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.query.data_tests import TestOutcome

MODEL = """
view: orders {
  derived_table: { sql: SELECT * FROM (
    VALUES (1, 'paid', 5), (2, 'new', NULL), (3, 'new', -1)) AS t (id, status, total) ;; }
  dimension: id { primary_key: yes type: number }
  dimension: status {}
  dimension: total { type: number }
  measure: count { type: count }
}
view: absent { sql_table_name: nowhere ;; dimension: x {} }
explore: orders {}
explore: absent {}
test: there_are_three {
  explore_source: orders { column: count {} }
  assert: three { expression: ${orders.count} = 3 ;; }
  assert: two { expression: ${orders.count} = 2 ;; }
}
test: totals {
  explore_source: orders { column: id {} column: total {} sorts: [orders.id: asc] }
  assert: positive { expression: ${orders.total} > 0 ;; }
  assert: strange { expression: ${orders.nothing} > 0 ;; }
  assert: known { expression: ${orders.id} > 0 ;; }
}
test: filtered {
  explore_source: orders { column: id {} filters: [orders.status: "paid"] }
  assert: first { expression: ${orders.id} = 1 ;; }
}
test: none {
  explore_source: orders { column: id {} filters: [orders.status: "lost"] }
  assert: never { expression: ${orders.id} = 0 ;; }
}
test: away { explore_source: absent { column: x {} } assert: any { expression: 1 = 1 ;; } }
"""


@pytest.fixture
def outcome(tmp_path: Path) -> Iterator[Callable[[str], TestOutcome]]:
    """One assertion has an error, which takes no other with it."""
    (tmp_path / "m.model.lkml").write_text(MODEL)
    known = read_project(tmp_path).project
    warehouse = MemoryWarehouse()
    explorer = WarehouseExplorer(
        lambda: known, Connections(warehouse), lambda: datetime(2024, 5, 17, tzinfo=UTC)
    )
    yield lambda name: run_test(explorer, known.models["m"], known.models["m"].tests[name])
    warehouse.close()


def test_each_assertion_passes_or_fails_by_itself(outcome: Callable[[str], TestOutcome]) -> None:
    found = outcome("there_are_three")
    assert [(one.name, one.passed) for one in found.assertions] == [("three", True), ("two", False)]
    assert found.assertions[1].rows == [{"orders.count": 3}]
    assert not found.passed


def test_a_row_that_is_no_or_null_fails_and_is_shown(outcome: Callable[[str], TestOutcome]) -> None:
    positive, strange, known = outcome("totals").assertions
    assert positive.failed == 2
    assert positive.rows == [{"orders.id": 2, "orders.total": None}, {"orders.id": 3, "orders.total": -1}]
    assert "orders.nothing" in (strange.problem or "")
    assert not strange.passed
    assert known.passed


def test_filters_and_answers_without_rows_are_what_they_are(outcome: Callable[[str], TestOutcome]) -> None:
    assert (outcome("filtered").passed, outcome("filtered").rows) == (True, 1)
    assert (outcome("none").passed, outcome("none").rows) == (True, 0)


def test_a_query_that_cannot_run_is_a_failure_that_says_why(outcome: Callable[[str], TestOutcome]) -> None:
    found = outcome("away")
    assert "nowhere" in (found.problem or "")
    assert not found.passed
    assert found.assertions == []
