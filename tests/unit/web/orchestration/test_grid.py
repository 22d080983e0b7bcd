from __future__ import annotations

from datetime import timedelta

from mainstem.manifest import Dag, Task
from mainstem.testing.memory_runs import NOW, MemoryRuns
from mainstem.web.orchestration.grid import BAR_HEIGHT, grid_of, in_order
from mainstem.web.orchestration.timeline import WIDTH, spans_of

DAG = Dag("d", (Task("late", ("x",), depends_on=("early",)), Task("early", ("x",))))


def test_the_newest_run_is_at_the_right_and_tasks_stand_in_the_order_they_run_in() -> None:
    runs = MemoryRuns()
    runs.add_dag(DAG)
    for hours in (3, 2, 1):
        runs.add_run("d", NOW - timedelta(hours=hours))
    found = runs.dag_runs("d", 10)
    grid = grid_of(DAG, found, runs.task_instances("d", [run.run_id for run in found]), NOW)
    assert [column.label for column in grid.columns] == [f"2026-11-23 {hour}:00" for hour in (11, 12, 13)]
    assert [row.task_id for row in grid.rows] == ["early", "late"]
    assert [cell.run_id for cell in grid.rows[0].cells] == [column.run.run_id for column in grid.columns]


def test_a_cell_says_in_words_what_its_mark_shows() -> None:
    runs = MemoryRuns()
    runs.add_dag(DAG)
    run = runs.add_run(
        "d", NOW - timedelta(hours=1), "failed", states={"early": "failed", "late": "upstream_failed"}
    )
    grid = grid_of(DAG, [run], runs.task_instances("d", [run.run_id]), NOW)
    assert [row.cells[0].words for row in grid.rows] == [
        "early, failed, 12 s, exit 1 · 2026-11-23 13:00",
        "late, upstream failed · 2026-11-23 13:00",
    ]


def test_tasks_of_older_manifests_stand_below_and_are_empty_where_there_are_none() -> None:
    runs = MemoryRuns()
    runs.add_dag(DAG)
    run = runs.add_run("d", NOW - timedelta(hours=1))
    now = Dag("d", (Task("early", ("x",)), Task("new", ("x",))))
    grid = grid_of(now, [run], runs.task_instances("d", [run.run_id]), NOW)
    assert [(row.task_id, row.cells[0].is_there) for row in grid.rows] == [
        ("early", True),
        ("new", False),
        ("late", True),
    ]


def test_bars_are_as_high_as_runs_were_long() -> None:
    runs = MemoryRuns()
    runs.add_dag(DAG)
    runs.add_run("d", NOW - timedelta(hours=3), seconds=100.0)
    runs.add_run("d", NOW - timedelta(hours=2), seconds=50.0)
    runs.add_run("d", NOW - timedelta(hours=1), "queued")
    grid = grid_of(DAG, runs.dag_runs("d", 9), {}, NOW)
    assert [column.bar for column in grid.columns] == [BAR_HEIGHT, BAR_HEIGHT / 2, 2.0]
    assert grid.longest == 100.0


def test_tasks_in_a_circle_are_shown_as_they_were_written() -> None:
    tasks = (Task("a", ("x",), depends_on=("b",)), Task("b", ("x",), depends_on=("a",)))
    assert in_order(tasks) == list(tasks)


def test_a_task_lies_in_its_run_where_it_ran() -> None:
    runs = MemoryRuns()
    runs.add_dag(DAG)
    run = runs.add_run(
        "d", NOW - timedelta(seconds=29), "running", states={"early": "success", "late": "running"}
    )
    spans = spans_of(run, runs.task_instances("d", [run.run_id])[run.run_id], NOW)
    assert (spans["early"].x, spans["early"].width) == (0.0, WIDTH / 2)
    assert (spans["late"].x, spans["late"].width) == (0.0, float(WIDTH))
    assert spans_of(run, [], NOW) == {}
