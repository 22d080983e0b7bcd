"""Runs of activations as tables of the warehouse, and how long records keep them."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.activate import Op
from mainstem.activate.history import copy_activation
from mainstem.store import Database
from mainstem.store.migrate import upgrade
from mainstem.testing.activation_scene import ActivationScene
from mainstem.testing.memory_destination import Died
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.config import PostgresAddress


@pytest.fixture
def scene(catalog: PostgresAddress) -> Iterator[ActivationScene]:
    upgrade(catalog)
    with closing(Database(catalog, name="test", largest=4)) as database:
        yield ActivationScene(database)


@pytest.fixture
def warehouse() -> Iterator[MemoryWarehouse]:
    with closing(MemoryWarehouse()) as made:
        yield made


def copied(scene: ActivationScene, warehouse: MemoryWarehouse) -> int:
    return copy_activation("usage", scene.plans, scene.runs, warehouse)


def rows(warehouse: MemoryWarehouse, sql: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = warehouse.query(sql).to_pylist()
    return found


def test_a_run_and_every_row_of_it_are_copied_once(
    scene: ActivationScene, warehouse: MemoryWarehouse
) -> None:
    for key in "ab":
        scene.account(key)
        scene.row(key, users=5)
    scene.sync()
    assert copied(scene, warehouse) == 3
    assert copied(scene, warehouse) == 0
    scene.row("b", users=6)
    scene.sync()
    assert copied(scene, warehouse) == 2
    runs = rows(warehouse, "SELECT * FROM activations.runs ORDER BY id")
    assert [(one["activation"], one["object"], one["state"], one["written_rows"]) for one in runs] == [
        ("usage", "Account", "success", 2),
        ("usage", "Account", "success", 1),
    ]
    assert runs[0]["as_of"]
    log = rows(warehouse, "SELECT run_id, row_key, op, state, payload FROM activations.row_log ORDER BY id")
    assert [(one["run_id"], one["row_key"], one["state"]) for one in log] == [
        (runs[0]["id"], "a", "written"),
        (runs[0]["id"], "b", "written"),
        (runs[1]["id"], "b", "written"),
    ]
    assert all(len(one["payload"]) == 64 for one in log)


def test_rows_of_a_run_that_died_are_copied_when_they_are_settled(
    scene: ActivationScene, warehouse: MemoryWarehouse
) -> None:
    scene.account("a")
    scene.row("a", users=5)
    plan = scene.plan()

    def die(what: str) -> None:
        if what == "written":
            raise Died

    scene.between = die
    with pytest.raises(Died):
        scene.apply(plan)
    scene.between = lambda what: None
    assert copied(scene, warehouse) == 0
    scene.sync()
    copied(scene, warehouse)
    assert copied(scene, warehouse) == 0
    runs = rows(warehouse, "SELECT state FROM activations.runs ORDER BY id")
    assert [one["state"] for one in runs] == ["broken_off", "success"]
    log = rows(warehouse, "SELECT row_key, op, state FROM activations.row_log")
    assert log == [{"row_key": "a", "op": Op.UPDATE.value, "state": "written"}]


def test_records_forget_rows_of_plans_before_plans_and_keep_the_newest_of_each(
    scene: ActivationScene,
) -> None:
    scene.account("a")
    scene.row("a", users=5)
    first = scene.sync()
    scene.row("a", users=6)
    scene.later(days=1)
    second = scene.sync()
    later = scene.later(days=30)
    assert scene.plans.prune_rows(later - timedelta(days=60)) == 0
    assert scene.plans.prune_rows(later) == 1
    assert scene.plans.rows(first.plan_id) == []
    assert scene.plans.find(first.plan_id) is not None
    assert scene.plans.prune(later) == 1
    assert scene.plans.find(first.plan_id) is None
    assert [one.id for one in scene.runs.newest("usage", 9)] == [second.run_id]
    assert scene.plans.rows(second.plan_id)


def test_a_plan_with_a_batch_that_is_not_settled_is_not_forgotten(scene: ActivationScene) -> None:
    scene.row("a", users=5)
    plan = scene.plan()
    scene.plan()
    run = scene.runs.begin(plan.id, "usage", scene.clock.now(), "ada", ())
    batch = scene.runs.send(run, plan.id, "update", [], scene.clock.now())
    scene.plans.set_state(plan.id, "partial")
    later = scene.later(days=30)
    assert scene.plans.prune(later) == 0
    scene.runs.settle(run, plan.id, "usage", batch, [], later)
    assert scene.plans.prune(later) == 1
