from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.store import coverage as module
from mainstem.store.coverage import BUILD_COVERAGE, DBT_PROJECTS, BuildCoverage
from mainstem.store.publications import BUILDS, Publications

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.store import Database
    from mainstem.store.table import Table

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NODES = {"model.shop.orders": {"selector": "orders", "parents": []}}


def build(database: Database, run: str = "", *, command: str = "build", ends: bool = True) -> int:
    publications = Publications(database)
    number = publications.begin([command], "ada", NOW, run)
    if ends:
        publications.finish(
            number,
            NOW,
            success=True,
            partial="",
            models=1,
            tests=0,
            failures=[],
            snapshot=number * 10,
            consequence="",
        )
    return number


@pytest.mark.parametrize("table", [BUILDS, BUILD_COVERAGE, DBT_PROJECTS], ids=lambda table: table.name)
def test_a_table_is_what_its_statements_need(
    columns_of: Callable[[Table], dict[str, str]], table: Table
) -> None:
    assert columns_of(table) == table.columns


def test_builds_of_a_run_come_with_all_that_ended_between_them(database: Database) -> None:
    coverage = BuildCoverage(database)
    build(database)
    first = build(database, "r")
    other = build(database)
    last = build(database, "r")
    build(database, command="publish")
    build(database)
    coverage.note(first, "digest", NODES, ["model.shop.orders"], [])
    coverage.note(last, "digest", NODES, [], ["model.shop.orders"])
    found = coverage.builds_of("r")
    assert [(one.id, one.run, one.snapshot) for one in found] == [
        (first, "r", first * 10),
        (other, "", other * 10),
        (last, "r", last * 10),
    ]
    assert [(one.project, one.good, one.bad) for one in found] == [
        ("digest", ["model.shop.orders"], []),
        (None, None, None),
        ("digest", [], ["model.shop.orders"]),
    ]
    assert coverage.builds_of("of nobody") == []


def test_what_has_not_ended_and_what_builds_nothing_is_left_out(database: Database) -> None:
    first = build(database, "r")
    build(database, command="publish")
    build(database, ends=False)
    last = build(database, "r")
    assert [one.id for one in BuildCoverage(database).builds_of("r")] == [first, last]


def test_a_project_is_kept_as_long_as_a_build_of_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_KEPT", 1)
    coverage = BuildCoverage(database)
    coverage.note(build(database), "older", NODES, [], [])
    assert coverage.project("older") == NODES
    coverage.note(build(database), "newer", NODES, [], [])
    assert (coverage.project("older"), coverage.project("newer")) == ({}, NODES)
