from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from mainstem.manifest import Dag, DagRun, Task
from mainstem.orchestrate.decisions import manual_run, start_runs

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
DAG = Dag("d", (Task("t", ()),), max_active_runs=2)


def queued(day: int, *, backfill: bool = False) -> DagRun:
    run = manual_run(DAG, datetime(2026, 11, day, tzinfo=UTC), "m", "ada").run
    return replace(run, run_type="backfill") if backfill else run


def begun(runs: list[DagRun], backfill_runs: dict[str, int] | None = None) -> list[tuple[int, str]]:
    steps = start_runs({"d": DAG}, runs, NOW, backfill_runs)
    return [(step.after.logical_date.day, step.after.run_type) for step in steps if step.after.logical_date]


def test_the_oldest_begin_first_and_no_more_than_may_be_active() -> None:
    assert begun([queued(3), queued(1), queued(2)]) == [(1, "manual"), (2, "manual")]
    assert begun([replace(queued(9), state="running"), queued(3), queued(1)]) == [(1, "manual")]


def test_backfills_are_counted_apart_and_begin_after_the_others() -> None:
    runs = [queued(1, backfill=True), queued(2, backfill=True), queued(3), queued(4), queued(5)]
    assert begun(runs, {"d": 1}) == [(3, "manual"), (4, "manual"), (1, "backfill")]


def test_ten_runs_of_a_backfill_go_at_once_where_nobody_said() -> None:
    assert len(begun([queued(day, backfill=True) for day in range(1, 15)])) == 10


def test_a_run_that_begins_has_a_start_and_no_end() -> None:
    (step,) = start_runs({"d": DAG}, [queued(1)], NOW)
    assert (step.after.state, step.after.start_date, step.after.end_date) == ("running", NOW, None)


def test_a_run_whose_date_lies_ahead_waits_for_it() -> None:
    ahead = replace(queued(1), logical_date=NOW + timedelta(hours=1))
    assert start_runs({"d": DAG}, [ahead], NOW) == ()


def test_a_run_of_a_dag_that_is_gone_stays_queued() -> None:
    assert start_runs({}, [queued(1)], NOW) == ()
