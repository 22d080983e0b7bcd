from __future__ import annotations

import pytest

from mainstem.query.dialects import dialect_of

HOSTILE = "\\' OR 1=1 --"


@pytest.mark.parametrize(
    ("dialect", "literal"),
    [("duckdb", "'\\'' OR 1=1 --'"), ("snowflake", "'\\\\'' OR 1=1 --'")],
)
def test_no_text_ends_its_literal_early(dialect: str, literal: str) -> None:
    """DuckDB takes a backslash as it is; to Snowflake it escapes the quote after it, so it is doubled."""
    assert dialect_of(dialect).text(HOSTILE) == literal


def test_a_backslash_in_a_like_pattern_is_doubled_for_snowflake() -> None:
    assert dialect_of("snowflake").like("a", "x\\%") == "a LIKE 'x\\\\%' ESCAPE '^'"
