from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from mainstem.manifest import CronSchedule, Dag, Task
from mainstem.testing.memory_runs import NOW, MemoryRuns
from mainstem.web.orchestration import SeenRunner
from mainstem.web.orchestration.overview import Asked, DagRow, counts_of, dag_rows, failure_words

ALIVE = [SeenRunner("r", NOW, True)]


@pytest.fixture
def runs() -> MemoryRuns:
    return MemoryRuns()


def dag(dag_id: str, **more: object) -> Dag:
    plain = Dag(dag_id, (Task("load", ("true",)),), schedule=CronSchedule("0 * * * *"))
    return msgspec.structs.replace(plain, **more)


def rows_of(runs: MemoryRuns, runners: list[SeenRunner] = ALIVE) -> list[DagRow]:
    return dag_rows(runs.dags(), runs.recent_runs(14), runners, NOW)


def test_a_tick_that_is_due_and_has_no_run_stands_on_top_and_says_so(runs: MemoryRuns) -> None:
    runs.add_dag(dag("a"), next_run=NOW + timedelta(minutes=5))
    runs.add_dag(dag("z"), next_run=NOW - timedelta(minutes=14))
    first, second = rows_of(runs)
    assert (first.dag_id, first.standing, first.problem) == (
        "z",
        "overdue",
        "Should have started 14 min ago.",
    )
    assert (second.standing, second.problem) == ("none", "")


def test_a_runner_has_a_minute_to_see_a_tick(runs: MemoryRuns) -> None:
    runs.add_dag(dag("a"), next_run=NOW - timedelta(seconds=59))
    assert rows_of(runs)[0].standing == "none"


def test_without_a_runner_that_is_said_to_be_why(runs: MemoryRuns) -> None:
    runs.add_dag(dag("a"), next_run=NOW - timedelta(hours=2))
    dead = [SeenRunner("r", NOW - timedelta(hours=3), False)]
    assert rows_of(runs, dead)[0].problem == "Should have started 2 h ago; no runner is alive."


def test_a_tick_that_waits_for_a_run_says_for_how_long_that_goes_on(runs: MemoryRuns) -> None:
    runs.add_dag(dag("a"), next_run=NOW - timedelta(minutes=3))
    runs.add_run("a", NOW - timedelta(hours=1, seconds=5), "running")
    row = rows_of(runs)[0]
    assert (
        row.problem == "Should have started 3 min ago; waits for a run that goes on for 1 h (1 of 1 active)."
    )


def test_a_tick_does_not_wait_for_backfills(runs: MemoryRuns) -> None:
    runs.add_dag(dag("a"), next_run=NOW - timedelta(minutes=3))
    runs.add_run("a", NOW - timedelta(hours=1, seconds=5), "running", run_type="backfill")
    assert rows_of(runs)[0].problem == "Should have started 3 min ago."


def test_what_is_paused_is_not_overdue(runs: MemoryRuns) -> None:
    runs.add_dag(dag("a"), is_paused=True, next_run=NOW - timedelta(days=1))
    assert rows_of(runs)[0].problem == ""


def test_a_run_over_its_sla_is_told_while_it_goes_on(runs: MemoryRuns) -> None:
    runs.add_dag(dag("a", sla=3600.0))
    runs.add_run("a", NOW - timedelta(hours=1, minutes=10), "running")
    row = rows_of(runs)[0]
    assert row.standing == "overdue"
    assert row.problem == "A run has not ended 1 h after it was queued: 10 min over its SLA."


def test_a_dag_has_failed_until_a_later_run_ends_well(runs: MemoryRuns) -> None:
    runs.add_dag(dag("a"))
    runs.add_run("a", NOW - timedelta(hours=3), "failed", states={"load": "failed"})
    runs.add_run("a", NOW - timedelta(seconds=30), "running")
    assert rows_of(runs)[0].standing == "failed", "one that goes on mends nothing yet"
    runs.add_run("a", NOW - timedelta(seconds=20), "success", 5.0)
    assert rows_of(runs)[0].standing == "ok"


def test_what_failed_is_named(runs: MemoryRuns) -> None:
    runs.add_dag(dag("a"))
    run = runs.add_run("a", NOW - timedelta(hours=3), "failed", states={"load": "failed"})
    found = runs.task_instances("a", [run.run_id])[run.run_id]
    assert failure_words(found) == "load failed: exit 1"
    assert failure_words([*found, *found]) == "load failed: exit 1; so did 1 more"
    assert failure_words([]) == ""


def test_a_list_is_asked_by_words_state_tag_and_owner(runs: MemoryRuns) -> None:
    runs.add_dag(dag("billing", owner="finance", tags=("sync",), description="Invoices"), is_paused=True)
    runs.add_dag(dag("crm"))
    rows = rows_of(runs)
    for asked, wanted in [
        (Asked(), ["billing", "crm"]),
        (Asked("INVOICES load"), ["billing"]),
        (Asked("invoices crm"), []),
        (Asked(standing="paused"), ["billing"]),
        (Asked(standing="none"), ["crm"]),
        (Asked(tag="sync"), ["billing"]),
        (Asked(owner="finance"), ["billing"]),
    ]:
        assert [row.dag_id for row in rows if asked.matches(row)] == wanted, asked


def test_a_paused_dag_counts_as_that_and_as_what_became_of_it(runs: MemoryRuns) -> None:
    runs.add_dag(dag("a"), is_paused=True)
    runs.add_run("a", NOW - timedelta(hours=3), "failed")
    counts = counts_of(rows_of(runs))
    assert (counts["paused"], counts["failed"]) == (1, 1)
