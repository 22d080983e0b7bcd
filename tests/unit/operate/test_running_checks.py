"""Checks of what runs: processes, Postgres, the event log, the loader."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from mainstem.errors import EnvironmentFailure
from mainstem.log import LogSettings, list_log, open_writer
from mainstem.operate.doctor.alerts import check_alerts
from mainstem.operate.doctor.event_log import check_event_log
from mainstem.operate.doctor.lake import MANY_FILES, check_lake
from mainstem.operate.doctor.loading import FAR_BEHIND_BYTES, check_loading
from mainstem.operate.doctor.postgres import (
    NEEDED_CONNECTIONS,
    ServerFacts,
    ask_server,
    check_server,
    check_startable,
    judge_server,
)
from mainstem.operate.doctor.processes import check_processes
from mainstem.operate.upkeep import UpkeepSettings
from mainstem.operate.upkeep.standing import LakeStanding, TableStanding
from mainstem.supervise import ProcessState, UpState
from mainstem.supervise.state import born_at
from mainstem.warehouse.upkeep import Leftovers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.operate.doctor import Finding
    from mainstem.supervise.state import Phase

NOW = datetime(2026, 1, 2, tzinfo=UTC)
GOOD = ServerFacts(180006, 90, frozenset({"catalog"}), frozenset({"catalog"}), 0.0)


def results(findings: Iterable[Finding]) -> list[str]:
    found = list(findings)
    assert all(finding.mend for finding in found if finding.result in ("warn", "fail"))
    return [finding.result for finding in found]


def up(phase: Phase, *, restarts: int = 0, alive: bool = True) -> UpState:
    pid = os.getpid()
    last_exit = -int(signal.SIGKILL) if restarts else None
    process = ProcessState("load", phase, pid, born_at(pid), "now", restarts, last_exit, "", "load.log", 15)
    return UpState(pid, born_at(pid) if alive else 1, "now", (process,))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, "skipped"),
        (up("ready"), "ok"),
        (up("ready", restarts=2), "warn"),
        (up("starting"), "warn"),
        (up("waiting", restarts=1), "fail"),
        (up("ready", alive=False), "warn"),
    ],
)
def test_processes_are_judged_by_what_the_state_file_says(
    tmp_path: Path, state: UpState | None, expected: str
) -> None:
    assert results(check_processes(state, tmp_path / "up.json")) == [expected]


def test_a_state_that_a_killed_supervisor_left_names_what_still_runs(tmp_path: Path) -> None:
    [found] = check_processes(up("ready", alive=False), tmp_path / "up.json")
    assert f"still running: load ({os.getpid()})" in found.found


def test_a_good_server_passes() -> None:
    assert results(judge_server(GOOD, ["catalog"], "here")) == ["ok", "ok", "ok"]


def test_an_old_server_fails_and_a_full_or_an_empty_one_is_warned_of() -> None:
    def judged(**facts: object) -> list[str]:
        return results(judge_server(dataclasses.replace(GOOD, **facts), ["catalog"], "here"))  # type: ignore[arg-type] # each of its field's type

    assert judged(version=130000) == ["fail"]
    assert judged(free_connections=NEEDED_CONNECTIONS - 1) == ["ok", "warn", "ok"]
    assert judged(databases=frozenset()) == ["ok", "ok", "warn"]
    assert judged(roles=frozenset()) == ["ok", "ok", "warn"]


def test_a_server_that_does_not_answer_fails_with_how_to_mend_it() -> None:
    def ask() -> ServerFacts:
        raise psycopg.OperationalError("connection to postgresql://u:hunter2@h/d failed")

    [found] = check_server(ask, ["catalog"], "h:5432", "check postgres.url")
    assert (found.result, found.mend) == ("fail", "check postgres.url")
    assert "hunter2" not in found.found


def test_a_real_server_tells_its_facts(postgres: PostgresAddress) -> None:
    facts = ask_server(postgres)
    assert facts.version >= 140000
    assert 0 < facts.free_connections < 100
    assert "postgres" in facts.databases & facts.roles
    assert abs(facts.ahead) < 60


def test_an_embedded_server_that_could_start_is_no_failure_and_one_that_could_not_says_why() -> None:
    assert results(check_startable(lambda: "/usr/bin", is_made=True)) == ["skipped"]

    def none() -> str:
        raise EnvironmentFailure("no Postgres to run")

    with pytest.raises(EnvironmentFailure):  # which the doctor makes a finding
        list(check_startable(none, is_made=False))


@pytest.fixture
def logged(tmp_path: Path) -> Path:
    """A data folder with a log of some events, in several segments."""

    async def write() -> None:
        writer = open_writer(tmp_path, "events", "gateway-0", LogSettings(segment_bytes=4096))
        for _ in range(20):
            await writer.append([b"x" * 1000])
        await writer.close()

    asyncio.run(write())
    return tmp_path


def test_a_sound_log_passes_and_none_yet_is_no_failure(logged: Path, tmp_path: Path) -> None:
    assert results(check_event_log(logged)) == ["ok"]
    assert results(check_event_log(tmp_path / "none")) == ["skipped"]


def test_a_log_shorter_than_its_mark_fails_with_the_file(logged: Path) -> None:
    last = list_log(logged)[-1].file
    os.truncate(last, 100)
    [found] = check_event_log(logged)
    assert found.result == "fail"
    assert last in found.found


def test_a_log_whose_mark_is_gone_or_whose_first_frame_is_damaged_fails(logged: Path) -> None:
    first = list_log(logged)[0].file
    with open(first, "r+b") as file:  # noqa: PTH123 # a byte in the middle of it
        file.seek(200)
        file.write(b"damage")
    assert results(check_event_log(logged)) == ["fail"]
    (logged / "log" / "events" / "gateway-0" / "durable").unlink()
    assert results(check_event_log(logged)) == ["fail"]


@pytest.mark.parametrize(
    ("end", "offset", "minutes_ago", "expected"),
    [
        (100, 100, 600, "ok"),
        (100, 50, 1, "ok"),
        (100, 50, 10, "warn"),
        (FAR_BEHIND_BYTES + 101, 100, 1, "warn"),
    ],
)
def test_a_loader_is_judged_by_how_far_and_how_long_it_is_behind(
    end: int, offset: int, minutes_ago: int, expected: str
) -> None:
    committed = NOW - timedelta(minutes=minutes_ago)
    assert results(check_loading({"p": end}, {"p": 0}, {"p": offset}, committed, NOW)) == [expected]


def test_a_log_of_which_nothing_was_loaded_is_warned_of() -> None:
    assert results(check_loading({"p": 100}, {"p": 0}, {}, None, NOW)) == ["warn"]


STEADY = LakeStanding(
    tables=(TableStanding("web.pages", 10, 3, 4 * 1024**2, NOW, NOW),),
    snapshots=20,
    kept={},
    oldest=NOW,
    leftovers=Leftovers(2, NOW, NOW),
    dumps=(NOW,),
    steps=(),
)


@pytest.mark.parametrize(
    ("lake", "expected"),
    [
        (STEADY, ["ok"]),
        (dataclasses.replace(STEADY, dumps=()), ["warn", "ok"]),
        (dataclasses.replace(STEADY, dumps=(NOW - timedelta(hours=13),)), ["warn", "ok"]),
        (dataclasses.replace(STEADY, leftovers=Leftovers(2, NOW, NOW - timedelta(hours=2))), ["warn", "ok"]),
        (
            dataclasses.replace(
                STEADY, tables=(TableStanding("web.pages", 10, MANY_FILES + 1, 4 * 1024**2, NOW, None),)
            ),
            ["warn"],
        ),
    ],
)
def test_a_lake_that_is_not_kept_tidy_is_told(lake: LakeStanding, expected: list[str]) -> None:
    assert results(check_lake(lake, UpkeepSettings(), NOW)) == expected


def test_a_lake_without_dumps_by_its_settings_is_well() -> None:
    settings = UpkeepSettings(catalog_dumps=0)
    assert results(check_lake(dataclasses.replace(STEADY, dumps=()), settings, NOW)) == ["ok"]


@pytest.mark.parametrize(
    ("targets", "untold", "looked", "expected"),
    [
        ({}, {}, timedelta(), ["warn"]),
        ({"team": ""}, {}, timedelta(minutes=4), ["ok"]),
        ({"team": ""}, {}, timedelta(minutes=6), ["fail"]),
        ({"team": ""}, {}, None, ["fail"]),
        ({"team": "", "boss": "env BOSS is not set"}, {}, timedelta(), ["fail"]),
        ({"team": ""}, {"team": "team took no message: 403"}, timedelta(), ["warn", "ok"]),
    ],
)
def test_alerts_that_reach_nobody_are_told(
    targets: dict[str, str], untold: dict[str, str], looked: timedelta | None, expected: list[str]
) -> None:
    looked_at = None if looked is None else NOW - looked
    assert results(check_alerts(targets, untold, looked_at, True, NOW)) == expected


def test_nobody_need_look_where_nothing_runs() -> None:
    assert results(check_alerts({"team": ""}, {}, None, False, NOW)) == ["ok"]
    assert results(check_alerts({}, {}, None, False, NOW)) == ["skipped"]
