"""Derived tables are judged once, and every query that reads one as if they stood in it whole."""

from __future__ import annotations

import pytest

from tests.corpus.judging import Judge, Refused, bodies, in_two

OPEN = "WITH c AS (\n  SELECT * FROM s.t\n)\n"
CLOSED = "WITH c AS (\n  SELECT x, y + 1 AS z FROM s.t\n)\n"
CHAIN = "WITH c AS (\n  SELECT x FROM s.t\n),\nd AS (\n  SELECT *, 1 AS one FROM c\n)\n"
STAR_OF_STAR = "WITH c AS (\n  SELECT * FROM s.t\n),\nd AS (\n  SELECT c.*, 1 AS one FROM c\n)\n"


def refusals(*queries: str, dialect: str = "snowflake") -> list[Refused | None]:
    judge = Judge(dialect)
    read = [judge.read(query, ()) for query in queries]
    judge.settle()
    found: list[Refused | None] = []
    for query in read:
        try:
            judge.check(query)
        except Refused as e:
            found.append(e)
        else:
            found.append(None)
    return found


@pytest.mark.parametrize(
    "query",
    [
        f"{OPEN}SELECT c.anything FROM c",
        f"{CLOSED}SELECT c.x, z FROM c",
        f"{CHAIN}SELECT d.x, d.one FROM d",
        f"{STAR_OF_STAR}SELECT d.anything, d.one FROM d",
        f"{OPEN}SELECT c.x FROM c JOIN (SELECT * FROM c) AS again ON c.id = again.id",
    ],
)
def test_columns_that_a_derived_table_has_are_right(query: str) -> None:
    assert refusals(query) == [None]


@pytest.mark.parametrize(
    "query", [f"{CLOSED}SELECT c.y FROM c", f"{CHAIN}SELECT d.z FROM d", f"{CLOSED}SELECT e.x FROM c"]
)
def test_columns_that_a_derived_table_has_not_are_wrong(query: str) -> None:
    (refused,) = refusals(query)
    assert refused is not None and refused.table is None


def test_a_table_that_is_wrong_makes_all_wrong_that_read_it() -> None:
    wrong = "WITH c AS (\n  SELECT b.x FROM s.t AS a\n)\n"
    found = refusals(f"{wrong}SELECT c.x FROM c", f"{wrong}SELECT 1 FROM c", "SELECT a.x FROM s.t AS a")
    assert [one and one.table for one in found] == ["c", "c", None]


def test_a_table_that_cannot_be_parsed_says_so_each_time() -> None:
    judge = Judge("snowflake")
    for _ in range(2):
        with pytest.raises(Refused) as caught:
            judge.read("WITH c AS (\n  SELECT (x FROM s.t\n)\nSELECT c.x FROM c", ())
        assert caught.value.table == "c"


def test_one_name_may_stand_for_different_queries() -> None:
    other = CLOSED.replace("z", "w")
    found = refusals(f"{CLOSED}SELECT c.z FROM c", f"{other}SELECT c.z FROM c", f"{other}SELECT c.w FROM c")
    assert [one is None for one in found] == [True, False, True]


def test_rows_within_a_column_of_a_derived_table_have_the_fields_that_are_read() -> None:
    query = f"{OPEN}SELECT i.name FROM c LEFT JOIN UNNEST(c.items) AS i"
    assert refusals(query, dialect="bigquery") == [None]


def test_a_query_comes_apart_into_its_tables_and_itself() -> None:
    before, main = in_two(f"{CHAIN}SELECT 1\nFROM d\n")
    assert bodies(before) == {"c": "  SELECT x FROM s.t", "d": "  SELECT *, 1 AS one FROM c"}
    assert main == "SELECT 1\nFROM d\n"
    assert in_two("-- first\nWITH c AS (\n  SELECT 1\n)\nSELECT 2")[0] == ""
