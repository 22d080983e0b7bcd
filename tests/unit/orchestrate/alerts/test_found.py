from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from mainstem.cli.runs import command as runs_command
from mainstem.manifest import TaskInstance
from mainstem.orchestrate.alerts import KINDS, AlertSettings, Sight, found
from mainstem.store.runs import Alert
from mainstem.testing.sights import (
    NIGHTLY,
    NOW,
    POINTERS,
    active_run,
    ended_run,
    ended_try,
    known,
    runner,
    sight,
)

ALL = AlertSettings(on=KINDS)
OVER = AlertSettings(on=("recovery", "overdue"))
HOUR = timedelta(hours=1)


def told(seen: Sight, settings: AlertSettings = ALL) -> list[Alert]:
    return list(found(seen, settings, POINTERS))


def titles(seen: Sight, settings: AlertSettings = ALL) -> list[str]:
    return [one.title for one in told(seen, settings)]


def test_when_all_is_well_nobody_is_told() -> None:
    assert told(sight(runs=(ended_run(),), active=(active_run(),))) == []


def test_a_failure_says_what_where_and_why() -> None:
    (one,) = told(sight(tries=(ended_try(try_number=2),)))
    assert (one.kind, one.title) == ("failure", "nightly.build failed")
    assert one.body.splitlines() == [
        "exit 3 · try 2 of 2 · r1",
        "https://mainstem.example.org/dags/nightly/runs/r1/tasks/build",
        "mainstem runs log nightly build --run r1 --try 2",
        "> last line",
    ]


def test_the_command_of_a_failure_is_one_that_runs() -> None:
    (one,) = told(sight(tries=(ended_try(try_number=2),)))
    program, group, name, *arguments = shlex.split(one.body.splitlines()[2])
    assert (program, group) == ("mainstem", "runs")
    known = runs_command.commands[name].make_context(name, arguments).params
    assert {key: known[key] for key in ("dag_id", "task_id", "run_id", "try_number")} == {
        "dag_id": "nightly",
        "task_id": "build",
        "run_id": "r1",
        "try_number": 2,
    }


def test_a_retry_is_told_only_when_asked() -> None:
    seen = sight(tries=(ended_try(state="up_for_retry"),))
    assert titles(seen) == ["nightly.build failed, is tried again"]
    assert titles(seen, AlertSettings()) == []


def test_each_try_is_told_of_once() -> None:
    first, again = (told(sight(tries=(ended_try(try_number=number),)))[0].key for number in (1, 2))
    assert first != again
    assert (
        told(sight(tries=(ended_try(),)))[0].key == told(sight(tries=(ended_try(),), now=NOW + HOUR))[0].key
    )


def test_the_first_success_after_failures_is_told() -> None:
    well = ended_run(before="failed", failed_since=NOW - 26 * HOUR, failures=3)
    assert titles(sight(runs=(well,))) == ["nightly is well again, after 3 failed runs in 1d2h"]


def test_failures_that_nobody_was_told_of_need_no_all_clear() -> None:
    well = ended_run(before="failed", failed_since=NOW - 26 * HOUR, failures=3)
    assert titles(sight(runs=(well,), watching_since=NOW - HOUR)) == []


def test_a_run_that_was_too_long_is_told() -> None:
    dags = {"nightly": known(replace(NIGHTLY, dagrun_timeout=5400))}
    seen = sight(dags=dags, runs=(ended_run("failed"),), timed_out=frozenset({("nightly", "r1")}))
    assert titles(seen) == ["nightly was ended: its run timed out after 1h30m"]


def test_a_missed_sla_is_told_while_the_run_goes_on_and_once() -> None:
    late = active_run(queued_at=NOW - timedelta(minutes=61))
    (going,) = told(sight(active=(late,)))
    assert going.title == "nightly missed its SLA of 1h"
    assert going.body.splitlines()[0] == "r1 still goes on, 1h1m after it was queued"
    over = ended_run(queued_at=late.queued_at, end_date=NOW)
    (ended,) = told(sight(runs=(over,)))
    assert ended.key == going.key


def test_an_sla_that_was_kept_is_not_missed_afterwards() -> None:
    over = ended_run(queued_at=NOW - 5 * HOUR, end_date=NOW - 5 * HOUR + timedelta(minutes=59))
    assert told(sight(runs=(over,))) == []


def overdue(last: str, now: str, **changes: object) -> list[Alert]:
    dags = {"nightly": known(last_tick=datetime.fromisoformat(f"{last}+00:00"))}
    moment = datetime.fromisoformat(f"{now}+00:00")
    values = {"dags": dags, "now": moment, "runners": (runner(moment),)} | changes
    return told(sight(**values))


