"""Members of cohorts as rows of a table: one count or the other, never both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.cohorts.lake import write_members
from mainstem.store.cohorts import KeptCohort
from mainstem.testing.memory_cohorts import MemoryCohorts
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def cohorts() -> MemoryCohorts:
    kept = MemoryCohorts()
    for name in ("left", "buyers"):
        kept.make(
            KeptCohort(
                name,
                name,
                "",
                "ada",
                "person",
                "shop",
                ["events"],
                True,
                {"type": "funnel"},
                {"step": 1},
                {"sees_everything": True},
                NOW,
                None,
                None,
                "",
                None,
            )
        )
    return kept


@pytest.fixture
def warehouse() -> Iterator[MemoryWarehouse]:
    made = MemoryWarehouse()
    yield made
    made.close()


def rows(warehouse: MemoryWarehouse) -> list[tuple[Any, ...]]:
    found = warehouse.query("SELECT cohort, id, unit, since, as_of FROM cohorts.members ORDER BY 1, 2")
    return [tuple(row.values()) for row in found.to_pylist()]


def test_the_table_is_there_before_anybody_was_counted(
    cohorts: MemoryCohorts, warehouse: MemoryWarehouse
) -> None:
    assert write_members(cohorts, warehouse) == []
    assert rows(warehouse) == []


def test_a_count_takes_the_place_of_the_one_before_it(
    cohorts: MemoryCohorts, warehouse: MemoryWarehouse
) -> None:
    cohorts.counted("left", NOW, ["a", "b"], 0.1, {})
    cohorts.counted("buyers", NOW, ["z"], 0.1, {})
    assert sorted(write_members(cohorts, warehouse)) == ["buyers", "left"]
    cohorts.counted("left", LATER, ["b", "c"], 0.1, {})
    assert write_members(cohorts, warehouse) == ["left"]
    assert rows(warehouse) == [
        ("buyers", "z", "person", NOW, NOW),
        ("left", "b", "person", NOW, LATER),
        ("left", "c", "person", LATER, LATER),
    ]


def test_what_is_in_the_table_already_is_not_written_again(
    cohorts: MemoryCohorts, warehouse: MemoryWarehouse
) -> None:
    cohorts.counted("left", NOW, ["a"], 0.1, {})
    write_members(cohorts, warehouse)
    assert write_members(cohorts, warehouse) == []


def test_rows_of_a_cohort_that_was_removed_go_and_no_others(
    cohorts: MemoryCohorts, warehouse: MemoryWarehouse
) -> None:
    cohorts.counted("left", NOW, ["a"], 0.1, {})
    cohorts.counted("buyers", NOW, ["a"], 0.1, {})
    write_members(cohorts, warehouse)
    cohorts.remove("left")
    assert write_members(cohorts, warehouse) == ["left"]
    assert [row[0] for row in rows(warehouse)] == ["buyers"]


def test_a_cohort_that_is_empty_now_has_no_rows(cohorts: MemoryCohorts, warehouse: MemoryWarehouse) -> None:
    cohorts.counted("left", NOW, ["a"], 0.1, {})
    write_members(cohorts, warehouse)
    cohorts.counted("left", LATER, [], 0.1, {})
    assert write_members(cohorts, warehouse) == ["left"]
    assert rows(warehouse) == []
