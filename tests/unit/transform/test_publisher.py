"""Builds recorded and published on a real Postgres, dbt and the lake's snapshots stood in for."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.errors import StoreUnavailable, UsageError
from mainstem.store.coverage import BuildCoverage
from mainstem.store.publications import Publications
from mainstem.transform import Finished
from mainstem.transform.publisher import Publisher

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.store import Database

FAILED = Finished(False, 1, 1, ("test unique_orders fail: Got 2 results",), snapshot=50)
PART = Finished(True, 1, 1, (), partial="3 of 4 models and tests were not selected", snapshot=60)


def passed(snapshot: int) -> Finished:
    return Finished(True, 2, 3, (), snapshot=snapshot)


@dataclass
class Lake:
    """Has every snapshot but the expired ones; its lock tells whether it is held."""

    expired: set[int] = field(default_factory=set)
    lock: Any = field(default_factory=threading.Lock)

    def exists(self, snapshot: int) -> bool:
        assert self.lock.locked(), "a snapshot may be expired while nobody holds the lake's lock"
        return snapshot not in self.expired


@pytest.fixture
def lake() -> Lake:
    return Lake()


@pytest.fixture
def desk(publications: Publications, coverage: BuildCoverage, lake: Lake) -> Publisher:
    return Publisher(publications, coverage, lake.lock, lake, returnable=3)


def build(desk: Publisher, outcome: Finished, *options: str) -> Finished:
    number = desk.begin(("build", *options), "ada")
    assert number is not None
    return desk.finish(number, outcome)


def shown(desk: Publisher) -> int | None:
    current = desk.standing().current
    return current.snapshot if current else None


def test_what_passed_is_published_and_the_caller_is_told(desk: Publisher, lake: Lake) -> None:
    assert shown(desk) is None
    outcome = build(desk, passed(10))
    assert (outcome.published, outcome.consequence, outcome.build) == (True, "published", 1)
    current = desk.standing().current
    assert current is not None
    assert (current.snapshot, current.published_by, current.reason) == (10, "ada", "build")
    assert (current.models, current.tests) == (2, 3)
    assert not lake.lock.locked()


def test_a_failing_build_publishes_nothing_and_is_told_until_the_whole_passes(desk: Publisher) -> None:
    build(desk, passed(10))
    assert not build(desk, FAILED).published
    build(desk, PART, "--select", "orders")
    standing = desk.standing()
    assert shown(desk) == 10
    assert standing.failed is not None
    assert standing.failed.failures == list(FAILED.failures)
    build(desk, passed(70))
    assert (shown(desk), desk.standing().failed) == (70, None)


def test_a_part_of_the_project_publishes_nothing_and_is_no_failure(desk: Publisher) -> None:
    outcome = build(desk, PART)
    assert outcome.success
    assert "not selected" in outcome.consequence
    assert (shown(desk), desk.standing().failed) == (None, None)


@pytest.mark.parametrize("command", ["list", "compile", "deps", "docs"])
def test_commands_that_change_nothing_leave_no_trace(desk: Publisher, command: str) -> None:
    assert desk.begin((command,), "ada") is None
    assert desk.history().builds == []


def test_the_history_tells_builds_and_publications_newest_first(desk: Publisher) -> None:
    build(desk, passed(10))
    build(desk, FAILED, "--fail-fast")
    build(desk, passed(20))
    desk.roll_back(None, "bob", hold=True)
    history = desk.history()
    assert [(p.build_id, p.reason, p.published_by, p.hold) for p in history.publications] == [
        (1, "rollback", "bob", True),
        (3, "build", "ada", False),
        (1, "build", "ada", False),
    ]
    assert [(b.id, b.command, b.success) for b in history.builds] == [
        (3, ["build"], True),
        (2, ["build", "--fail-fast"], False),
        (1, ["build"], True),
    ]
    assert all(b.finished_at is not None and b.finished_at >= b.started_at for b in history.builds)
    assert history.returnable == {1, 3}


def test_going_back_goes_one_build_further_each_time_until_there_is_none(desk: Publisher) -> None:
    for snapshot in (10, 20, 30):
        build(desk, passed(snapshot))
    desk.roll_back(None, "bob", hold=False)
    assert shown(desk) == 20
    desk.roll_back(None, "bob", hold=False)
    assert shown(desk) == 10
    with pytest.raises(UsageError, match="nothing was published before build 1"):
        desk.roll_back(None, "bob", hold=False)
    assert shown(desk) == 10


def test_a_named_build_may_be_gone_to_forward_too(desk: Publisher) -> None:
    build(desk, passed(10))
    build(desk, passed(20))
    assert desk.roll_back(1, "bob", hold=False).snapshot == 10
    assert desk.roll_back(2, "bob", hold=False).snapshot == 20
    with pytest.raises(UsageError, match="is the one that is published now"):
        desk.roll_back(2, "bob", hold=False)
    with pytest.raises(UsageError, match=r"build 99 is none.*valid: 1, 2"):
        desk.roll_back(99, "bob", hold=False)


def test_with_nothing_published_there_is_nothing_to_go_back_to(desk: Publisher) -> None:
    with pytest.raises(UsageError, match="nothing has been published yet"):
        desk.roll_back(None, "bob", hold=False)
    with pytest.raises(UsageError, match="nothing is held"):
        desk.release("bob")


def test_an_expired_build_is_not_shown_again(desk: Publisher, lake: Lake) -> None:
    build(desk, passed(10))
    build(desk, passed(20))
    lake.expired.add(10)
    with pytest.raises(UsageError, match="expired"):
        desk.roll_back(None, "bob", hold=False)
    assert shown(desk) == 20
    assert not lake.lock.locked()


def test_a_hold_keeps_later_builds_back_until_it_is_ended(desk: Publisher) -> None:
    build(desk, passed(10))
    build(desk, passed(20))
    desk.roll_back(None, "bob", hold=True)
    kept_back = build(desk, passed(30))
    assert not kept_back.published
    assert "bob" in kept_back.consequence
    assert shown(desk) == 10
    assert desk.release("bob").snapshot == 30
    build(desk, passed(40))
    assert shown(desk) == 40


def test_without_a_hold_the_next_build_that_passes_is_shown(desk: Publisher) -> None:
    build(desk, passed(10))
    build(desk, passed(20))
    desk.roll_back(None, "bob", hold=False)
    build(desk, passed(30))
    assert shown(desk) == 30


def test_what_is_shown_held_or_can_be_gone_back_to_is_protected(desk: Publisher) -> None:
    for snapshot in (10, 20, 30, 40, 50):
        build(desk, passed(snapshot))
    assert desk.protected_snapshots() == {30, 40, 50}, "three can be gone back to"
    assert desk.history().returnable == {3, 4, 5}
    desk.roll_back(3, "bob", hold=True)
    build(desk, passed(60))
    build(desk, FAILED)
    assert desk.protected_snapshots() == {30, 40, 50, 60}


class Breaking(Publications):
    """Dies at the last moment: the build's end is written, its publication is not."""

    def publish(self, build_id: int, at: datetime, by: str | None, reason: str, *, hold: bool) -> None:
        raise StoreUnavailable("the database went away")


