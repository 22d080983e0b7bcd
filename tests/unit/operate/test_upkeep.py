"""What a round of upkeep decides and does, on facts and a lake in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.errors import StoreUnavailable, WarehouseBusy
from mainstem.operate.upkeep import Caretaker, Chores, UpkeepSettings, kept_snapshots, plan_files
from mainstem.operate.upkeep.plan import TIERS, Merge, Reason, Rewrite
from mainstem.operate.upkeep.run import line_of
from mainstem.operate.upkeep.standing import standing_of
from mainstem.store.upkeep import KeptStep, Step
from mainstem.warehouse import TableName
from mainstem.warehouse.upkeep import DataFile, Leftovers, Snapshot, TableFiles, Upkeep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MB = 1024 * 1024
PAGES, USERS = TableName("web", "pages"), TableName("web", "users")
SETTINGS = UpkeepSettings(merge_files=4)


def files(*sizes: int, rows: int = 10, deleted: int = 0, group: str = "1", first: int = 0) -> list[DataFile]:
    return [DataFile(first + n, size, rows, deleted, group, first + n) for n, size in enumerate(sizes)]


def plan(found: list[DataFile]) -> list[Merge | Rewrite]:
    return list(plan_files(TableFiles(PAGES, tuple(found)), SETTINGS))


def test_few_files_are_left_alone() -> None:
    assert plan([]) == []
    assert plan(files(100, 100, 100)) == []


def test_many_files_of_about_one_size_are_merged_and_no_larger_ones_with_them() -> None:
    assert plan(files(100, 200, 5 * MB, 300, 400)) == [Merge(PAGES, 0, MB)]
    assert plan(files(*[2 * MB] * 4, 100)) == [Merge(PAGES, MB, 8 * MB)]


def test_files_that_cannot_be_merged_are_not_counted() -> None:
    apart = files(100, 100, group="1") + files(100, 100, group="2", first=2)
    thinned = files(100, 100, 100) + files(100, deleted=1, first=3)
    assert plan(apart) == plan(thinned) == []


def test_tiers_meet_without_a_gap() -> None:
    assert all(below == above for (_, below), (above, _) in pairwise(TIERS))
    assert TIERS[0][0] == 0


def test_a_file_that_lost_much_is_written_anew() -> None:
    assert plan(files(100, deleted=2) + files(100, deleted=3, first=7)) == [Rewrite(PAGES, (7,))]


def test_many_files_that_lost_a_little_are_written_anew_together() -> None:
    assert plan(files(*[100] * 4, deleted=1)) == [Rewrite(PAGES, (0, 1, 2, 3))]


def test_a_step_writes_no_more_than_it_may_but_at_least_one_file() -> None:
    assert plan(files(*[40 * MB] * 3, deleted=9)) == [Rewrite(PAGES, (0,))]
    assert plan(files(*[30 * MB] * 3, deleted=9)) == [Rewrite(PAGES, (0, 1))]


def test_files_stay_few_however_many_commits_there_are() -> None:
    """As the lake would do it: a merge makes one file of all in its tier."""
    found, written = [], 0
    for commit in range(3000):
        found.append(DataFile(commit, 40_000, 10, 0, "1", commit))
        for action in plan(found):
            assert isinstance(action, Merge)
            taken = [file for file in found if action.smallest <= file.bytes < action.largest]
            merged = sum(file.bytes for file in taken)
            found = [file for file in found if file not in taken] + [
                DataFile(commit, merged, 10, 0, "1", commit)
            ]
            written += merged
        assert len(found) <= 4 * len(TIERS)
    assert written < 3000 * 40_000 * 16, "a row is written a few times, not once a round"


def snapshots(*ages: timedelta) -> list[Snapshot]:
    return [Snapshot(n, NOW - age) for n, age in enumerate(ages)]


def reasons(
    found: list[Snapshot],
    protected: AbstractSet[int] = frozenset(),
    building_since: datetime | None = None,
    settings: UpkeepSettings = SETTINGS,
) -> dict[int, Reason]:
    kept = kept_snapshots(found, protected, building_since, NOW, settings)
    return {one.snapshot.id: one.reason for one in kept}


def test_any_moment_of_the_last_hours_can_be_looked_at() -> None:
    hour = timedelta(hours=1)
    found = snapshots(11 * hour, 10 * hour, 7 * hour, 5 * hour, 1 * hour, 0 * hour)
    assert reasons(found) == {
        2: Reason.RECENT,  # the newest until five hours ago
        3: Reason.RECENT,
        4: Reason.RECENT,
        5: Reason.NEWEST,
    }


def test_the_last_snapshot_of_each_day_is_kept_for_some_days() -> None:
    day, hour = timedelta(days=1), timedelta(hours=1)
    found = snapshots(
        40 * day, 39 * day, 3 * day + hour, 3 * day, 2 * day, 10 * hour, 9 * hour, hour, 0 * hour
    )
    assert reasons(found) == {
        3: Reason.DAILY,
        4: Reason.DAILY,
        6: Reason.RECENT,
        7: Reason.RECENT,
        8: Reason.NEWEST,
    }
    without = msgspec.structs.replace(SETTINGS, keep_daily_days=0)
    assert 3 not in reasons(found, settings=without)


def test_published_snapshots_are_kept_however_old() -> None:
    assert reasons(snapshots(timedelta(days=400), timedelta(days=399), timedelta(0)), {0}) == {
        0: Reason.PUBLISHED,
        1: Reason.RECENT,
        2: Reason.NEWEST,
    }


def test_a_build_that_runs_keeps_the_snapshot_it_began_with_and_all_later_ones() -> None:
    hour = timedelta(hours=1)
    found = snapshots(11 * hour, 10 * hour, 9 * hour, 8 * hour, 0 * hour)
    assert reasons(found, building_since=NOW - 9.5 * hour) == {
        1: Reason.BUILDING,
        2: Reason.BUILDING,
        3: Reason.BUILDING,
        4: Reason.NEWEST,
    }


def test_of_no_snapshots_none_is_kept() -> None:
    assert reasons([]) == {}


@dataclass
class MemoryUpkeep(Upkeep):
    """A lake of facts: what is asked of it is written down, and `busy` names what fails."""

    found: list[TableFiles] = field(default_factory=list)
    history: list[Snapshot] = field(default_factory=lambda: snapshots(timedelta(0)))
    left: Leftovers = field(default_factory=lambda: Leftovers(0, None, None))
    asked: list[tuple[object, ...]] = field(default_factory=list)
    busy: set[str] = field(default_factory=set)

    def _note(self, what: str, *details: object) -> None:
        self.asked.append((what, *details))
        if what in self.busy:
            raise WarehouseBusy(f"{what}: another transaction was in the way")

    def tables(self) -> Sequence[TableFiles]:
        return list(self.found)

    def snapshots(self) -> Sequence[Snapshot]:
        return list(self.history)

    def leftovers(self) -> Leftovers:
        return self.left

    def merge(self, name: TableName, *, smallest: int, largest: int) -> None:
        self._note("merge", name)
        [table] = [table for table in self.found if table.name == name]
        one = DataFile(9, sum(file.bytes for file in table.files), table.rows, 0, "1", 9)
        self.found[self.found.index(table)] = TableFiles(name, (one,))

    def rewrite(self, name: TableName, files: Sequence[int]) -> None:
        self._note("rewrite", name, tuple(files))

    def expire(self, snapshots: Sequence[int], protected: Callable[[], AbstractSet[int]]) -> int:
        self._note("expire", tuple(snapshots), protected())
        self.history = [snapshot for snapshot in self.history if snapshot.id not in snapshots]
        return len(snapshots)

    def clean_up(self, unused_for: timedelta, as_of: datetime) -> int:
        self._note("clean_up", unused_for, as_of)
        return self.left.files

    def sweep(self, before: datetime) -> int:
        self._note("sweep", before)
        return 0

    def close(self) -> None:
        self.asked.append(("close",))


@dataclass
class MemoryDumps:
    made: list[datetime] = field(default_factory=list)
    fails: bool = False

    def times(self) -> list[datetime]:
        return self.made[-2:]

    def make(self, now: datetime) -> None:
        if self.fails:
            raise StoreUnavailable("pg_dump failed: no space")
        self.made.append(now)


@dataclass
class House:
    """Everything around a caretaker."""

    upkeep: MemoryUpkeep = field(default_factory=MemoryUpkeep)
    dumps: MemoryDumps | None = field(default_factory=MemoryDumps)
    kept: list[Step] = field(default_factory=list)
    protected: frozenset[int] = frozenset()
    building_since: datetime | None = None
    last_sweep: datetime | None = NOW
    now: datetime = NOW
    stopping: Callable[[], bool] = lambda: False

    def add(self, step: Step) -> None:
        self.kept.append(step)

    def caretaker(self) -> Caretaker:
        chores = Chores(
            lambda: self.protected,
            lambda: self.building_since,
            lambda: self.last_sweep,
            lambda now: 3,
            self.dumps,
        )
        return Caretaker(
            self.upkeep, self, chores, SETTINGS, now=lambda: self.now, stopping=lambda: self.stopping()
        )

    def asked(self) -> list[object]:
        return [what[0] for what in self.upkeep.asked]


def test_a_round_does_what_is_due_and_keeps_its_figures() -> None:
    house = House(MemoryUpkeep([TableFiles(PAGES, tuple(files(*[1000] * 6)))]))
    steps = house.caretaker().round()
    assert [(step.step, step.subject, step.files_before, step.files_after) for step in steps] == [
        ("merge", "web.pages", 6, 1),
        ("dump", "", 0, 1),
        ("prune", "", 3, 0),
    ]
    assert (steps[0].bytes_before, steps[0].rows) == (6000, 60)
    assert house.kept == steps
    assert house.asked() == ["merge", "clean_up", "close"]


def test_a_step_that_was_in_the_way_is_told_and_left_to_the_next_round() -> None:
    house = House(
        MemoryUpkeep([TableFiles(name, tuple(files(*[1000] * 6))) for name in (PAGES, USERS)], busy={"merge"})
    )
    steps = house.caretaker().round()
    problems = {step.subject: step.problem for step in steps if step.step == "merge"}
    assert problems == {
        name: "merge: another transaction was in the way" for name in ("web.pages", "web.users")
    }
    house.upkeep.busy.clear()
    assert [step.problem for step in house.caretaker().round() if step.step == "merge"] == ["", ""]


def test_snapshots_go_in_pieces_and_never_protected_ones() -> None:
    old = [Snapshot(n, NOW - timedelta(days=100, seconds=-n)) for n in range(501)]
    house = House(MemoryUpkeep(history=[*old, Snapshot(999, NOW)]), protected=frozenset({7}))
    house.caretaker().round()
    pieces = [asked[1] for asked in house.upkeep.asked if asked[0] == "expire"]
    assert [len(piece) for piece in pieces if isinstance(piece, tuple)] == [200, 200, 99]
    assert [snapshot.id for snapshot in house.upkeep.history] == [7, 500, 999]


def test_a_dump_is_made_before_anything_is_forgotten_and_holds_the_files_it_needs() -> None:
    dumps = MemoryDumps([NOW - timedelta(hours=20), NOW - timedelta(hours=13), NOW - timedelta(hours=7)])
    house = House(MemoryUpkeep(), dumps)
    house.caretaker().round()
    assert dumps.made[-1] == NOW
    assert ("clean_up", SETTINGS.clean_up_after, NOW - timedelta(hours=7)) in house.upkeep.asked
    house.caretaker().round()
    assert len(dumps.made) == 4


def test_a_dump_that_fails_is_told_and_stops_nothing_else() -> None:
    house = House(dumps=MemoryDumps(fails=True))
    steps = house.caretaker().round()
    assert ("dump", "pg_dump failed: no space") in [(step.step, step.problem) for step in steps]
    assert ("clean_up", SETTINGS.clean_up_after, NOW) in house.upkeep.asked


def test_a_sweep_is_as_rare_as_the_settings_say_and_is_remembered() -> None:
    house = House(last_sweep=NOW - timedelta(hours=23), dumps=None)
    house.caretaker().round()
    assert "sweep" not in house.asked()
    house.last_sweep = NOW - timedelta(hours=24)
    house.caretaker().round()
    assert ("sweep", NOW - timedelta(hours=2)) in house.upkeep.asked
    assert [step.step for step in house.kept].count("sweep") == 1, "also one that found nothing"


def test_no_step_begins_once_it_is_told_to_end() -> None:
    house = House(
        MemoryUpkeep([TableFiles(name, tuple(files(*[1000] * 6))) for name in (PAGES, USERS)]),
        last_sweep=None,
    )
    house.stopping = lambda: ("merge", PAGES) in house.upkeep.asked
    house.caretaker().round()
    assert house.asked() == ["merge", "close"]


def test_a_catalog_that_is_away_is_waited_for() -> None:
    stop = threading.Event()

    class Away(MemoryUpkeep):
        def tables(self) -> Sequence[TableFiles]:
            self.asked.append(("tables",))
            if len(self.asked) > 3:
                stop.set()
            raise WarehouseBusy("the lake's catalog does not answer")

    house = House(Away())
    waits: list[float | None] = []
    stop.wait = waits.append  # type: ignore[method-assign, assignment] # a wait that takes no time
    house.caretaker().run_forever(stop)
    assert waits
    assert set(waits) == {SETTINGS.every_s}


def test_what_is_due_is_told_and_nothing_is_done() -> None:
    old = [Snapshot(n, NOW - timedelta(days=100, seconds=-n)) for n in range(3)]
    upkeep = MemoryUpkeep(
        [TableFiles(PAGES, tuple(files(*[1000] * 6)))],
        [*old, Snapshot(9, NOW)],
        Leftovers(5, NOW - timedelta(days=1), None),
    )
    house = House(upkeep, dumps=None, last_sweep=None)
    assert house.caretaker().due() == [
        "merge web.pages: 6 files, 60 rows",
        "expire 2 of 4 snapshots",
        "clean_up of 5 files that are not needed, as far as they are old enough",
        "sweep",
    ]
    assert upkeep.asked == []
    assert House(dumps=None).caretaker().due() == []


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (
            Step(NOW, "merge", "web.pages", 40, 1, 80_000, 9_000, 1200, 0.05),
            "merge web.pages: 40 -> 1 files, 80000 -> 9000 bytes, 1200 rows a file, 0.05 s",
        ),
        (Step(NOW, "expire", "", 120, 100, seconds=0.2), "expire: 120 -> 100 snapshots, 0.2 s"),
        (Step(NOW, "sweep", "", 3, 0, seconds=0.1), "sweep: 3 -> 0 files, 0.1 s"),
    ],
)
def test_a_step_is_one_line_of_the_log(step: Step, line: str) -> None:
    assert line_of(step) == line
    failed = replace(step, problem="busy")
    assert line_of(failed).endswith(": left to the next round: busy")


def test_a_lake_stands_with_when_each_table_grew_and_why_snapshots_are_kept() -> None:
    history = [Snapshot(3, NOW - timedelta(hours=9)), Snapshot(7, NOW - timedelta(hours=1)), Snapshot(9, NOW)]
    tables = [TableFiles(PAGES, tuple(files(100, 100, first=5))), TableFiles(USERS, ())]
    merged = KeptStep(NOW, "merge", "web.pages", id=1)
    lake = standing_of(
        MemoryUpkeep(tables, history),
        SETTINGS,
        protected={3},
        building_since=None,
        merges=[merged],
        steps=[merged],
        dumps=[NOW],
        now=NOW,
    )
    pages, users = lake.tables
    assert (pages.written_at, pages.merged_at) == (history[1].at, NOW), "of the next one: 6 has expired"
    assert (users.written_at, users.merged_at, users.rows_a_file) == (None, None, 0)
    assert lake.kept == {Reason.PUBLISHED: 1, Reason.RECENT: 1, Reason.NEWEST: 1}
    assert (lake.files, lake.rows, lake.bytes, lake.snapshots) == (2, 20, 200, 3)
