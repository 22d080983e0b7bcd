"""docs/filters.md says of each of its examples exactly what the grammars make of it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from mainstem.errors import FilterError
from mainstem.filters import Grammar, TimeRange, describe, parse

NOW = datetime(2018, 5, 18, 18, 30, 2)  # noqa: DTZ001 -- naive by contract
PAGE = (Path(__file__).parents[3] / "docs" / "filters.md").read_text(encoding="utf-8")
ROW = re.compile(r"\| `([^`]+)` \| (.*?) ?\|(?: (.*?) ?\|)?$", re.MULTILINE)
SECTIONS = {
    title.lower(): ROW.findall(body)
    for title, body in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
}
MEANINGS = [
    (grammar, expression, meaning)
    for grammar in Grammar
    for expression, meaning, more in SECTIONS[grammar]
    if not more and not re.match(r"\d{4}|$", meaning)
]
RANGES = [row for row in SECTIONS["date"] if re.match(r"\d{4}|$", row[1])]
MENDED = [
    (written, grammar, meant.strip("`")) for written, grammar, meant in SECTIONS["when it is not understood"]
]


def test_the_page_has_examples_of_every_grammar() -> None:
    assert {grammar for grammar, _, _ in MEANINGS} == set(Grammar)
    assert (len(MEANINGS), len(RANGES), len(MENDED)) >= (90, 16, 13)


@pytest.mark.parametrize(("grammar", "expression", "meaning"), MEANINGS)
def test_an_example_means_what_the_page_says(grammar: Grammar, expression: str, meaning: str) -> None:
    assert describe(grammar, expression) == meaning


@pytest.mark.parametrize(("expression", "start", "end"), RANGES)
def test_an_example_of_a_date_lies_where_the_page_says(expression: str, start: str, end: str) -> None:
    bounds = [datetime.fromisoformat(text) if text else None for text in (start, end)]
    assert parse(Grammar.DATE, expression, NOW, fiscal_month_offset=1) == TimeRange(*bounds)


@pytest.mark.parametrize(("written", "grammar", "meant"), MENDED)
def test_an_example_of_an_error_suggests_what_the_page_says(written: str, grammar: str, meant: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(Grammar(grammar), written, NOW)
    assert caught.value.suggestion == meant
    assert f"did you mean {meant!r}?" in str(caught.value)
