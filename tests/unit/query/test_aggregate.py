"""Which form a measure takes under joins that repeat rows; a property shows that its number is right."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.query import Compiled, Request, compile_request

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
  measure: pairs {{ type: count_distinct filters: [name: "b"]
    sql: ${{name}}, COALESCE(${{TABLE}}.x, ',') ;; }}
  measure: by_name {{ type: average_distinct sql_distinct_key: ${{name}} ;;
    sql: COALESCE(${{TABLE}}.x, 1) ;; }}
}}
view: b {{
  dimension: id {{ primary_key: yes }} dimension: a_id {{}} dimension: kind {{}}
  measure: rows {{ type: count }}
  measure: weight {{ type: sum sql: ${{TABLE}}.w ;; }}
}}
explore: a {{
  join: b {{ {join} sql_on: ${{b.a_id}} = ${{a.id}} ;; }}
}}
explore: b {{
  join: a {{ relationship: one_to_one sql_on: ${{b.a_id}} = ${{a.id}} ;; }}
}}
"""


def compiled(project: Project, *fields: str, explore: str = "a") -> Compiled:
    return compile_request(project, Request(model="m", explore=explore, fields=fields), "duckdb", NOW)


def sql(project: Project, *fields: str, explore: str = "a") -> str:
    return compiled(project, *fields, explore=explore).sql


def repeated(key: str = "primary_key: yes") -> str:
    return MODEL.format(key=key, join="relationship: one_to_many")


@pytest.mark.parametrize("measure", ["total", "mean", "ratio", "own"])
def test_nothing_is_made_once_where_the_join_is_not_needed(
    project: Callable[[str], Project], measure: str
) -> None:
    assert "JOIN" not in sql(project(repeated()), "a.name", f"a.{measure}")


@pytest.mark.parametrize("measure", ["most", "names"])
def test_measures_that_repeated_rows_do_not_harm_stay_as_they_are(
    project: Callable[[str], Project], measure: str
) -> None:
    text = sql(project(repeated()), "b.kind", f"a.{measure}")
    assert "LEFT JOIN" in text
    assert "mainstem_key" not in text


@pytest.mark.parametrize("measure", ["total", "mean", "ratio"])
def test_rows_are_made_one_a_key_before_they_are_added_up(
    project: Callable[[str], Project], measure: str
) -> None:
    text = sql(project(repeated()), "b.kind", f"a.{measure}", "b.rows")
    assert "a.id AS mainstem_key" in text
    assert "GROUP BY 1, 2" in text


def test_sums_of_two_repeated_views_are_picked_out_by_their_keys(project: Callable[[str], Project]) -> None:
    model = project(MODEL.format(key="primary_key: yes", join="relationship: many_to_many"))
    text = sql(model, "b.kind", "a.total", "b.weight")
    assert text.count("LIST(DISTINCT") == 2


def test_a_count_of_repeated_rows_counts_primary_keys(project: Callable[[str], Project]) -> None:
    assert "COUNT(DISTINCT a.id)" in sql(project(repeated()), "b.kind", "a.count")


def test_without_a_primary_key_rows_are_numbered_and_a_warning_says_what_is_faster(
    project: Callable[[str], Project],
) -> None:
    answer = compiled(project(repeated(key="")), "b.kind", "a.total")
    assert "(SELECT *, ROW_NUMBER() OVER () AS mainstem_row FROM a) AS a" in answer.sql
    assert [text for text in answer.warnings if "a has no primary key" in text]


def test_an_aggregate_written_out_stays_and_a_warning_says_what_it_may_do(
    project: Callable[[str], Project],
) -> None:
    answer = compiled(project(repeated()), "b.kind", "a.own")
    assert "SUM(a.x) / 2" in answer.sql
    (warning,) = answer.warnings
    assert "join b (one_to_many) repeats the rows of a" in warning
    assert "m.model.lkml:" in warning


def test_rows_a_join_did_not_find_are_not_counted(project: Callable[[str], Project]) -> None:
    model = project(MODEL.format(key="primary_key: yes", join="relationship: one_to_one"))
    assert "COUNT(a.id)" in sql(model, "b.kind", "a.count", explore="b")
    assert "CASE WHEN a.id IS NOT NULL THEN COALESCE(a.x, 1) END" in sql(model, "a.filled", explore="b")


def test_what_counts_once_a_key_counts_for_no_key_as_nothing(project: Callable[[str], Project]) -> None:
    found = sql(project(repeated()), "b.kind", "a.by_name")
    assert "MAX(CASE WHEN a.name IS NOT NULL THEN COALESCE(a.x, 1) END)" in found


