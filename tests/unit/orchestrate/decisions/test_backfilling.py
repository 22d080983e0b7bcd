from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from mainstem.errors import UsageError
from mainstem.manifest import AssetSchedule, CronSchedule, Dag, DagRun, Task, TaskInstance
from mainstem.orchestrate.decisions import (
    AddRun,
    ChangeRun,
    ChangeTask,
    Reprocess,
    backfill,
    manual_run,
    plan_backfill,
)

if TYPE_CHECKING:
    from mainstem.manifest import DagRunState

DAG = Dag("d", (Task("t", (), retries=1),), schedule=CronSchedule("0 7 * * *"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


NOW = at("2026-11-23T13:00")


def a_run(day: int, state: DagRunState) -> DagRun:
    tick = at(f"2026-11-{day}T07:00")
    return replace(manual_run(DAG, tick, "m", "x").run, state=state, run_type="scheduled", end_date=tick)


RUNS = [a_run(20, "success"), a_run(21, "failed"), a_run(22, "running")]


def planned(reprocess: Reprocess = "none", *, backward: bool = False) -> list[tuple[int, str]]:
    ticks = plan_backfill(
        DAG, RUNS, at("2026-11-19T00:00"), at("2026-11-30T00:00"), NOW, reprocess=reprocess, backward=backward
    )
    return [(tick.logical_date.day, tick.action) for tick in ticks]


def test_every_tick_without_a_run_gets_one_up_to_now() -> None:
    assert planned() == [(19, "create"), (20, "exists"), (21, "exists"), (22, "in_flight"), (23, "create")]


def test_runs_that_failed_are_cleared_when_asked() -> None:
    assert planned("failed")[1:4] == [(20, "exists"), (21, "clear"), (22, "in_flight")]


def test_runs_that_are_over_are_cleared_when_asked_and_none_that_runs() -> None:
    assert planned("completed")[1:4] == [(20, "clear"), (21, "clear"), (22, "in_flight")]


def test_backward_is_newest_first() -> None:
    assert [day for day, _ in planned(backward=True)] == [23, 22, 21, 20, 19]


def test_a_plan_is_carried_out_as_backfill_runs() -> None:
    ticks = plan_backfill(DAG, RUNS, at("2026-11-19T00:00"), NOW, NOW, reprocess="failed")
    held = {RUNS[1].run_id: [TaskInstance("d", RUNS[1].run_id, "t", "failed", 2, 2)]}
    first, change, again, last = backfill(DAG, ticks, held, NOW, "m2", "ada")
    assert isinstance(first, AddRun)
    assert isinstance(change, ChangeTask)
    assert isinstance(again, ChangeRun)
    assert isinstance(last, AddRun)
    assert first.run.run_id == "backfill__2026-11-19T07:00:00+00:00"
    assert (first.run.run_type, first.run.triggered_by, first.run.manifest) == ("backfill", "ada", "m2")
    assert (change.after.state, change.after.max_tries) == (None, 4)
    assert (again.after.run_id, again.after.run_type, again.after.state) == (
        RUNS[1].run_id,
        "backfill",
        "queued",
    )


def test_one_backfill_of_a_dag_at_a_time() -> None:
    under_way = replace(a_run(20, "queued"), run_type="backfill")
    with pytest.raises(UsageError, match="a backfill of d is under way"):
        plan_backfill(DAG, [under_way], at("2026-11-01T00:00"), NOW, NOW)


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [
        ("2026-11-20T00:00", "2026-11-19T00:00", "ends before it begins"),
        ("2026-11-24T00:00", "2026-11-25T00:00", "lies ahead"),
        ("2026-11-20T08:00", "2026-11-20T09:00", "no tick of d .0 7 . . ., UTC. lies between"),
    ],
)
def test_a_range_with_nothing_to_fill_is_told_of(begin: str, end: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        plan_backfill(DAG, [], at(begin), at(end), NOW)


def test_a_dag_without_ticks_cannot_be_filled() -> None:
    for schedule in (None, AssetSchedule(("a",))):
        with pytest.raises(UsageError, match="no cron schedule"):
            plan_backfill(replace(DAG, schedule=schedule), [], at("2026-11-01T00:00"), NOW, NOW)
