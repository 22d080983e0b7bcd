"""A number that a join would make wrong is refused; one that stays right is not."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.query import Request, compile_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Project

NOW = datetime(2024, 5, 17)  # noqa: DTZ001 -- naive UTC by contract
MODEL = """
view: a {{
  dimension: id {{ type: number {key} }}
  dimension: name {{}}
  measure: count {{ type: count }}
  measure: total {{ type: sum sql: ${{TABLE}}.x ;; }}
  measure: filled {{ type: sum sql: COALESCE(${{TABLE}}.x, 1) ;; }}
  measure: mean {{ type: average sql: ${{TABLE}}.x ;; }}
  measure: ratio {{ type: number sql: ${{total}} / 2 ;; }}
  measure: own {{ type: number sql: SUM(${{TABLE}}.x) / 2 ;; }}
  measure: most {{ type: max sql: ${{TABLE}}.x ;; }}
  measure: names {{ type: count_distinct sql: ${{name}} ;; }}
}}
view: b {{ dimension: id {{}} dimension: a_id {{}} dimension: kind {{}} }}
explore: a {{
  join: b {{ {join} sql_on: ${{b.a_id}} = ${{a.id}} ;; }}
}}
explore: b {{
  join: a {{ relationship: one_to_one sql_on: ${{b.a_id}} = ${{a.id}} ;; }}
}}
"""


def sql(project: Project, *fields: str, explore: str = "a") -> str:
    return compile_request(project, Request(model="m", explore=explore, fields=fields), "duckdb", NOW).sql


@pytest.mark.parametrize("relationship", ["one_to_many", "many_to_many"])
@pytest.mark.parametrize("measure", ["total", "mean", "ratio", "own"])
def test_a_sum_over_repeated_rows_is_refused_by_name(
    project: Callable[[str], Project], relationship: str, measure: str
) -> None:
    model = project(MODEL.format(key="primary_key: yes", join=f"relationship: {relationship}"))
    with pytest.raises(
        QueryError, match=rf"a\.\w+ \(.*join b \({relationship}\) has many rows for one of a.*m.model"
    ):
        sql(model, "b.kind", f"a.{measure}")


@pytest.mark.parametrize("measure", ["total", "mean", "ratio", "own"])
def test_the_same_sum_is_made_when_the_join_is_not_needed(
    project: Callable[[str], Project], measure: str
) -> None:
    model = project(MODEL.format(key="primary_key: yes", join="relationship: one_to_many"))
    assert "JOIN" not in sql(model, "a.name", f"a.{measure}")


@pytest.mark.parametrize("measure", ["most", "names"])
def test_measures_that_repeated_rows_do_not_harm_are_made(
    project: Callable[[str], Project], measure: str
) -> None:
    model = project(MODEL.format(key="", join="relationship: one_to_many"))
    assert "LEFT JOIN" in sql(model, "b.kind", f"a.{measure}")


def test_a_count_of_repeated_rows_counts_primary_keys(project: Callable[[str], Project]) -> None:
    model = project(MODEL.format(key="primary_key: yes", join="relationship: one_to_many"))
    assert "COUNT(DISTINCT a.id)" in sql(model, "b.kind", "a.count")


def test_a_count_of_repeated_rows_without_a_key_is_refused(project: Callable[[str], Project]) -> None:
    model = project(MODEL.format(key="", join="relationship: one_to_many"))
    with pytest.raises(QueryError, match=r"a.count \(count\) could not be right.*primary_key: yes"):
        sql(model, "b.kind", "a.count")


def test_rows_a_join_did_not_find_are_not_counted(project: Callable[[str], Project]) -> None:
    model = project(MODEL.format(key="primary_key: yes", join="relationship: one_to_one"))
    assert "COUNT(a.id)" in sql(model, "b.kind", "a.count", explore="b")
    assert "CASE WHEN a.id IS NOT NULL THEN COALESCE(a.x, 1) END" in sql(model, "a.filled", explore="b")


def test_a_cross_join_repeats_rows_unless_it_says_otherwise(project: Callable[[str], Project]) -> None:
    text = MODEL.format(key="primary_key: yes", join="type: cross")
    text = text.replace("type: cross sql_on: ${b.a_id} = ${a.id} ;;", "type: cross")
    with pytest.raises(QueryError, match=r"join b \(many_to_many\)"):
        sql(project(text), "b.kind", "a.total")
