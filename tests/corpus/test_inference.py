"""The report on strangers' projects makes nothing up: what is right passes, what is wrong stays wrong."""

from __future__ import annotations

import pytest
from sqlglot.errors import SqlglotError

from tests.corpus.inference import Inference


def judged(*queries: str, dialect: str = "snowflake", views: tuple[str, ...] = ()) -> list[bool]:
    """Of each query, whether it holds together beside the others."""
    inference = Inference(dialect)
    trees = [inference.read(query, views) for query in queries]
    inference.settle()
    found = []
    for tree in trees:
        try:
            inference.qualified(tree)
        except SqlglotError:
            found.append(False)
        else:
            found.append(True)
    return found


@pytest.mark.parametrize(
    "query",
    [
        "SELECT a.x FROM s.t AS a",
        "SELECT x FROM s.t AS a JOIN s.u AS b ON a.id = b.id",
        "WITH c AS (SELECT * FROM s.t) SELECT c.x FROM c",
        "WITH c AS (SELECT * FROM s.t UNION ALL SELECT * FROM s.u) SELECT c.x FROM c",
        "SELECT (SELECT SUM(y) FROM s.u WHERE u.id = a.id) FROM s.t AS a",
        "SELECT late AS l, l + 1 AS more FROM s.t",
        "SELECT a.x FROM s.t AS a JOIN s.u AS b USING (id)",
        "WITH c AS (SELECT * FROM s.t GROUP BY 1, 2, 3) SELECT c.x FROM c",
        "SELECT column1 AS a, v.column2 FROM (VALUES (1, 2), (3, 4)) AS v",
    ],
)
def test_columns_of_the_warehouse_are_learned_from_what_reads_them(query: str) -> None:
    assert judged(query) == [True]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT b.x FROM s.t AS a",
        "WITH c AS (SELECT x FROM s.t) SELECT c.y FROM c",
        "WITH c AS (SELECT x FROM s.t) SELECT y FROM c",
        "WITH c AS (SELECT d.* FROM (SELECT x FROM s.t) AS d) SELECT c.y FROM c",
        "SELECT a.x FROM s.t AS a JOIN s.u AS a ON 1 = 1",
    ],
)
def test_what_no_source_can_have_stays_wrong(query: str) -> None:
    assert not all(_judged_or_refused(query))


def _judged_or_refused(query: str) -> list[bool]:
    try:
        return judged(query)
    except SqlglotError:
        return [False]


def test_a_column_named_alone_goes_to_the_table_another_query_reads_it_of() -> None:
    plain = "SELECT x FROM s.t AS a JOIN s.u AS b ON a.id = b.id"
    assert judged(plain, "SELECT b.x FROM s.u AS b") == [True, True]


def test_a_column_that_two_tables_have_is_nobodys() -> None:
    plain = "SELECT x FROM s.t AS a JOIN s.u AS b ON a.id = b.id"
    assert judged(plain, "SELECT a.x FROM s.t AS a", "SELECT b.x FROM s.u AS b")[0] is False


def test_bigquery_groups_by_the_column_that_is_selected() -> None:
    query = "SELECT a.x FROM s.t AS a JOIN s.u AS b ON a.x = b.x GROUP BY x"
    assert judged(query, dialect="bigquery") == [True]
    assert judged(query, dialect="postgres") == [False]


def test_rows_within_a_column_have_the_fields_that_are_read_of_them() -> None:
    query = "SELECT i.name FROM s.t AS a LEFT JOIN UNNEST(a.items) AS i"
    assert judged(query, dialect="bigquery") == [True]
    named_alike = "SELECT SUM(items.price) FROM s.t LEFT JOIN UNNEST(items) AS items"
    assert judged(named_alike, dialect="bigquery") == [True]


def test_a_function_of_bigquery_ml_gives_what_is_read_of_it() -> None:
    query = "SELECT p.predicted_x, y FROM ml.PREDICT(MODEL m.o, (SELECT f(x) FROM t)) AS p WHERE (y > 1)"
    assert judged(query, "SELECT a FROM ML.GLOBAL_EXPLAIN(MODEL o)", dialect="bigquery") == [True, True]


def test_a_view_that_is_not_joined_is_no_column_with_fields() -> None:
    query = "SELECT other.x FROM s.t AS a"
    assert judged(query, dialect="bigquery", views=("other",)) == [False]
    assert judged(query, dialect="bigquery") == [True]
