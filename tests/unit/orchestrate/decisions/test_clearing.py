from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from mainstem.errors import UsageError
from mainstem.manifest import Dag, DagRun, Task, TaskInstance, TaskState
from mainstem.orchestrate.decisions import ChangeRun, ChangeTask, Selection, Step, StopTry, clear, manual_run

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
DAG = Dag(
    "d",
    (
        Task("extract", (), retries=2),
        Task("load", (), depends_on=("extract",)),
        Task("build", (), depends_on=("load",)),
        Task("other", (), depends_on=("extract",)),
    ),
)
STATES: dict[str, TaskState] = {
    "extract": "success",
    "load": "failed",
    "build": "upstream_failed",
    "other": "success",
}


def a_run(day: int, state: str = "failed") -> DagRun:
    at = datetime(2026, 11, day, tzinfo=UTC)
    run = replace(manual_run(DAG, at, "m", "ada").run, state=state, start_date=at)
    return replace(run, end_date=None if state == "running" else at + timedelta(hours=1))


RUNS = [a_run(1), a_run(2), a_run(3)]


def instances(run: DagRun) -> list[TaskInstance]:
    return [
        TaskInstance("d", run.run_id, name, state, 1, 3 if name == "extract" else 1, exit_code=1, reason="x")
        for name, state in STATES.items()
    ]


def cleared(selection: Selection, runs: list[DagRun] = RUNS) -> list[tuple[int, str]]:
    by_id = {run.run_id: run for run in runs}
    steps = clear(DAG, runs, {run.run_id: instances(run) for run in runs}, selection, NOW, "m2")
    changes = [step.after for step in steps if isinstance(step, ChangeTask)]
    return [(day_of(by_id[one.run_id]), one.task_id) for one in changes]


def day_of(run: DagRun) -> int:
    return run.logical_date.day if run.logical_date else 0


def of_second(**options: bool) -> Selection:
    return Selection(RUNS[1].run_id, ("load",), **options)


def test_one_task_of_one_run() -> None:
    assert cleared(of_second()) == [(2, "load")]


def test_with_what_is_before_and_behind() -> None:
    assert cleared(of_second(include_downstream=True)) == [(2, "load"), (2, "build")]
    assert cleared(of_second(include_upstream=True)) == [(2, "extract"), (2, "load")]
    both = of_second(include_upstream=True, include_downstream=True)
    assert cleared(both) == [(2, "extract"), (2, "load"), (2, "build")]


def test_with_runs_before_and_after() -> None:
    assert cleared(of_second(include_future=True)) == [(2, "load"), (3, "load")]
    assert cleared(of_second(include_past=True)) == [(1, "load"), (2, "load")]
    assert len(cleared(of_second(include_future=True, include_past=True))) == 3


def test_only_what_failed() -> None:
    assert cleared(Selection(RUNS[0].run_id, only_failed=True)) == [(1, "load"), (1, "build")]


def test_no_task_named_is_every_task() -> None:
    assert [task for _, task in cleared(Selection(RUNS[0].run_id))] == list(STATES)


def steps_for(instance: TaskInstance, run: DagRun) -> tuple[Step, ...]:
    return clear(DAG, [run], {run.run_id: [instance]}, Selection(run.run_id), NOW, "m2")


def test_a_cleared_task_has_its_retries_once_more_and_its_tries_count_on() -> None:
    run = a_run(1)
    tried = TaskInstance("d", run.run_id, "extract", "failed", 3, 3, exit_code=1, reason="exit 1")
    change, _ = steps_for(tried, run)
    assert isinstance(change, ChangeTask)
    after = change.after
    assert (after.state, after.try_number, after.max_tries) == (None, 3, 6)
    assert (after.exit_code, after.reason, after.end_date) == (None, "", None)


def test_a_task_that_the_dag_lost_is_not_cleared() -> None:
    run = a_run(1)
    lost = TaskInstance("d", run.run_id, "extract", "failed", 3, 3)
    dag = replace(DAG, tasks=(Task("new", ()),))
    assert clear(dag, [run], {run.run_id: [lost]}, Selection(run.run_id), NOW, "m2") == ()


@pytest.mark.parametrize("state", ["queued", "running"])
def test_what_runs_is_ended_before_it_is_cleared(state: TaskState) -> None:
    run = a_run(1, "running")
    stop, change, _ = steps_for(TaskInstance("d", run.run_id, "extract", state, 1, 3), run)
    assert isinstance(stop, StopTry)
    assert isinstance(change, ChangeTask)
    assert (change.after.state, change.after.max_tries) == (None, 4)


def test_a_run_that_was_over_is_queued_again() -> None:
    run = a_run(1)
    *_, over = steps_for(TaskInstance("d", run.run_id, "extract", "failed", 3, 3), run)
    assert isinstance(over, ChangeRun)
    after = over.after
    assert (after.state, after.queued_at, after.start_date, after.end_date) == ("queued", NOW, None, None)


def test_a_run_that_runs_goes_on_with_a_new_time_of_queueing() -> None:
    run = a_run(1, "running")
    *_, over = steps_for(TaskInstance("d", run.run_id, "extract", "failed", 3, 3), run)
    assert isinstance(over, ChangeRun)
    assert (over.after.state, over.after.start_date, over.after.queued_at) == ("running", run.start_date, NOW)


def test_a_run_goes_by_the_newest_manifest_once_some_of_it_was_cleared() -> None:
    run = a_run(1, "failed")
    *_, change = steps_for(TaskInstance("d", run.run_id, "extract", "failed", 3, 3), run)
    assert isinstance(change, ChangeRun)
    assert (change.before.manifest, change.after.manifest) == ("m", "m2")


def test_clearing_nothing_changes_no_run() -> None:
    run = a_run(1, "success")
    done = TaskInstance("d", run.run_id, "extract", "success", 1, 3)
    assert clear(DAG, [run], {run.run_id: [done]}, Selection(run.run_id, only_failed=True), NOW, "m2") == ()


def test_an_unknown_task_or_run_is_told_of() -> None:
    with pytest.raises(UsageError, match=r"has no task laod .it has build, extract, load, other."):
        cleared(Selection(RUNS[0].run_id, ("laod",)))
    with pytest.raises(UsageError, match="DAG d has no run manual__never"):
        cleared(Selection("manual__never"))


def test_nothing_is_past_or_future_to_a_run_without_a_date() -> None:
    run = replace(a_run(1), logical_date=None)
    with pytest.raises(UsageError, match="has no logical date"):
        cleared(Selection(run.run_id, include_future=True), [run])
