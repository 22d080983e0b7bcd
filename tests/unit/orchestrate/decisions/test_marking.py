from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from mainstem.manifest import Dag, DagRun, Manifest, Task, TaskInstance
from mainstem.orchestrate.decisions import ChangeTask, Selection, StopTry, manual_run, mark_run, mark_tasks
from mainstem.testing.decided import DONE, FAILED, MemoryScheduler

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
DAG = Dag(
    "d",
    (Task("a", ()), Task("b", (), depends_on=("a",)), Task("c", (), depends_on=("b",)), Task("x", ())),
)


def failed() -> tuple[MemoryScheduler, DagRun]:
    scheduler = MemoryScheduler(Manifest("p", (DAG,)), NOW)
    scheduler.carry_out([manual_run(DAG, NOW, "m", "ada")])
    scheduler.turn()
    while running := scheduler.running():
        scheduler.end(running[0], FAILED if running[0].task_id == "a" else DONE)
        scheduler.turn()
    (run,) = scheduler.runs.values()
    assert run.state == "failed"
    return scheduler, run


def test_after_a_failed_task_is_marked_a_success_the_run_goes_on_behind_it() -> None:
    scheduler, run = failed()
    held = {run.run_id: scheduler.of_run(run)}
    scheduler.carry_out(mark_tasks(DAG, [run], held, Selection(run.run_id, ("a",)), "success", NOW, "m2"))
    assert scheduler.states(run.run_id) == {"a": "success", "b": None, "c": None, "x": "success"}
    assert scheduler.runs["d", run.run_id].state == "queued"
    scheduler.turn()
    assert [one.task_id for one in scheduler.running()] == ["b"]


def test_marking_one_failed_leaves_those_behind_that_succeeded() -> None:
    run = replace(manual_run(DAG, NOW, "m", "ada").run, state="success")
    held = [TaskInstance("d", run.run_id, task.task_id, "success", 1, 1) for task in DAG.tasks]
    steps = mark_tasks(DAG, [run], {run.run_id: held}, Selection(run.run_id, ("a",)), "failed", NOW, "m2")
    assert [(step.after.task_id, step.after.state) for step in steps if isinstance(step, ChangeTask)] == [
        ("a", "failed")
    ]


def test_what_had_ended_took_no_longer_because_it_is_marked() -> None:
    run = replace(manual_run(DAG, NOW, "m", "ada").run, state="failed")
    ended = NOW - timedelta(hours=3)
    held = [TaskInstance("d", run.run_id, "a", "failed", 1, 1, start_date=ended, end_date=ended)]
    (change,) = mark_tasks(
        DAG, [run], {run.run_id: held}, Selection(run.run_id, ("a",)), "success", NOW, "m2"
    )
    assert isinstance(change, ChangeTask)
    assert (change.after.state, change.after.end_date) == ("success", ended)


def test_a_task_that_runs_is_ended_when_it_is_marked() -> None:
    run = replace(manual_run(DAG, NOW, "m", "ada").run, state="running")
    held = [TaskInstance("d", run.run_id, "a", "running", 1, 1)]
    stop, change = mark_tasks(
        DAG, [run], {run.run_id: held}, Selection(run.run_id, ("a",)), "failed", NOW, "m2"
    )
    assert isinstance(stop, StopTry)
    assert isinstance(change, ChangeTask)
    assert (change.after.state, change.after.reason, change.after.end_date) == (
        "failed",
        "marked failed",
        NOW,
    )


def test_what_is_so_already_is_left_alone() -> None:
    run = replace(manual_run(DAG, NOW, "m", "ada").run, state="success")
    held = [TaskInstance("d", run.run_id, "a", "success", 1, 1)]
    assert (
        mark_tasks(DAG, [run], {run.run_id: held}, Selection(run.run_id, ("a",)), "success", NOW, "m2") == ()
    )


def test_marking_a_run_ends_what_runs_and_skips_what_has_not_begun() -> None:
    scheduler = MemoryScheduler(Manifest("p", (DAG,)), NOW)
    scheduler.carry_out([manual_run(DAG, NOW, "m", "ada")])
    scheduler.turn()
    (run,) = scheduler.runs.values()
    scheduler.carry_out(mark_run(run, scheduler.of_run(run), "failed", NOW))
    assert scheduler.states(run.run_id) == {"a": "failed", "b": "skipped", "c": "skipped", "x": "failed"}
    assert {one.task_id for one in scheduler.stopped} == {"a", "x"}
    after = scheduler.runs["d", run.run_id]
    assert (after.state, after.end_date) == ("failed", NOW)


def test_marking_a_run_that_is_over_changes_its_state_alone() -> None:
    scheduler, run = failed()
    (step,) = mark_run(run, scheduler.of_run(run), "success", NOW)
    scheduler.carry_out([step])
    assert scheduler.runs["d", run.run_id].end_date == run.end_date
