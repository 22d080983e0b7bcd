from __future__ import annotations

from mainstem.manifest import Dag, Task
from mainstem.manifest.derive import with_data_dependencies


def test_who_reads_what_another_makes_comes_after_it() -> None:
    dag = Dag(
        "d",
        (
            Task("publish", ("p",), inlets=("models/b",), depends_on=("check",)),
            Task("check", ("c",)),
            Task("build", ("b",), inlets=("lake/a",), outlets=("models/b",)),
        ),
    )
    assert [task.depends_on for task in with_data_dependencies(dag).tasks] == [("check", "build"), (), ()]


def test_a_dependency_by_hand_and_by_data_is_one() -> None:
    dag = Dag("d", (Task("a", ("a",), outlets=("x",)), Task("b", ("b",), inlets=("x",), depends_on=("a",))))
    assert with_data_dependencies(dag) == dag


def test_a_task_that_reads_what_it_makes_waits_for_nobody() -> None:
    dag = Dag("d", (Task("a", ("a",), inlets=("x",), outlets=("x",)),))
    assert with_data_dependencies(dag) == dag
