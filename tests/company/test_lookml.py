"""What the company's LookML keeps to, by its text alone."""

from __future__ import annotations

import re

import lkml

from mainstem.company import DBT_PACKAGE, LOOKML


def test_views_read_marts_alone() -> None:
    """Models before them have no contract: they may change with any build."""
    marts = {file.stem for file in (DBT_PACKAGE / "models" / "marts").rglob("*.sql")}
    files = [*LOOKML.rglob("*.lkml")]
    read = {
        file.name: {
            table.rpartition(".")[2] for table in re.findall(r"\blake\.\w+\.\w+", file.read_text("utf-8"))
        }
        for file in files
    }
    assert sum(map(len, read.values())) > 40
    assert {name: tables - marts for name, tables in read.items() if tables - marts} == {}


def test_every_view_is_a_table_of_the_package() -> None:
    for file in LOOKML.rglob("*.view.lkml"):
        [view] = lkml.load(file.read_text("utf-8"))["views"]
        assert view.get("sql_table_name", "").startswith("lake.analytics."), file.name
