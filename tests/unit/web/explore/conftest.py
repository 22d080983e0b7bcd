from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.query.connections import Connections
from mainstem.query.context import EVERYTHING
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import read_project
from mainstem.testing.memory_questions import MemoryQuestions
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

    from mainstem.query.explorer import Explorer

MODEL = """
connection: "warehouse"
view: visits {
  derived_table: {
    sql: SELECT * FROM (VALUES
      (DATE '2026-03-01', 'google', 3), (DATE '2026-03-02', 'a,b', 5), (DATE '2026-03-02', NULL, 1)
    ) AS t (day, source, pages) ;;
  }
  dimension_group: day { timeframes: [date, month] datatype: date sql: ${TABLE}.day ;; }
  dimension: source { description: "Where they came from" }
  dimension: secret { hidden: yes sql: 'x' ;; }
  measure: pages { type: sum sql: ${TABLE}.pages ;; }
  measure: count { type: count }
  parameter: unit { type: unquoted allowed_value: { label: "Days" value: "day" } }
}
explore: visits {
  description: "Who looks at the website"
  query: everything { label: "Everything by source" dimensions: [visits.source] measures: [visits.pages] }
}
"""


@pytest.fixture
def questions() -> MemoryQuestions:
    return MemoryQuestions()


@pytest.fixture
def shop(company: Any, make_web: Any, questions: MemoryQuestions, tmp_path: Path) -> Iterator[Any]:
    (tmp_path / "company.model.lkml").write_text(MODEL)
    project = read_project(tmp_path).project
    warehouse = MemoryWarehouse()
    company.explorer = lambda: WarehouseExplorers(
        lambda: project, Connections(warehouse), lambda: datetime(2026, 3, 3, tzinfo=UTC)
    )
    yield make_web(company, questions=questions)
    warehouse.close()


@pytest.fixture
def explorer(shop: Any) -> Explorer:
    """As somebody asks it whom nothing is kept from."""
    found: Explorer = shop.explorer.of(EVERYTHING)
    return found


@pytest.fixture
def analyst(shop: Any) -> TestClient:
    """A browser of somebody who explores, and no more."""
    client: TestClient = shop.logged_in("ann@example.org", Role.EXPLORER)
    return client
