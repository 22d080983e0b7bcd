"""A runner whose folder of runs cannot be used for a while: nothing is lost, what waits is started after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.manifest import Dag, Manifest
from mainstem.orchestrate.asking import Asking
from mainstem.store.runs import RunRecords, RunWriter
from mainstem.testing.runner import RunnerPlace, now, run_ended, running, shell, wait_until
from mainstem.testing.small_disk import fill, small_disk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.store import Database

LONG = "touch up; while [ ! -e go ]; do sleep 0.02; done"


@pytest.fixture
def records(database: Database) -> RunRecords:
    return RunRecords(database)


@pytest.fixture
def place(catalog: PostgresAddress, tmp_path: Path) -> Callable[..., RunnerPlace]:
    def make(*tasks: Any) -> RunnerPlace:
        return RunnerPlace.at(catalog, tmp_path, Manifest("test", (Dag("d", tasks),)))

    return make


@pytest.fixture
def trigger(database: Database, records: RunRecords) -> Callable[[], str]:
    def ask() -> str:
        wait_until(lambda: records.dag("d") is not None, "the runner has written its DAGs")
        return Asking(records, RunWriter(database), now).trigger("d", "ada")

    return ask


def point_to(link: Path, target: str) -> None:
    """At once: there is no moment without it."""
    fresh = link.with_name("fresh")
    fresh.symlink_to(target)
    fresh.replace(link)


def outcomes(records: RunRecords, run_id: str) -> dict[str, tuple[str, int | None, int]]:
    tries = records.tries_of_run("d", run_id)
    return {one.task_id: (one.state, one.exit_code, one.try_number) for one in tries}


def test_on_a_full_disk_what_runs_ends_as_it_ended_and_what_follows_waits_for_room(
    place: Callable[..., RunnerPlace],
    records: RunRecords,
    trigger: Callable[[], str],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    at = place(shell("long", f"{LONG}; head -c 9000 /dev/zero | tr '\\0' x"), shell("next", "true", "long"))
    with small_disk(at.runs, "1m"), running(at):
        run_id = trigger()
        wait_until((tmp_path / "up").exists, "the first task runs")
        fill(at.runs / "ballast")
        (tmp_path / "go").touch()
        wait_until(lambda: "next waits to be started: " in caplog.text, "the second task is hindered")
        assert outcomes(records, run_id)["long"] == ("success", 0, 1)
        (long,) = records.tries("d", run_id, "long")
        kept = (at.runs / long.log).read_text().count("x")
        assert long.reason == f"exit 0; {9000 - kept} bytes of its output could not be kept"
        (at.runs / "ballast").unlink()
        assert run_ended(records, "d", run_id).state == "success"
        assert outcomes(records, run_id) == {"long": ("success", 0, 1), "next": ("success", 0, 1)}
    assert "next waits to be started: nothing can be kept in" in caplog.text


def test_a_folder_of_runs_that_cannot_be_used_is_waited_for(
    place: Callable[..., RunnerPlace],
    records: RunRecords,
    trigger: Callable[[], str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    at = place(shell("one", "true"))
    at.runs.write_text("a file, by mistake")
    with running(at):
        first = trigger()
        wait_until(lambda: "one waits to be started" in caplog.text, "the task is hindered")
        at.runs.unlink()
        assert run_ended(records, "d", first).state == "success"
        later = trigger()
        assert run_ended(records, "d", later).state == "success"
    assert outcomes(records, first) == outcomes(records, later) == {"one": ("success", 0, 1)}


def test_a_try_whose_folder_is_away_for_a_while_is_neither_lost_nor_run_twice(
    place: Callable[..., RunnerPlace],
    records: RunRecords,
    trigger: Callable[[], str],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    at = place(shell("one", f"echo once >> said; {LONG}"))
    (tmp_path / "disk").mkdir()
    at.runs.symlink_to("disk")
    with running(at) as runner:
        run_id = trigger()
        wait_until((tmp_path / "up").exists, "the task runs")
        wait_until(lambda: records.tries_of_run("d", run_id)[0].handle != "", "it is known to run")
        point_to(at.runs, "said")
        runner.wake()
        wait_until(lambda: "one cannot be asked after now" in caplog.text, "the runner does not see it")
        (tmp_path / "go").touch()
        point_to(at.runs, "disk")
        assert run_ended(records, "d", run_id).state == "success"
    assert outcomes(records, run_id) == {"one": ("success", 0, 1)}
    assert (tmp_path / "said").read_text() == "once\n"


def test_a_lease_that_cannot_be_written_for_keepers_is_taken_once_it_can(
    place: Callable[..., RunnerPlace],
    records: RunRecords,
    trigger: Callable[[], str],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    at = msgspec.structs.replace(place(shell("one", "true")), fenced=True)
    in_the_way = tmp_path / "lease.new"
    in_the_way.mkdir()
    with running(at):
        wait_until(lambda: "waiting to take the lease" in caplog.text, "it cannot be written")
        in_the_way.rmdir()
        assert run_ended(records, "d", trigger()).state == "success"
