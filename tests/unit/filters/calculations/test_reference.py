from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from mainstem.filters.calculations import FUNCTIONS, depends_on, evaluate, parse
from mainstem.filters.calculations.examples import PIVOTED, RESULT
from mainstem.filters.calculations.reference import function_tables

PAGE = Path(__file__).parents[4] / "docs" / "table-calculations.md"
WRITTEN = PAGE.read_text(encoding="utf-8").partition("<!--")[0]
EXAMPLES = [line.strip() for line in WRITTEN.splitlines() if line.startswith("    ")]


def test_the_page_begins_with_examples() -> None:
    assert len(EXAMPLES) == 4


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_of_the_page_can_be_evaluated(text: str) -> None:
    tree = parse(text)
    table = PIVOTED if depends_on(tree).pivots else RESULT
    now = datetime(2024, 5, 6)  # noqa: DTZ001 # naive, in the time zone of the query
    found = evaluate(tree, table, now=now, random=lambda: 0.5, source=text)
    assert any(cell is not None for cell in found.values[0])


def test_every_function_stands_in_a_table_of_the_page_once() -> None:
    made = function_tables()
    assert [name for name in FUNCTIONS if made.count(f"\n| `{name}(") != 1] == []


def test_a_sign_that_would_part_cells_of_a_table_is_escaped() -> None:
    rows = [line for line in function_tables().splitlines() if line.startswith("| `pivot")]
    assert {line.replace(r"\|", "").count("|") for line in rows} == {5}