def test_of_pairs_that_are_counted_each_value_stands_under_the_condition(
    project: Callable[[str], Project],
) -> None:
    condition = "CASE WHEN a.name = 'b' THEN"
    expected = f"COUNT(DISTINCT {condition} a.name END, {condition} COALESCE(a.x, ',') END)"
    assert expected in sql(project(repeated()), "b.kind", "a.pairs")


def test_a_cross_join_repeats_rows_unless_it_says_otherwise(project: Callable[[str], Project]) -> None:
    text = MODEL.format(key="primary_key: yes", join="type: cross")
    text = text.replace("type: cross sql_on: ${b.a_id} = ${a.id} ;;", "type: cross")
    assert "mainstem_key" in sql(project(text), "b.kind", "a.total")


ACROSS = """
view: orders {
  dimension: id { primary_key: yes }
  dimension: rate {}
  measure: paid { type: sum sql: ${rate} * ${items.price} ;; }
  measure: usual { type: average sql: COALESCE(${items.price}, ${rate}) ;; }
  measure: known { type: sum sql: ${rate} ;; filters: [items.price: "1"] }
  measure: both { type: sum sql: ${items.price} * ${notes.weight} ;; }
}
view: items { dimension: id { primary_key: yes } dimension: order_id {} dimension: price {} }
view: notes { dimension: id { primary_key: yes } dimension: item_id {} dimension: weight {} }
explore: orders {
  join: items { relationship: one_to_many sql_on: ${items.order_id} = ${orders.id} ;; }
  join: notes { relationship: one_to_many sql_on: ${notes.item_id} = ${items.id} ;; }
}
"""


@pytest.mark.parametrize(
    ("fields", "form"),
    [
        (("orders.paid",), 'SUM(orders.rate * items.price) AS "orders.paid"'),
        (("orders.usual",), 'AVG(COALESCE(items.price, orders.rate)) AS "orders.usual"'),
        (("orders.both",), 'SUM(items.price * notes.weight) AS "orders.both"'),
        (("orders.paid", "notes.weight"), "items.id AS mainstem_key"),
        (("orders.known",), "orders.id AS mainstem_key"),
    ],
)
def test_a_value_made_of_several_views_counts_once_for_each_row_of_the_finest(
    project: Callable[[str], Project], fields: tuple[str, ...], form: str
) -> None:
    """A filter on a finer view makes no value of it: it only says which values count."""
    assert form in sql(project(ACROSS), *fields, explore="orders")


RAW = """
view: a {
  dimension: id { primary_key: yes } dimension: x {}
  measure: total { type: sum sql: ${x} ;; }
}
view: tag {
  dimension: name { sql: tag ;; }
  measure: count { type: count }
  measure: worth { type: sum sql: COALESCE(${a.x}, ${TABLE}.y) ;; }
}
view: shared {
  measure: ratio { type: number sql: ${a.total} / 2 ;; }
  measure: twice { type: sum sql: ${a.x} * 2 ;; }
}
view: b { dimension: a_id {} dimension: kind {} measure: weight { type: sum sql: ${TABLE}.w ;; } }
explore: a {
  join: tag { sql: CROSS JOIN UNNEST(a.tags) AS tag ;; relationship: one_to_many }
  join: shared { sql: ;; relationship: one_to_one }
  join: b { relationship: one_to_many sql_on: ${b.a_id} = ${a.id} ;; }
}
"""


def test_rows_of_a_raw_clause_are_counted_without_a_number(project: Callable[[str], Project]) -> None:
    text = sql(project(RAW), "tag.name", "tag.count", "tag.worth", "a.total")
    assert "CROSS JOIN UNNEST(a.tags) AS tag" in text
    assert 'COUNT(*) AS "tag.count"' in text
    assert 'SUM(COALESCE(a.x, tag.y)) AS "tag.worth"' in text


def test_rows_of_a_raw_clause_that_are_repeated_are_warned_of(project: Callable[[str], Project]) -> None:
    (warning,) = compiled(project(RAW), "tag.count", "b.weight").warnings[:1]
    assert "tag has no primary key and is joined by SQL of its own, while join b repeats its rows" in warning


def test_a_view_without_a_table_joins_nothing(project: Callable[[str], Project]) -> None:
    text = " ".join(sql(project(RAW), "shared.ratio", "shared.twice").split())
    assert text.startswith(
        'SELECT SUM(a.x) / 2 AS "shared.ratio", SUM(a.x * 2) AS "shared.twice" FROM a AS a LIMIT'
    )


def test_values_of_a_view_without_a_table_count_once_as_those_they_are_made_of(
    project: Callable[[str], Project],
) -> None:
    assert "a.id AS mainstem_key" in sql(project(RAW), "shared.twice", "b.kind")
