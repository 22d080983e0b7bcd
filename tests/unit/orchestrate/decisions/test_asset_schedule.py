from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from mainstem.manifest import AssetSchedule, CronSchedule, Dag, Task
from mainstem.orchestrate.decisions import AddRun, asset_run

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
ALL = Dag("marts", (Task("build", ("true",)),), schedule=AssetSchedule(("lake/a", "lake/b")))
ANY = replace(ALL, schedule=AssetSchedule(("lake/a", "lake/b"), "any"))


@dataclass(frozen=True)
class Waiting:
    asset: str
    event_id: int = 1
    queued_at: datetime = NOW - timedelta(minutes=1)


def run(dag: Dag, *waiting: Waiting) -> AddRun | None:
    return asset_run(dag, waiting, [], NOW, "m")


def test_all_waits_for_each_of_its_assets() -> None:
    assert run(ALL, Waiting("lake/a")) is None
    assert run(ALL, Waiting("lake/a"), Waiting("lake/b")) is not None


def test_any_is_due_by_one() -> None:
    assert run(ANY) is None
    added = run(ANY, Waiting("lake/b"))
    assert added is not None
    assert added.consumed == ("lake/b",)


def test_assets_of_others_do_not_count() -> None:
    assert run(ANY, Waiting("lake/c")) is None
    added = run(ANY, Waiting("lake/c"), Waiting("lake/a"))
    assert added is not None
    assert added.consumed == ("lake/a",)


def test_one_run_is_for_all_that_waits() -> None:
    newest = NOW - timedelta(seconds=5)
    added = run(ANY, Waiting("lake/a"), Waiting("lake/b", 2, newest))
    assert added is not None
    assert (added.consumed, added.consumed_until) == (("lake/a", "lake/b"), newest)
    assert added.run.run_id.startswith("asset_triggered__2026-11-23T06:59:55+00:00_")
    assert (added.run.logical_date, added.run.data_interval_start, added.run.run_type) == (
        None,
        None,
        "asset_triggered",
    )


def test_two_who_look_at_once_name_the_same_run() -> None:
    first = run(ALL, Waiting("lake/a"), Waiting("lake/b", 2))
    second = run(ALL, Waiting("lake/b", 2), Waiting("lake/a"))
    other = run(ALL, Waiting("lake/a", 3), Waiting("lake/b", 2))
    assert first is not None
    assert second is not None
    assert other is not None
    assert first.run.run_id == second.run.run_id != other.run.run_id


def test_assets_wait_while_there_is_no_room_for_a_run() -> None:
    added = run(ANY, Waiting("lake/a"))
    assert added is not None
    assert asset_run(ANY, [Waiting("lake/b", 2)], [added.run], NOW, "m") is None
    over = replace(added.run, state="success")
    assert asset_run(ANY, [Waiting("lake/b", 2)], [over], NOW, "m") is not None


def test_a_dag_with_ticks_is_not_due_by_assets() -> None:
    assert run(replace(ALL, schedule=CronSchedule("@daily")), Waiting("lake/a")) is None
