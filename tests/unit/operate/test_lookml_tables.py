"""Views held against the warehouse and against dbt's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.artifacts import DbtModel, DbtProject, DbtTest
from mainstem.operate.lookml_tables import missing_in_warehouse, untested_views
from mainstem.semantics import read_project

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.semantics import Project

MODEL = """
view: orders {
  sql_table_name: analytics.orders ;;
  dimension: id {}
  dimension: state { sql: UPPER(${TABLE}."Status") ;; }
  dimension_group: at { type: time sql: ${TABLE}.created ;; }
  dimension: chosen { sql: {% if x %} ${TABLE}.nothing {% endif %} ;; }
  dimension: called { sql: ${TABLE}.whatever(1) ;; }
  measure: total { type: sum sql: ${TABLE}.amuont ;; }
}
view: derived { derived_table: { sql: SELECT 1 AS a ;; } dimension: a {} }
view: switched { sql_table_name: {% parameter p %} ;; dimension: a {} }
view: unused { sql_table_name: analytics.unused ;; dimension: a {} }
view: gone { sql_table_name: analytics.gone ;; dimension: a {} }
explore: orders {}
explore: derived {}
explore: switched {}
explore: gone {}
"""
TABLES: dict[tuple[str, ...], dict[str, str]] = {
    ("analytics", "orders"): {"ID": "BIGINT", "status": "VARCHAR", "created": "TIMESTAMP", "amount": "BIGINT"}
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "m.model.lkml").write_text(MODEL)
    return read_project(tmp_path).project


def test_tables_and_columns_that_are_not_there_are_told_with_what_is_near(project: Project) -> None:
    found = [str(problem) for problem in missing_in_warehouse(project, TABLES.get)]
    assert sorted(found) == [
        "m.model.lkml:14: view gone reads table analytics.gone, which the warehouse lacks",
        "m.model.lkml:9: orders.total reads column amuont, which analytics.orders lacks "
        "(did you mean amount?)",
    ]


def test_a_table_that_no_tested_model_of_dbt_makes_is_a_warning(project: Project) -> None:
    tested = DbtModel(
        name="orders", schema="analytics", table="orders", tests=(DbtTest(name="t", kind="unique"),)
    )
    assert [str(problem) for problem in untested_views(project, DbtProject({"orders": tested}))] == [
        "m.model.lkml:14: view gone reads analytics.gone, which no dbt model makes"
    ]
    bare = DbtModel(name="orders", schema="ANALYTICS", table="orders")
    messages = [problem.message for problem in untested_views(project, DbtProject({"orders": bare}))]
    assert "view orders reads analytics.orders, but no test of dbt's says anything of orders" in messages