def test_a_tick_without_a_run_is_told_after_some_patience() -> None:
    assert overdue("2026-11-22T03:00", "2026-11-23T03:15") == []
    (one,) = overdue("2026-11-22T03:00", "2026-11-23T03:16")
    assert one.title == "nightly did not run"
    assert "no run for 2026-11-23T03:00:00+00:00, 16m ago: nothing is in its way" in one.body


def test_a_dag_that_goes_on_missing_its_ticks_is_told_of_once() -> None:
    keys = {overdue("2026-11-19T03:00", f"2026-11-{day}T09:00")[0].key for day in (20, 21, 23)}
    assert keys == {"overdue:nightly:2026-11-20T03:00:00+00:00"}


def test_what_is_in_the_way_of_a_tick_is_told() -> None:
    (one,) = overdue("2026-11-22T03:00", "2026-11-23T03:16", active=(active_run(),))
    assert "r1 is running, and 1 may be active" in one.body


def test_a_tick_from_before_a_dag_was_unpaused_is_waited_for_from_then_on() -> None:
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    late = known(last_tick=datetime(2026, 11, 20, 3, tzinfo=UTC))
    for minutes, count in [(5, 0), (20, 1)]:
        unpaused = type(late)(late.dag, False, now - timedelta(minutes=minutes), late.last_tick)
        seen = sight(now=now, dags={"nightly": unpaused}, runners=(runner(now),))
        assert len(told(seen)) == count


def test_a_run_that_does_not_begin_is_told() -> None:
    assert titles(sight(active=(active_run("queued", NOW - timedelta(minutes=61)),))) == [
        "nightly missed its SLA of 1h",
        "a run of nightly does not begin",
    ]
    assert titles(sight(active=(active_run("queued", NOW - timedelta(minutes=59)),))) == []


def test_a_task_that_has_its_place_and_does_not_begin_is_told() -> None:
    task = TaskInstance("nightly", "r1", "build", "queued", 1, 1, queued_at=NOW - 2 * HOUR)
    assert titles(sight(waiting=(task,))) == ["nightly.build does not begin"]


def test_a_paused_dag_with_a_schedule_is_told_of_every_week() -> None:
    def at(days: float) -> list[Alert]:
        now = known().since + timedelta(days=days)
        seen = sight(now=now, dags={"nightly": known(is_paused=True)}, runners=(runner(now),))
        return told(seen)

    assert at(6.9) == []
    assert at(7.1)[0].title == "nightly is paused and has not run for 7d2h"
    assert at(7.1)[0].key == at(13.9)[0].key != at(14.1)[0].key


def test_a_paused_dag_is_not_overdue_and_one_without_schedule_may_stay_paused() -> None:
    paused = known(is_paused=True, last_tick=datetime(2026, 11, 22, 3, tzinfo=UTC))
    settings = AlertSettings(on=("overdue",))
    assert told(sight(dags={"nightly": paused}), settings) == []
    by_hand = known(replace(NIGHTLY, schedule=None), is_paused=True)
    assert told(sight(dags={"nightly": by_hand})) == []


@pytest.mark.parametrize(
    ("runners", "words"),
    [
        ((), "no runner has ever worked here"),
        ((runner(NOW - timedelta(minutes=3)),), "it was last heard of 3m ago"),
        ((runner(NOW - 9 * HOUR, ended_at=NOW - 5 * HOUR),), "it was last heard of 5h ago"),
    ],
)
def test_a_runner_that_is_not_heard_of_is_told(runners: tuple[object, ...], words: str) -> None:
    (one,) = told(sight(runners=runners), AlertSettings(on=("runner",)))
    assert one.title == "the runner is not heard of: nothing is run"
    assert words in one.body


def test_a_silent_runner_is_told_of_once_and_anew_after_it_worked() -> None:
    def key(heartbeat: datetime, now: datetime) -> str:
        (one,) = told(sight(now=now, runners=(runner(heartbeat),)), AlertSettings(on=("runner",)))
        return one.key

    assert key(NOW, NOW + HOUR) == key(NOW, NOW + 2 * HOUR) != key(NOW + HOUR, NOW + 2 * HOUR)


def test_where_nothing_is_to_run_no_runner_is_missed() -> None:
    paused = sight(dags={"nightly": known(is_paused=True)}, runners=())
    assert told(paused, AlertSettings(on=("runner",))) == []


