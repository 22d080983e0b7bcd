"""Where cohorts are kept: in Postgres, and in memory for tests of what stands above."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.store import Database, upgrade
from mainstem.store.cohorts import Cohorts, Count, KeptCohort, Member
from mainstem.testing.memory_cohorts import MemoryCohorts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.cohorts.keeping import Shelf

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


@pytest.fixture(params=["memory", "postgres"])
def shelf(request: pytest.FixtureRequest) -> Iterator[Shelf]:
    if request.param == "memory":
        yield MemoryCohorts()
        return
    address = request.getfixturevalue("catalog")
    upgrade(address)
    database = Database(address, name="test", largest=2)
    yield Cohorts(database)
    database.close()


def cohort(name: str = "left", title: str = "Left") -> KeptCohort:
    return KeptCohort(
        name, title, "Why", "ada", "person", "shop", ["events"], True, {"type": "funnel"}, {"step": 1},
        {"sees_everything": True}, NOW, None, None, "", None,
    )  # fmt: skip


def test_what_is_kept_is_found_and_a_name_is_given_once(shelf: Shelf) -> None:
    assert shelf.make(cohort())
    assert not shelf.make(cohort(title="Another"))
    assert shelf.make(cohort("b", "a first"))
    assert shelf.find("left") == cohort()
    assert shelf.find("nobody") is None
    assert [one.name for one in shelf.all()] == ["b", "left"]


def test_a_count_keeps_since_when_members_are_in_and_says_who_came_and_went(shelf: Shelf) -> None:
    shelf.make(cohort())
    later = NOW + timedelta(days=1)
    assert shelf.counted("left", NOW, ["a", "b"], 0.5, {"as": "ada"}) == Count(NOW, 2, 2, 0, 0.5)
    assert shelf.counted("left", later, ["b", "c"], 0.25, {"as": "bob"}) == Count(later, 2, 1, 1, 0.25)
    assert shelf.members("left") == [Member("b", NOW), Member("c", later)]
    assert [one.as_of for one in shelf.counts("left", 5)] == [later, NOW]
    kept = shelf.find("left")
    assert kept is not None
    assert (kept.as_of, kept.size, kept.asking) == (later, 2, {"as": "bob"})


def test_a_failed_count_leaves_who_was_in(shelf: Shelf) -> None:
    shelf.make(cohort())
    shelf.counted("left", NOW, ["a"], 0.5, {})
    shelf.failed("left", "the explore is gone")
    kept = shelf.find("left")
    assert kept is not None
    assert (kept.problem, kept.size) == ("the explore is gone", 1)
    assert shelf.members("left") == [Member("a", NOW)]
    shelf.counted("left", NOW + timedelta(hours=1), [], 0.5, {})
    kept = shelf.find("left")
    assert kept is not None
    assert (kept.problem, kept.size, shelf.members("left")) == ("", 0, [])


def test_what_is_removed_leaves_nothing(shelf: Shelf) -> None:
    shelf.make(cohort())
    shelf.counted("left", NOW, ["a"], 0.5, {})
    assert shelf.describe("left", "Gone", "Soon") == 1
    assert shelf.remove("left") == 1
    assert (shelf.members("left"), shelf.counts("left", 5), shelf.find("left")) == ([], [], None)
    assert shelf.counted("left", NOW, ["a"], 0.5, {}) is None
    assert shelf.describe("left", "x", "y") == 0
