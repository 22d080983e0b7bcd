"""Every option is in docs/airflow.md."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path

import pytest

from mainstem_airflow.dags import OPTIONS, build_dags

DOCS = Path(__file__).parents[3] / "docs" / "airflow.md"


@pytest.mark.parametrize("operator", OPTIONS)
def test_every_option_has_a_row_and_no_row_is_of_nothing(operator: str) -> None:
    text = DOCS.read_text(encoding="utf-8")
    of_all = {
        name for name in inspect.signature(build_dags).parameters if name not in ("manifest", "options")
    }
    head = f'\nOptions of `operator="{operator}"`'
    general, table = _table(text, "\nOptions of every DAG file"), _table(text, head)

    assert general == {*of_all, "termination_grace"}
    assert table == {each.name for each in fields(OPTIONS[operator])} - {"termination_grace"}


def _table(text: str, head: str) -> set[str]:
    """Names in the first column of the table below `head`."""
    below = text[text.index(head) :]
    rows = below[below.index("\n|") : below.index("\n\n", below.index("\n|"))].splitlines()
    return {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1] if "|" in row else "")}
