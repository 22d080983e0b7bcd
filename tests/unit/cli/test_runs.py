"""`mainstem dags`, `runs` and `run` over runs that are kept in memory."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from mainstem.assemble import runs as assembled
from mainstem.cli import dags as dags_command
from mainstem.cli import run as run_command
from mainstem.cli import runs as runs_command
from mainstem.errors import UsageError
from mainstem.testing.memory_runs import NOW, MemoryRuns
from mainstem.testing.runs_scene import scene
from mainstem.web.orchestration import Backfilling, Clearing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import click
    from click.testing import Result

    from mainstem.web.orchestration import OrchestrationDesk

DBT = "dbt_half_hourly"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> MemoryRuns:
    """What the commands open in place of a project's records."""
    found = scene()

    @contextmanager
    def opened(folder: Path, process: str) -> Iterator[OrchestrationDesk]:
        yield found.desk

    monkeypatch.setattr(assembled, "open_runs", opened)
    monkeypatch.setattr("mainstem.cli.dags.system_user", lambda: "ada")
    monkeypatch.setattr("mainstem.cli.runs.system_user", lambda: "ada")
    monkeypatch.setattr("mainstem.cli.run.system_user", lambda: "ada")
    return found


def call(command: click.Command, *arguments: str) -> Result:
    result = CliRunner().invoke(command, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def objects(result: Result) -> list[Any]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_what_did_not_run_is_first_and_ends_the_list_with_one(runs: MemoryRuns) -> None:
    result = call(dags_command.command, "list")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("overdue  csv_extracts")
    assert lines[1].strip() == "Should have started 11 h ago."
    (first, *_) = objects(call(dags_command.command, "list", "--json"))
    assert (first["dag_id"], first["standing"], first["last_run"]["state"]) == (
        "csv_extracts",
        "overdue",
        "success",
    )


def test_a_list_in_which_all_is_well_ends_with_zero(runs: MemoryRuns) -> None:
    del runs.known["csv_extracts"]
    assert call(dags_command.command, "list").exit_code == 0


def test_dags_are_paused_all_or_none(runs: MemoryRuns) -> None:
    with pytest.raises(UsageError, match="there is no DAG 'nothing'"):
        call(dags_command.command, "pause", DBT, "nothing")
    assert runs.asked == []
    call(dags_command.command, "pause", DBT, "crm_mirror")
    call(dags_command.command, "unpause", DBT)
    assert runs.asked == [
        ("pause", DBT, True, "ada"),
        ("pause", "crm_mirror", True, "ada"),
        ("pause", DBT, False, "ada"),
    ]


def test_next_runs_are_told_on_both_clocks(runs: MemoryRuns) -> None:
    result = call(dags_command.command, "next", "dbt_nightly", "--count", "1")
    assert result.stdout == "Tue 24 Nov 07:00 CET · 06:00 UTC\n"
    assert "nobody knows before" in call(dags_command.command, "next", "one_off_repairs").stdout


def test_a_backfill_is_shown_before_and_made_after(runs: MemoryRuns) -> None:
    first, last = "2026-11-01T00:00", "2026-11-02T00:00"
    arguments = ("backfill", "dbt_nightly", first, last, "--reprocess", "failed")
    shown = call(dags_command.command, *arguments, "--dry-run")
    assert shown.stdout.splitlines() == ["2026-11-01 00:00:00  create", "2026-11-02 00:00:00  create"]
    assert runs.asked == []
    made = objects(call(dags_command.command, *arguments, "--json"))
    assert made[0] == {"logical_date": "2026-11-01T00:00:00Z", "action": "create"}
    (asked,) = runs.asked
    assert isinstance(asked[1], Backfilling)
    assert (asked[1].reprocess, asked[2]) == ("failed", "ada")


def test_that_files_do_not_check_is_told_beside_the_dags_of_before(runs: MemoryRuns) -> None:
    for known in list(runs.known):
        del runs.known[known]
    assert call(dags_command.command, "list").exit_code == 0
    runs.refusal = "dags/mail.yml:3: tasks: expected a list, got 7"
    result = call(dags_command.command, "list")
    assert (result.exit_code, runs.refusal in result.stderr) == (1, True)


def test_days_of_a_backfill_are_whole_days_on_the_clock_of_the_schedule(runs: MemoryRuns) -> None:
    call(dags_command.command, "backfill", "dbt_nightly", "2026-11-01", "2026-11-02")
    call(dags_command.command, "backfill", "dbt_nightly", "2026-11-01T00:00", "2026-11-02T00:00")
    days, moments = (asked[1] for asked in runs.asked)
    assert isinstance(days, Backfilling)
    assert isinstance(moments, Backfilling)
    assert [at.isoformat() for at in (days.from_date, days.to_date)] == [
        "2026-11-01T00:00:00+01:00",
        "2026-11-02T23:59:59.999999+01:00",
    ]
    assert [at.isoformat() for at in (moments.from_date, moments.to_date)] == [
        "2026-11-01T00:00:00+00:00",
        "2026-11-02T00:00:00+00:00",
    ]


def test_runs_are_listed_and_narrowed(runs: MemoryRuns) -> None:
    failed = objects(call(runs_command.command, "list", DBT, "--state", "failed", "--limit", "60", "--json"))
    assert [run["state"] for run in failed] == ["failed"] * 4
    assert call(runs_command.command, "list", "one_off_repairs").stdout == "no run like that\n"
    assert len(call(runs_command.command, "list", "--limit", "1").stdout.splitlines()) == 11, (
        "one of each DAG"
    )


def test_a_run_is_shown_with_every_task(runs: MemoryRuns) -> None:
    lines = call(runs_command.command, "show", DBT).stdout.splitlines()
    assert " running " in lines[0]
    assert [line.split()[0] for line in lines[1:]].count("success") == 2
    (found,) = objects(call(runs_command.command, "show", DBT, "--json"))
    assert {task["task_id"] for task in found["tasks"]} >= {"load", "sessions"}


def test_a_run_that_is_not_there_is_said_with_what_to_do(runs: MemoryRuns) -> None:
    with pytest.raises(UsageError, match="has no run 'x'; `mainstem runs list"):
        call(runs_command.command, "show", DBT, "--run", "x")
    with pytest.raises(UsageError, match="has no run yet; `mainstem run one_off_repairs` makes one"):
        call(runs_command.command, "show", "one_off_repairs")


def test_a_log_is_printed_byte_for_byte(runs: MemoryRuns) -> None:
    run = runs.runs[DBT][-1]
    runs.log_of(run, "sessions").body = b"\xff\x1b[31mred\x1b[0m\r\nno end"
    result = call(runs_command.command, "log", DBT, "sessions")
    assert result.stdout_bytes == b"\xff\x1b[31mred\x1b[0m\r\nno end"
    with pytest.raises(UsageError, match="'publish' was not tried"):
        call(runs_command.command, "log", DBT, "publish")
    with pytest.raises(UsageError, match=r"no log of try 7 of sessions is kept \(it was tried: 1\)"):
        call(runs_command.command, "log", DBT, "sessions", "--try", "7")


def test_a_clearing_says_what_it_reaches(runs: MemoryRuns) -> None:
    run_id = [run.run_id for run in runs.runs[DBT] if run.state == "failed"][-1]
    result = call(runs_command.command, "clear", DBT, "identity", "--run", run_id, "--dry-run")
    assert result.stdout.splitlines()[-1] == "4 tasks would be cleared"
    assert runs.asked == []
    call(runs_command.command, "clear", DBT, "identity", "--run", run_id, "--no-downstream", "--only-failed")
    wanted = Clearing(DBT, run_id, ("identity",), downstream=False, only_failed=True)
    assert runs.asked == [("clear", wanted, "ada")]


def test_what_failed_is_cleared_in_the_newest_run_that_failed_and_which_is_told(runs: MemoryRuns) -> None:
    newest = runs.runs[DBT][-1].run_id
    failed = [run.run_id for run in runs.runs[DBT] if run.state == "failed"][-1]
    only_failed = call(runs_command.command, "clear", DBT, "--only-failed", "--json")
    assert only_failed.stderr == f"no --run: the run {failed} (failed) of {DBT} is meant\n"
    everything = call(runs_command.command, "clear", DBT)
    assert everything.stderr == f"no --run: the run {newest} (running) of {DBT} is meant\n"
    assert call(runs_command.command, "clear", DBT, "--run", newest).stderr == ""
    assert [one[1].run_id for one in runs.asked if isinstance(one[1], Clearing)] == [failed, newest, newest]
    with pytest.raises(UsageError, match="no run of DAG one_off_repairs has failed; name one with --run"):
        call(runs_command.command, "clear", "one_off_repairs", "--only-failed")


def test_a_task_is_marked_in_the_newest_run(runs: MemoryRuns) -> None:
    result = call(runs_command.command, "mark", DBT, "success", "identity")
    assert result.stderr == f"no --run: the run {runs.runs[DBT][-1].run_id} (running) of {DBT} is meant\n"
    assert runs.asked == [("mark", DBT, runs.runs[DBT][-1].run_id, "identity", "success", "ada")]


def test_a_run_that_nobody_follows_is_asked_for_and_told(runs: MemoryRuns) -> None:
    result = call(
        run_command.command, "one_off_repairs", "--detach", "--logical-date", "2026-01-31", "--json"
    )
    (found,) = objects(result)
    assert found["run"]["run_id"] == "manual__2026-01-31T00:00:00+00:00"
    assert runs.asked[0][0] == "trigger"


def test_a_run_that_waits_for_another_of_its_dag_says_so(runs: MemoryRuns) -> None:
    assert "to end first" not in call(run_command.command, "dbt_nightly", "--detach").stderr
    runs.add_run("dbt_nightly", NOW, "running")
    said = call(run_command.command, "dbt_nightly", "--detach", "--logical-date", "2026-01-30").stderr
    assert "of dbt_nightly may have to end first: max_active_runs is 1" in said


def test_a_run_that_would_wait_says_for_what(runs: MemoryRuns) -> None:
    runs.kept_runners = []
    said = call(run_command.command, "log_extracts", "--detach").stderr
    assert "log_extracts is paused: the run waits for `mainstem dags unpause log_extracts`" in said
    assert "no runner is alive" in said


def test_a_task_alone_means_the_one_dag_that_has_it(runs: MemoryRuns) -> None:
    call(run_command.command, "sessions", "--detach")
    newest = runs.runs[DBT][-1].run_id
    assert runs.asked == [("clear", Clearing(DBT, newest, ("sessions",), downstream=False), "ada")]
    with pytest.raises(UsageError, match="name the DAG before"):
        call(run_command.command, "extract", "--detach")
    with pytest.raises(UsageError, match="neither a DAG nor a task"):
        call(run_command.command, "zebra")


@pytest.mark.parametrize(("state", "code"), [("success", 0), ("failed", 1)])
def test_a_run_is_followed_to_its_end_and_its_outcome_is_the_exit_code(
    runs: MemoryRuns, monkeypatch: pytest.MonkeyPatch, state: Any, code: int
) -> None:
    run = runs.add_run("one_off_repairs", NOW, state, states={"extract": state})
    runs.log_of(run, "extract").body = b"one\ntwo"
    monkeypatch.setattr(runs, "trigger", lambda *_: run)
    result = call(run_command.command, "one_off_repairs")
    assert result.exit_code == code
    lines = result.stdout.splitlines()
    assert lines[:2] == ["extract | one", "extract | two"]
    assert lines[-1] == f"one_off_repairs {run.run_id}: {state} after 1 min"
    (found,) = objects(call(run_command.command, "one_off_repairs", "--json"))
    assert found["run"]["state"] == state
