from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from mainstem.manifest import CronSchedule, Dag, Task
from mainstem.orchestrate.decisions import manual_run, next_tick, scheduled_runs, ticks_ahead

TASKS = (Task("a", ("true",), retries=2), Task("b", ("true",), depends_on=("a",)))
NIGHTLY = Dag("nightly", TASKS, schedule=CronSchedule("0 7 * * *"), max_active_runs=16)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


SEEN = at("2026-11-20T12:00")
NOW = at("2026-11-23T13:53")
START = at("2026-11-10T00:00")


def due(dag: Dag, last: datetime | None, since: datetime = SEEN, now: datetime = NOW) -> list[str]:
    return [f"{added.run.logical_date:%d %H:%M}" for added in scheduled_runs(dag, [], last, since, now, "m")]


def test_catch_up_makes_a_run_for_every_tick_since_the_start_date() -> None:
    dag = replace(NIGHTLY, catchup=True, start_date=at("2026-11-20T07:00"))
    assert due(dag, None) == ["20 07:00", "21 07:00", "22 07:00", "23 07:00"]
    assert due(dag, at("2026-11-21T07:00")) == ["22 07:00", "23 07:00"]


def test_without_catch_up_only_the_newest_missed_tick_is_run() -> None:
    dag = replace(NIGHTLY, start_date=START)
    assert due(dag, None) == ["23 07:00"]
    assert due(dag, at("2026-11-20T07:00")) == ["23 07:00"]
    assert due(dag, at("2026-11-23T07:00")) == []


def test_a_start_date_that_lies_ahead_is_waited_for() -> None:
    dag = replace(NIGHTLY, start_date=at("2026-11-30T00:00"))
    assert due(dag, None) == []
    assert next_tick(dag, None, SEEN, NOW) == at("2026-11-30T07:00")


def test_no_tick_after_the_end_date_is_run() -> None:
    dag = replace(NIGHTLY, start_date=START, end_date=at("2026-11-22T07:00"), catchup=True)
    assert due(dag, at("2026-11-21T07:00")) == ["22 07:00"]
    assert next_tick(dag, at("2026-11-22T07:00"), SEEN, NOW) is None


def test_a_dag_without_start_date_begins_at_the_first_tick_since_it_was_seen() -> None:
    dag = replace(NIGHTLY, catchup=True)
    assert due(dag, None, since=at("2026-11-21T23:00")) == ["22 07:00", "23 07:00"]


@pytest.mark.parametrize(
    ("seen", "first"),
    [
        ("2026-11-23T07:00", "23 07:00"),
        ("2026-11-23T09:24", "23 07:00"),  # a tenth of a day after the tick
        ("2026-11-23T09:25", "24 07:00"),
        ("2026-11-23T06:59", "23 07:00"),
    ],
)
def test_a_dag_seen_just_after_a_tick_runs_that_tick(seen: str, first: str) -> None:
    tick = next_tick(NIGHTLY, None, at(seen), at(seen))
    assert f"{tick:%d %H:%M}" == first


def test_just_after_is_five_minutes_at_least() -> None:
    dag = replace(NIGHTLY, schedule=CronSchedule("*/10 * * * *"))
    assert next_tick(dag, None, at("2026-11-23T07:05"), at("2026-11-23T07:05")) == at("2026-11-23T07:00")
    assert next_tick(dag, None, at("2026-11-23T07:06"), at("2026-11-23T07:06")) == at("2026-11-23T07:10")


def test_a_tick_since_it_was_seen_is_not_lost_to_a_runner_that_was_away() -> None:
    assert due(NIGHTLY, None, since=at("2026-11-23T06:00"), now=at("2026-11-23T20:00")) == ["23 07:00"]


def test_no_more_runs_are_made_than_may_be_active() -> None:
    dag = replace(NIGHTLY, catchup=True, start_date=START, max_active_runs=3)
    first = [added.run for added in scheduled_runs(dag, [], None, SEEN, NOW, "m")]
    assert [run.logical_date.day for run in first if run.logical_date] == [10, 11, 12]
    assert scheduled_runs(dag, first, first[-1].logical_date, SEEN, NOW, "m") == ()
    over = [replace(first[0], state="failed"), *first[1:]]
    (added,) = scheduled_runs(dag, over, first[-1].logical_date, SEEN, NOW, "m")
    assert added.run.logical_date == at("2026-11-13T07:00")


def test_backfills_take_no_place_of_scheduled_runs() -> None:
    dag = replace(NIGHTLY, start_date=START, max_active_runs=1)
    backfill = replace(manual_run(dag, NOW, "m", "ada").run, run_type="backfill", state="running")
    assert len(scheduled_runs(dag, [backfill], None, SEEN, NOW, "m")) == 1


def test_a_scheduled_run_is_named_by_its_tick() -> None:
    (added,) = scheduled_runs(replace(NIGHTLY, start_date=START), [], None, SEEN, NOW, "m1")
    run, tick = added.run, at("2026-11-23T07:00")
    assert run.run_id == "scheduled__2026-11-23T07:00:00+00:00"
    assert run.logical_date == run.data_interval_start == run.data_interval_end == tick
    assert (run.run_type, run.state, run.queued_at, run.manifest) == ("scheduled", "queued", NOW, "m1")
    assert [(one.task_id, one.state, one.try_number, one.max_tries) for one in added.instances] == [
        ("a", None, 0, 3),
        ("b", None, 0, 1),
    ]


def test_a_run_by_hand_is_named_by_its_moment() -> None:
    moment = NOW + timedelta(microseconds=42)
    run = manual_run(NIGHTLY, moment, "m", "ada").run
    assert run.run_id == "manual__2026-11-23T13:53:00.000042+00:00"
    assert (run.run_type, run.triggered_by, run.logical_date) == ("manual", "ada", moment)


def test_a_dag_without_ticks_has_no_next_run() -> None:
    by_hand = replace(NIGHTLY, schedule=None)
    never = replace(NIGHTLY, schedule=CronSchedule("0 0 30 2 *"))
    for dag in (by_hand, never):
        assert next_tick(dag, None, SEEN, NOW) is None
        assert ticks_ahead(dag, None, SEEN, NOW, 3) == []
        assert scheduled_runs(dag, [], None, SEEN, NOW, "m") == ()


def test_the_next_ticks_are_told_up_to_the_end_date() -> None:
    dag = replace(NIGHTLY, start_date=START, end_date=at("2026-11-25T12:00"))
    found = ticks_ahead(dag, at("2026-11-23T07:00"), SEEN, NOW, 5)
    assert [tick.day for tick in found] == [24, 25]
