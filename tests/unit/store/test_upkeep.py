from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import StoreUnavailable
from mainstem.store import find_programs
from mainstem.store.accounts.audit import AuditLog
from mainstem.store.dump import Dumps, dump_schema, find_pg_dump
from mainstem.store.publications import Publications
from mainstem.store.upkeep import STEPS, Step, UpkeepSteps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.store import Database
    from mainstem.store.table import Table

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_the_table_is_what_the_repository_needs(columns_of: Callable[[Table], dict[str, str]]) -> None:
    assert columns_of(STEPS) == STEPS.columns


def test_steps_come_back_newest_first_and_the_last_of_each_table(database: Database) -> None:
    steps = UpkeepSteps(database)
    done = [
        Step(NOW, "merge", "web.pages", 40, 1, 80_000, 9_000, 1200, 0.05),
        Step(NOW, "merge", "web.users", 9, 1, 800, 90, 12, 0.01),
        Step(NOW + timedelta(hours=1), "merge", "web.pages", 12, 2, 1_000, 500, 1300, 0.02),
        Step(NOW + timedelta(hours=2), "merge", "web.pages", 12, 12, problem="busy"),
    ]
    for step in done:
        steps.add(step)
    assert [(step.subject, step.files_before) for step in steps.newest(2)] == [("web.pages", 12)] * 2
    assert {step.subject: step.at for step in steps.last_of("merge")} == {
        "web.pages": NOW + timedelta(hours=1),
        "web.users": NOW,
    }
    assert steps.prune(NOW + timedelta(minutes=1)) == 2
    assert len(steps.newest(9)) == 2


def test_old_builds_go_but_for_those_that_readers_were_shown(database: Database) -> None:
    publications = Publications(database)

    def built(day: int, *, success: bool, publish: bool = False) -> int:
        at = NOW + timedelta(days=day)
        build = publications.begin(["build"], "ada", at)
        publications.finish(
            build,
            at,
            success=success,
            partial="",
            models=1,
            tests=1,
            failures=(),
            snapshot=day,
            consequence="",
        )
        if publish:
            publications.publish(build, at, "ada", "build", hold=False)
        return build

    shown = built(1, success=True, publish=True)
    built(2, success=False)
    passed = built(3, success=True)
    assert publications.building_since() is None
    runs = publications.begin(["build"], "ada", NOW)
    assert publications.building_since() == NOW
    assert publications.prune(NOW + timedelta(days=90)) == 1
    assert [build.id for build in publications.builds(9)] == [runs, passed, shown]


def test_old_entries_of_the_audit_log_go(database: Database) -> None:
    log = AuditLog(database)
    for day in range(3):
        log.add(NOW + timedelta(days=day), "login")
    assert log.prune(NOW + timedelta(days=2)) == 2
    assert [entry.at for entry in log.newest(9)] == [NOW + timedelta(days=2)]


@pytest.fixture
def dumps(catalog: PostgresAddress, tmp_path: Path) -> Dumps:
    program = find_pg_dump(find_programs(None).folder)
    assert program is not None
    return Dumps(catalog, "public", program, tmp_path / "dumps", keep=2)


def test_only_the_newest_dumps_are_kept_and_each_is_whole(dumps: Dumps) -> None:
    assert dumps.times() == []
    moments = [NOW + timedelta(hours=6 * n) for n in range(3)]
    made = [dumps.make(moment) for moment in moments]
    assert dumps.times() == moments[1:]
    assert [file.exists() for file in made] == [False, True, True]
    listed = subprocess.run(
        [find_programs(None)["pg_restore"], "--list", made[-1]], check=True, capture_output=True, text=True
    )
    assert "dbname: test_" in listed.stdout


def test_a_build_has_a_dump_of_its_own_unless_one_is_minutes_old(dumps: Dumps) -> None:
    minutes = timedelta(minutes=1)
    first = dumps.make_before_build(NOW)
    assert first is not None
    assert dumps.make_before_build(NOW + 9 * minutes) is None
    second = dumps.make_before_build(NOW + 11 * minutes)
    assert second is not None
    assert (first.exists(), second.exists()) == (False, True)
    assert dumps.times() == []  # upkeep makes its own by the clock
    dumps.make(NOW + 30 * minutes)
    assert dumps.make_before_build(NOW + 35 * minutes) is None


def test_a_dump_from_before_a_build_goes_with_the_files_that_it_names(dumps: Dumps) -> None:
    dumps.make(NOW)
    before = dumps.make_before_build(NOW + timedelta(hours=3))
    assert before is not None
    dumps.make(NOW + timedelta(hours=6))
    assert before.exists()
    dumps.make(NOW + timedelta(hours=12))
    assert not before.exists()


def test_a_dump_that_fails_leaves_no_file_and_says_why(catalog: PostgresAddress, tmp_path: Path) -> None:
    program = find_pg_dump(find_programs(None).folder)
    assert program is not None
    target = tmp_path / "dumps" / "20260310T120000Z.dump"
    with pytest.raises(StoreUnavailable, match="no matching schemas were found"):
        dump_schema(catalog, "nowhere", program, target)
    assert list(target.parent.iterdir()) == []
    with pytest.raises(StoreUnavailable, match="could not dump"):
        dump_schema(catalog, "public", tmp_path / "pg_dump", target)


def test_a_server_without_its_dump_program_is_told_apart(tmp_path: Path) -> None:
    assert find_pg_dump(tmp_path) is None
