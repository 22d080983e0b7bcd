from __future__ import annotations

from mainstem.semantics.references import Field, Malformed, Table, TableName, parts


def test_sql_is_cut_at_its_references_and_nothing_is_lost() -> None:
    sql = "CASE WHEN ${TABLE}.a > ${b} THEN ${c.d} ELSE (SELECT 1 FROM ${e.SQL_TABLE_NAME}) END"
    assert parts(sql) == (
        "CASE WHEN ",
        Table(),
        ".a > ",
        Field(None, "b"),
        " THEN ",
        Field("c", "d"),
        " ELSE (SELECT 1 FROM ",
        TableName("e"),
        ") END",
    )


def test_what_is_no_reference_is_malformed() -> None:
    assert parts("${a.b.c}") == (Malformed("a.b.c"),)
