from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from mainstem.manifest import Dag, DagRun, Task, TaskInstance, TaskState
from mainstem.orchestrate.decisions import Candidate, give_places, manual_run

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
SLOTS = {"default_pool": 8, "lake": 2}


def a_run(dag: Dag, at: datetime = NOW) -> DagRun:
    return replace(manual_run(dag, at, "m", "ada").run, state="running")


def candidate(
    task: Task, state: TaskState = "scheduled", dag: Dag | None = None, at: datetime = NOW
) -> Candidate:
    dag = dag or Dag("d", (task,))
    run = a_run(dag, at)
    return Candidate(dag, run, task, TaskInstance(dag.dag_id, run.run_id, task.task_id, state, 1, 1))


def given(candidates: list[Candidate], parallelism: int = 32) -> list[str]:
    return [step.after.task_id for step in give_places(candidates, SLOTS, parallelism, NOW)]


def test_the_greatest_weight_goes_first_then_the_older_date_then_the_name() -> None:
    earlier = NOW - timedelta(hours=1)
    waiting = [
        candidate(Task("b", ())),
        candidate(Task("a", ())),
        candidate(Task("old", ()), at=earlier),
        candidate(Task("heavy", (), priority_weight=9)),
    ]
    assert given(waiting) == given(waiting[::-1]) == ["heavy", "old", "a", "b"]


def test_a_pool_gives_no_more_places_than_it_has() -> None:
    running = candidate(Task("r", (), pool="lake"), "running")
    waiting = [candidate(Task(name, (), pool="lake")) for name in ("a", "b", "c")]
    assert given([running, *waiting]) == ["a"]
    assert given([replace_state(running, "queued"), *waiting]) == ["a"]


def replace_state(one: Candidate, state: TaskState) -> Candidate:
    return Candidate(one.dag, one.run, one.task, replace(one.instance, state=state))


def test_one_that_needs_more_places_than_are_free_is_passed_over() -> None:
    running = candidate(Task("r", (), pool="lake"), "running")
    wide = candidate(Task("wide", (), pool="lake", pool_slots=2, priority_weight=9))
    narrow = candidate(Task("narrow", (), pool="lake"))
    assert given([running, wide, narrow]) == ["narrow"]


def test_a_pool_that_is_not_there_gives_nothing() -> None:
    assert given([candidate(Task("a", (), pool="gone"))]) == []


def test_a_run_has_no_more_under_way_than_its_dag_allows() -> None:
    tasks = tuple(Task(name, ()) for name in ("a", "b", "c"))
    dag = Dag("d", tasks, max_active_tasks=2)
    first = [candidate(task, dag=dag) for task in tasks]
    second = [candidate(task, dag=dag, at=NOW + timedelta(hours=1)) for task in tasks]
    assert given(first) == ["a", "b"]
    assert given([replace_state(first[0], "running"), *first[1:]]) == ["b"]
    assert given(first + second) == ["a", "b", "a", "b"]


def test_a_runner_has_no_more_under_way_than_it_may() -> None:
    waiting = [candidate(Task(name, ())) for name in "abc"]
    assert given([candidate(Task("r", ()), "running"), *waiting], parallelism=3) == ["a", "b"]


def test_tasks_of_a_run_that_does_not_run_get_no_place() -> None:
    one = candidate(Task("a", ()))
    assert given([Candidate(one.dag, replace(one.run, state="failed"), one.task, one.instance)]) == []


def test_who_gets_a_place_is_queued_since_now() -> None:
    (step,) = give_places([candidate(Task("a", ()))], SLOTS, 1, NOW)
    assert (step.after.state, step.after.queued_at, step.starts) == ("queued", NOW, True)
