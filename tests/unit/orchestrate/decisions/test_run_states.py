from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from mainstem.manifest import Dag, DagRun, Manifest, Task, TaskInstance
from mainstem.orchestrate.decisions import (
    AddTask,
    ChangeRun,
    ChangeTask,
    StopTry,
    decide,
    manual_run,
    next_moment,
)
from mainstem.orchestrate.runtime import Outcome
from mainstem.testing.decided import DONE, FAILED, MemoryScheduler

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


def begun(dag: Dag) -> tuple[MemoryScheduler, DagRun]:
    scheduler = MemoryScheduler(Manifest("p", (dag,)), NOW)
    scheduler.carry_out([manual_run(dag, NOW, "m", "ada")])
    scheduler.turn()
    (run,) = scheduler.runs.values()
    return scheduler, run


def play(dag: Dag, **outcomes: Outcome) -> tuple[dict[str, str | None], str]:
    """The states in the end, and that of the run. Programs that are not named succeed."""
    scheduler, run = begun(dag)
    while running := scheduler.running():
        scheduler.end(running[0], outcomes.get(running[0].task_id, DONE))
        scheduler.turn()
    return scheduler.states(run.run_id), scheduler.runs["d", run.run_id].state


def chain(*names: str) -> Dag:
    tasks = [Task(name, (), depends_on=names[:at][-1:]) for at, name in enumerate(names)]
    return Dag("d", tuple(tasks))


def test_a_failure_reaches_all_behind_it_at_once() -> None:
    states, run = play(chain("a", "b", "c"), a=FAILED)
    assert states == {"a": "failed", "b": "upstream_failed", "c": "upstream_failed"}
    assert run == "failed"


def test_a_run_is_a_success_when_its_leaves_are_whatever_failed_before() -> None:
    dag = Dag("d", (Task("a", ()), Task("mend", (), depends_on=("a",), trigger_rule="one_failed")))
    assert play(dag, a=FAILED) == ({"a": "failed", "mend": "success"}, "success")
    assert play(dag) == ({"a": "success", "mend": "skipped"}, "success")


def test_a_skipped_task_skips_those_behind_it_and_fails_nothing() -> None:
    dag = Dag("d", (Task("a", (), skip_on_exit_code=(99,)), Task("b", (), depends_on=("a",))))
    assert play(dag, a=Outcome("exited", 99)) == ({"a": "skipped", "b": "skipped"}, "success")


def test_a_task_with_always_does_not_wait() -> None:
    dag = Dag("d", (Task("a", ()), Task("b", (), depends_on=("a",), trigger_rule="always")))
    scheduler, _ = begun(dag)
    assert {one.task_id for one in scheduler.running()} == {"a", "b"}


def test_a_retry_waits_for_its_moment_and_forgets_the_try_before() -> None:
    dag = Dag("d", (Task("a", (), retries=1, retry_delay=60),))
    scheduler, run = begun(dag)
    scheduler.end(scheduler.running()[0], FAILED)
    scheduler.turn()
    (waiting,) = scheduler.of_run(run)
    assert (waiting.state, waiting.try_number, waiting.exit_code) == ("up_for_retry", 1, 1)
    assert next_moment(dag, run, [waiting]) == NOW + timedelta(seconds=60, microseconds=1)
    scheduler.now = NOW + timedelta(seconds=60)
    assert decide(dag, scheduler.runs["d", run.run_id], [waiting], scheduler.now) == ()
    scheduler.now += timedelta(microseconds=1)
    scheduler.turn()
    (again,) = scheduler.running()
    assert (again.try_number, again.exit_code, again.reason) == (2, None, "")


def test_a_run_that_is_too_long_fails_and_what_is_left_of_it_is_skipped() -> None:
    dag = replace(chain("a", "b"), dagrun_timeout=600)
    scheduler, run = begun(dag)
    assert next_moment(dag, run, scheduler.of_run(run)) == NOW + timedelta(seconds=600, microseconds=1)
    scheduler.now += timedelta(seconds=600)
    scheduler.turn()
    assert scheduler.runs["d", run.run_id].state == "running"
    scheduler.now += timedelta(microseconds=1)
    scheduler.turn()
    assert scheduler.runs["d", run.run_id].state == "failed"
    assert scheduler.states(run.run_id) == {"a": "skipped", "b": "skipped"}
    assert [one.task_id for one in scheduler.stopped] == ["a"]


def test_the_program_is_ended_before_its_task_gets_another_state() -> None:
    dag = replace(chain("a"), dagrun_timeout=1)
    scheduler, run = begun(dag)
    stop, change, over = decide(dag, run, scheduler.of_run(run), NOW + timedelta(seconds=5))
    assert isinstance(stop, StopTry)
    assert isinstance(change, ChangeTask)
    assert isinstance(over, ChangeRun)


def test_a_run_that_can_go_nowhere_fails() -> None:
    """No manifest has tasks that wait for each other; a run of such would else hang for ever."""
    dag = Dag("d", (Task("a", (), depends_on=("b",)), Task("b", (), depends_on=("a",))))
    run = replace(manual_run(dag, NOW, "m", "ada").run, state="running")
    (step,) = decide(dag, run, [TaskInstance("d", run.run_id, name) for name in "ab"], NOW)
    assert isinstance(step, ChangeRun)
    assert step.after.state == "failed"


def test_a_removed_task_that_is_there_again_begins_anew() -> None:
    dag = chain("a")
    run = replace(manual_run(dag, NOW, "m", "ada").run, state="running")
    back, scheduled = decide(dag, run, [TaskInstance("d", run.run_id, "a", "removed", 1, 1)], NOW)
    assert isinstance(back, ChangeTask)
    assert isinstance(scheduled, ChangeTask)
    assert (back.after.state, scheduled.after.state) == (None, "scheduled")


def test_a_task_that_the_dag_lost_is_removed_and_ended() -> None:
    dag = chain("a")
    run = replace(manual_run(dag, NOW, "m", "ada").run, state="running")
    held = [
        TaskInstance("d", run.run_id, "a", "success"),
        TaskInstance("d", run.run_id, "lost", "running", 1, 1),
    ]
    stop, change, over = decide(dag, run, held, NOW)
    assert isinstance(stop, StopTry)
    assert isinstance(change, ChangeTask)
    assert isinstance(over, ChangeRun)
    assert (change.after.state, over.after.state) == ("removed", "success")


def test_a_task_that_the_dag_gained_joins_the_run() -> None:
    dag = chain("a", "b")
    run = replace(manual_run(dag, NOW, "m", "ada").run, state="running")
    added, change = decide(dag, run, [TaskInstance("d", run.run_id, "a", "success")], NOW)
    assert isinstance(added, AddTask)
    assert isinstance(change, ChangeTask)
    assert (added.instance.task_id, change.after.task_id, change.after.state) == ("b", "b", "scheduled")


def test_a_run_that_does_not_run_is_left_alone() -> None:
    dag = chain("a")
    run = manual_run(dag, NOW, "m", "ada").run
    for state in ("queued", "success", "failed"):
        still = replace(run, state=state)
        assert decide(dag, still, [TaskInstance("d", run.run_id, "a")], NOW) == ()
