from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from mainstem.manifest import CronSchedule, Dag, Task
from mainstem.orchestrate.decisions import in_the_way, manual_run, missed_tick, over_sla

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAG = Dag("d", (Task("t", ("true",)),), schedule=CronSchedule("@hourly"), sla=3600.0)
LONG_AGO = NOW - timedelta(days=9)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{clock}+00:00")


def test_the_first_tick_without_a_run_is_missed_though_a_later_one_will_be_run() -> None:
    assert missed_tick(DAG, at("03:00"), LONG_AGO, NOW) == at("04:00")
    assert missed_tick(replace(DAG, catchup=True), at("03:00"), LONG_AGO, NOW) == at("04:00")


def test_nothing_is_missed_before_it_is_due_nor_after_the_end() -> None:
    assert missed_tick(DAG, at("07:00"), LONG_AGO, NOW) is None
    assert missed_tick(replace(DAG, end_date=at("06:30")), at("05:00"), LONG_AGO, NOW) is None
    assert missed_tick(replace(DAG, schedule=None), None, LONG_AGO, NOW) is None


def test_what_passed_while_a_dag_was_paused_or_before_it_starts_is_not_missed() -> None:
    assert missed_tick(DAG, at("03:00"), at("05:30"), NOW) == at("06:00")
    assert missed_tick(replace(DAG, start_date=at("06:30")), None, LONG_AGO, NOW) == at("07:00")


def test_only_runs_that_take_a_scheduled_runs_place_are_in_its_way() -> None:
    run = manual_run(DAG, NOW, "m", "ada").run
    assert in_the_way(DAG, [run]) == [run]
    assert in_the_way(replace(DAG, max_active_runs=2), [run]) == []
    assert in_the_way(DAG, [replace(run, run_type="backfill"), replace(run, state="failed")]) == []


def test_a_run_is_over_its_sla_from_the_moment_after_it() -> None:
    assert over_sla(DAG, NOW - HOUR, NOW) == timedelta()
    assert over_sla(DAG, NOW - HOUR, NOW + HOUR) == HOUR
    assert over_sla(replace(DAG, sla=None), LONG_AGO, NOW) == timedelta()