def test_where_airflow_runs_the_dags_nothing_is_told_of_what_a_runner_does_not_do() -> None:
    left = {
        "dags": {"nightly": known(last_tick=NOW - 50 * HOUR)},
        "active": (active_run(queued_at=NOW - 50 * HOUR, state="queued"),),
        "runners": (runner(NOW - 50 * HOUR),),
    }
    assert {one.kind for one in told(sight(**left))} == {"sla", "overdue", "stuck", "runner"}
    assert told(sight(**left, is_run_here=False)) == []
    (old,) = told(sight(**left, is_run_here=False), AlertSettings(assets={"lake/shop/orders": "26h"}))
    assert old.kind == "asset"


def test_an_asset_that_grows_old_is_told() -> None:
    settings = AlertSettings(assets={"lake/shop/orders": "26h"})
    assert titles(sight(assets={"lake/shop/orders": NOW - 25 * HOUR}), settings) == []
    (old,) = told(sight(assets={"lake/shop/orders": NOW - 27 * HOUR}), settings)
    assert old.title == "lake/shop/orders is older than 26h"
    assert old.body.startswith("it was last new 1d3h ago")
    (never,) = told(sight(), settings)
    assert never.body.startswith("it never was new")


def test_a_manifest_that_cannot_be_read_is_told() -> None:
    (one,) = told(sight(manifest_problem="dags/hello.yml:3: no task extrct"))
    assert one.title == "the manifest cannot be read: changes to what is run do not count"
    assert "dags/hello.yml:3: no task extrct" in one.body


def test_a_place_that_nobody_can_be_told_at_is_told() -> None:
    (one,) = told(sight(broken_targets={"team": "environment variable CHAT is not set"}))
    assert one.title == "alerts reach nobody at team"


def test_what_nobody_wants_to_know_is_not_even_kept() -> None:
    assert titles(sight(tries=(ended_try(),)), AlertSettings(on=("sla",))) == []


def standing(kind: str, dag_id: str = "") -> Alert:
    return Alert(f"{kind}:{dag_id}:x", NOW - HOUR, kind, dag_id, f"the {kind} of before", "")


def test_what_is_over_is_told_as_a_recovery() -> None:
    before = (standing("runner"), standing("overdue", "nightly"), standing("manifest"))
    all_clear = told(sight(standing=before))
    assert {one.kind for one in all_clear} == {"recovery"}
    assert [(one.key, one.title) for one in all_clear] == [
        ("over:runner::x", "the runner is heard of again"),
        ("over:overdue:nightly:x", "nightly is on time again: no tick waits for its run"),
        ("over:manifest::x", "the manifest can be read again: changes to what is run count"),
    ]
    assert all_clear[0].body.splitlines()[0] == "1h after it was told: the runner of before"


def test_what_still_goes_on_gets_no_all_clear() -> None:
    late = known(last_tick=datetime(2026, 11, 22, 3, tzinfo=UTC))
    before = (standing("runner"), standing("overdue", "nightly"), standing("manifest"))
    seen = sight(standing=before, dags={"nightly": late}, runners=(), manifest_problem="x.yml:3: no")
    assert {one.kind for one in told(seen)} == {"runner", "overdue", "manifest"}


@pytest.mark.parametrize("runners", [(), (runner(NOW, ended_at=NOW),)])
def test_a_runner_that_nothing_needs_any_more_is_not_well_again(runners: tuple[object, ...]) -> None:
    idle = sight(standing=(standing("runner"),), dags={}, runners=runners)
    assert told(idle) == []


def test_an_overdue_dag_that_was_paused_or_left_is_waited_for_no_more() -> None:
    before = (standing("overdue", "nightly"),)
    assert titles(sight(standing=before, dags={"nightly": known(is_paused=True)}), OVER) == [
        "nightly is not waited for any more: it was paused"
    ]
    assert titles(sight(standing=before, dags={}), OVER) == [
        "nightly is not waited for any more: it left the manifest"
    ]


def test_runs_of_a_dag_that_left_the_manifest_are_told_of() -> None:
    (one,) = told(sight(dags={}, active=(active_run(queued_at=NOW - 2 * HOUR),)))
    assert (one.kind, one.title) == (
        "stuck",
        "a run of nightly does not go on: the DAG left the manifest",
    )
    assert "mainstem runs mark nightly failed --run r1" in one.body
    assert told(sight(dags={}, active=(active_run(),))) == []


def test_a_run_that_was_set_aside_is_told_as_a_failure() -> None:
    (one,) = told(sight(runs=(ended_run("failed"),), set_aside=frozenset({("nightly", "r1")})))
    assert one.kind == "failure"
    assert one.title == "a run of nightly was set aside and failed: its records contradict themselves"
