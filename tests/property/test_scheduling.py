"""Any DAG, any outcomes: every run ends, and no rule, limit or pool is broken on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, get_args

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mainstem.manifest import FINISHED, TERMINAL_FAILURES, Dag, Manifest, Pool, Task, TriggerRule
from mainstem.orchestrate.decisions import (
    ChangeTask,
    Selection,
    StopTry,
    Upstream,
    clear,
    decide,
    manual_run,
    mark_run,
    verdict,
)
from mainstem.orchestrate.runtime import Ended, Outcome
from mainstem.testing.decided import MemoryScheduler

if TYPE_CHECKING:
    from mainstem.manifest import TaskInstance

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
POOL = Pool("lake", 2)


@st.composite
def dags(draw: st.DrawFn, dag_id: str = "d") -> Dag:
    names = [f"t{number}" for number in range(draw(st.integers(1, 7)))]
    tasks = [
        Task(
            name,
            ("true",),
            depends_on=tuple(
                draw(st.lists(st.sampled_from(names[:at]), unique=True, max_size=3)) if at else ()
            ),
            trigger_rule=draw(st.sampled_from(get_args(TriggerRule))),
            retries=draw(st.integers(0, 2)),
            retry_delay=draw(st.sampled_from([0.0, 1.0, 300.0])),
            retry_exponential_backoff=draw(st.sampled_from([0.0, 2.0])),
            skip_on_exit_code=draw(st.sampled_from([(), (99,)])),
            pool=draw(st.sampled_from(["default_pool", POOL.name])),
            pool_slots=draw(st.integers(1, POOL.slots)),
            priority_weight=draw(st.integers(1, 3)),
        )
        for at, name in enumerate(names)
    ]
    return Dag(
        dag_id,
        tuple(draw(st.permutations(tasks))),
        max_active_tasks=draw(st.integers(1, 3)),
        max_active_runs=draw(st.integers(1, 2)),
        dagrun_timeout=draw(st.sampled_from([None, None, 600.0])),
    )


outcomes = st.builds(Outcome, st.sampled_from(get_args(Ended)), st.sampled_from([0, 0, 0, 1, 99, 137])).map(
    lambda told: told if told.ended == "exited" else Outcome(told.ended)
)
choices = st.lists(st.tuples(st.integers(0, 99), outcomes, st.integers(0, 400)), max_size=60)


def played(dag: Dag, told: list[tuple[int, Outcome, int]], runs: int) -> MemoryScheduler:
    """To the end of every run; where nothing is told any more, programs succeed."""
    scheduler = MemoryScheduler(Manifest("p", (dag,), pools=(POOL,)), NOW)
    for number in range(runs):
        moment = NOW - timedelta(minutes=runs - number)
        scheduler.carry_out([manual_run(dag, moment, "digest", "ada")])
    finish(scheduler, told)
    return scheduler


def finish(scheduler: MemoryScheduler, told: list[tuple[int, Outcome, int]]) -> None:
    left = list(told)
    for _ in range(2000):
        scheduler.turn()
        running = scheduler.running()
        _within_limits(scheduler)
        if running:
            at, outcome, seconds = left.pop() if left else (0, Outcome("exited", 0), 0)
            scheduler.now += timedelta(seconds=seconds)
            scheduler.end(running[at % len(running)], outcome)
        elif all(run.state in ("success", "failed") for run in scheduler.runs.values()):
            return
        else:
            scheduler.wait()
    raise AssertionError("the runs never ended")


def _within_limits(scheduler: MemoryScheduler) -> None:
    tasks = {(dag.dag_id, task.task_id): task for dag in scheduler.dags.values() for task in dag.tasks}
    running = scheduler.running()
    used = sum(tasks[one.dag_id, one.task_id].pool_slots for one in running if _in_pool(tasks, one))
    assert used <= POOL.slots
    for run in scheduler.runs.values():
        active = [one for one in running if one.run_id == run.run_id]
        assert len(active) <= scheduler.dags[run.dag_id].max_active_tasks
    at_once = sum(run.state == "running" for run in scheduler.runs.values())
    assert at_once <= min(dag.max_active_runs for dag in scheduler.dags.values())


def _in_pool(tasks: dict[tuple[str, str], Task], one: TaskInstance) -> bool:
    return tasks[one.dag_id, one.task_id].pool == POOL.name


@given(dags(), choices, st.integers(1, 3))
def test_every_run_ends_within_its_limits(dag: Dag, told: list[tuple[int, Outcome, int]], runs: int) -> None:
    scheduler = played(dag, told, runs)
    leaves = {task.task_id for task in dag.tasks} - {name for task in dag.tasks for name in task.depends_on}
    for run in scheduler.runs.values():
        held = scheduler.of_run(run)
        assert all(one.state in FINISHED for one in held)
        timed_out = any(one.reason == "the run timed out" for one in held)
        broken = any(one.state in TERMINAL_FAILURES for one in held if one.task_id in leaves)
        if dag.dagrun_timeout is None or not timed_out:
            assert (run.state == "failed") == broken or dag.dagrun_timeout is not None
        else:
            assert run.state == "failed"


@given(dags(), choices)
def test_no_task_starts_before_its_rule_allows(dag: Dag, told: list[tuple[int, Outcome, int]]) -> None:
    scheduler = played(dag, told, 1)
    tasks = {task.task_id: task for task in dag.tasks}
    held: dict[str, str | None] = dict.fromkeys(tasks)
    for step in scheduler.steps:
        if isinstance(step, ChangeTask):
            task = tasks[step.after.task_id]
            if step.after.state == "scheduled":
                upstream = Upstream.of(held[name] for name in task.depends_on)  # type: ignore[misc] # states
                assert verdict(task.trigger_rule, upstream) == "run"
            held[step.after.task_id] = step.after.state


@given(dags(), choices)
def test_tries_count_up_and_never_past_the_last(dag: Dag, told: list[tuple[int, Outcome, int]]) -> None:
    scheduler = played(dag, told, 1)
    retries = {task.task_id: task.retries for task in dag.tasks}
    for step in scheduler.steps:
        if isinstance(step, ChangeTask):
            assert step.after.try_number <= step.after.max_tries == retries[step.after.task_id] + 1
            new = step.after.state == "scheduled"
            assert step.after.try_number == step.before.try_number + new
            if step.after.state == "up_for_retry":
                assert step.after.try_number < step.after.max_tries
            if step.after.state == "failed":
                assert step.after.try_number == step.after.max_tries


@given(dags(), choices)
def test_the_same_comes_to_the_same_steps(dag: Dag, told: list[tuple[int, Outcome, int]]) -> None:
    assert played(dag, told, 2).steps == played(dag, told, 2).steps


@given(dags(), st.data())
def test_the_order_in_which_instances_are_held_changes_nothing(dag: Dag, data: st.DataObject) -> None:
    added = manual_run(dag, NOW, "digest", "ada")
    run = replace(added.run, state="running", start_date=NOW)
    states = st.sampled_from(["success", "failed", "skipped", None, "running"])
    held = [
        replace(one, state=data.draw(states)) if task.depends_on == () else one
        for one, task in zip(added.instances, dag.tasks, strict=True)
    ]
    assert decide(dag, run, held, NOW) == decide(dag, run, data.draw(st.permutations(held)), NOW)


@given(dags(), choices, choices, st.booleans(), st.data())
def test_what_was_cleared_runs_again_to_an_end(
    dag: Dag,
    told: list[tuple[int, Outcome, int]],
    again: list[tuple[int, Outcome, int]],
    downstream: bool,
    data: st.DataObject,
) -> None:
    scheduler = played(dag, told, 1)
    (run,) = scheduler.runs.values()
    before = {one.task_id: one.try_number for one in scheduler.of_run(run)}
    task = data.draw(st.sampled_from(dag.tasks))
    selection = Selection(run.run_id, (task.task_id,), include_downstream=downstream)
    scheduler.carry_out(
        clear(dag, [run], {run.run_id: scheduler.of_run(run)}, selection, scheduler.now, "m2")
    )
    cleared = scheduler.tasks[dag.dag_id, run.run_id, task.task_id]
    assert cleared.state is None
    assert cleared.max_tries == before[task.task_id] + task.retries + 1
    finish(scheduler, again)
    assert scheduler.tasks[dag.dag_id, run.run_id, task.task_id].try_number <= cleared.max_tries


@given(dags(), st.integers(0, 5), st.sampled_from(["success", "failed"]))
def test_a_run_that_is_marked_ends_all_that_runs_of_it(dag: Dag, turns: int, state: str) -> None:
    scheduler = MemoryScheduler(Manifest("p", (dag,), pools=(POOL,)), NOW)
    scheduler.carry_out([manual_run(dag, NOW, "digest", "ada")])
    for _ in range(turns):
        scheduler.turn()
        if running := scheduler.running():
            scheduler.end(running[0], Outcome("exited", 0))
    (run,) = scheduler.runs.values()
    running = scheduler.running()
    steps = mark_run(run, scheduler.of_run(run), "success" if state == "success" else "failed", scheduler.now)
    assert {step.instance.task_id for step in steps if isinstance(step, StopTry)} == {
        one.task_id for one in running
    }
    scheduler.carry_out(steps)
    assert scheduler.runs[dag.dag_id, run.run_id].state == state
    assert all(one.state in FINISHED for one in scheduler.of_run(run))