def test_a_build_that_dies_while_it_is_recorded_leaves_neither_its_end_nor_a_publication(
    publications: Publications, lake: Lake, desk: Publisher
) -> None:
    build(desk, passed(10))
    database: Database = publications._database
    dying = Publisher(Breaking(database), BuildCoverage(database), lake.lock, lake, returnable=3)
    with pytest.raises(StoreUnavailable):
        build(dying, passed(20))
    assert not lake.lock.locked()
    assert shown(desk) == 10
    [unfinished, _] = desk.history().builds
    assert (unfinished.finished_at, unfinished.success, unfinished.snapshot) == (None, None, None)


def test_the_next_worker_tells_that_a_build_was_broken_off(desk: Publisher) -> None:
    build(desk, passed(10))
    number = desk.begin(["build"], "ada")  # and the worker is killed here
    desk.end_unfinished()
    failed = desk.standing().failed
    assert failed is not None
    assert (failed.id, failed.success) == (number, False)
    assert "died" in failed.failures[0]
    assert shown(desk) == 10
    desk.end_unfinished()
    assert desk.standing().failed == failed, "what has ended is not ended again"


def test_a_build_that_begins_ends_those_that_never_did(desk: Publisher) -> None:
    """A worker lives on when the end of a build could not be written; only one build runs at a time."""
    desk.begin(["build"], "ada")
    desk.begin(["build"], "ada")
    assert [b.success for b in desk.history().builds] == [None, False]


def test_the_tables_are_as_the_repository_reads_them(publications: Publications) -> None:
    from mainstem.store.publications import BUILDS, PUBLICATIONS

    with publications.together() as connection, closing(connection.cursor()) as cursor:
        for table in (BUILDS, PUBLICATIONS):
            cursor.execute(
                "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull FROM pg_attribute AS a "
                "WHERE a.attrelid = %s::regclass AND a.attnum > 0",
                (table.name,),
            )
            found = {name: kind + ("" if needed else "?") for name, kind, needed in cursor.fetchall()}
            assert found == dict(table.columns)
