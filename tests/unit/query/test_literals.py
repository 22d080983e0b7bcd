from __future__ import annotations

import pytest
import sqlglot

from mainstem.query.dialects import DIALECTS, dialect_of

HOSTILE = "\\' OR 1=1 --"


@pytest.mark.parametrize(
    ("dialect", "literal"),
    [("duckdb", "'\\'' OR 1=1 --'"), ("snowflake", "'\\\\'' OR 1=1 --'")],
)
def test_no_text_ends_its_literal_early(dialect: str, literal: str) -> None:
    """DuckDB takes a backslash as it is; to Snowflake it escapes the quote after it, so it is doubled."""
    assert dialect_of(dialect).text(HOSTILE) == literal


@pytest.mark.parametrize("dialect", DIALECTS)
def test_names_are_quoted_only_where_they_must_be(dialect: str) -> None:
    written = dialect_of(dialect)
    assert [written.name(name) for name in ("orders", "Fact_Sales")] == ["orders", "Fact_Sales"]
    for name in ("order", "Group", "two words", "9lives"):
        assert written.name(name) == f"{written.quote}{name}{written.quote}"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_text_ends_its_literal_early_in_its_dialects_own_reading(dialect: str) -> None:
    literal = dialect_of(dialect).text(HOSTILE)
    parsed = sqlglot.parse_one(f"SELECT {literal}", read=DIALECTS[dialect].parsed_as)
    [found] = parsed.expressions
    assert isinstance(found, sqlglot.exp.Literal)
    assert found.this == HOSTILE


def test_a_backslash_in_a_like_pattern_is_doubled_for_snowflake() -> None:
    assert dialect_of("snowflake").like("a", "x\\%") == "a LIKE 'x\\\\%' ESCAPE '^'"
