"""Real Airflow: its scheduler, and KubernetesPodOperator against the pods API of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.parity import dying, faulty, three
from tests.parity.expected import TWELVE
from tests.parity.on_airflow import on_airflow
from tests.parity.reports import files_with, overlapping, table
from tests.parity.twelve import ADDRESS, AFTER, CANARIES, DAG, MANIFEST, NARROW

if TYPE_CHECKING:
    from pathlib import Path

    from tests.parity.on_airflow import Scene


def overlaps(scene: Scene) -> list[tuple[str, str]]:
    """Tasks of which two containers ran at once."""
    return [(one, other) for one, other in overlapping(scene.spans()) if one == other]


@pytest.mark.journey
def test_airflow_makes_of_three_tasks_what_is_expected(tmp_path: Path) -> None:
    with on_airflow(three.MANIFEST, tmp_path) as scene:
        scene.run(three.DAG)
        scene.await_alerts(len(three.THREE.alerts))
        report = scene.report()
    assert report == three.THREE
    for secret in CANARIES:
        assert files_with(tmp_path / "airflow", secret) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("deferrable", [False, True], ids=["waiting", "deferrable"])
def test_airflow_makes_of_the_twelve_what_is_expected(tmp_path: Path, *, deferrable: bool) -> None:
    with on_airflow(MANIFEST, tmp_path, deferrable=deferrable, triggerer=True) as scene:
        scene.run(DAG)
        scene.await_run(AFTER)
        scene.await_alerts(len(TWELVE.alerts))
        report = scene.report()
        told = str(scene.receiver.posted)
    print(table({"expected": TWELVE, "airflow": report}))  # noqa: T201  # the table is what a reader wants
    assert report == TWELVE
    assert overlaps(scene) == []
    narrow = [span for span in scene.spans() if span.task in NARROW]
    assert len(narrow) == len(NARROW)
    assert overlapping(narrow) == []
    for secret in CANARIES:
        assert files_with(tmp_path / "airflow", secret) == []
        assert secret == ADDRESS or secret not in told


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_worker_that_is_killed_leaves_its_pod_to_the_next(tmp_path: Path) -> None:
    with on_airflow(dying.manifest(str(tmp_path / "go")), tmp_path) as scene:
        scene.airflow.trigger(dying.DAG, "one")
        scene.cluster.wait_until(lambda: any(pod.has_spoken for pod in scene.cluster.history), 120)
        scene.airflow.wait_until(lambda: dying.kill_worker(scene.airflow), "the worker", 30)
        scene.airflow.wait_until(
            lambda: dying.is_taken_over(scene.airflow), "the second try to find the pod", 120
        )
        (tmp_path / "go").touch()
        scene.await_run(dying.DAG)
        (task,) = scene.airflow.tasks(dying.DAG, "one")
        log = scene.airflow.log(dying.DAG, "one", "long", 2)
    (pod,) = scene.cluster.history
    assert pod.exit_codes == (0,)
    assert (task["state"], task["try_number"]) == ("success", 2)
    assert {"| up", "[mainstem] exit 0"} <= set(log)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("deferrable", [False, True], ids=["waiting", "deferrable"])
def test_no_fault_of_kubernetes_becomes_a_false_success(tmp_path: Path, *, deferrable: bool) -> None:
    plan = faulty.faults()
    with on_airflow(faulty.MANIFEST, tmp_path, deferrable=deferrable, faults=plan) as scene:
        scene.run(faulty.DAG, seconds=600)
        report = scene.report()
    print(table({"airflow": report}))  # noqa: T201  # the table is what a reader wants
    tasks = {name.removeprefix("faulty."): task for name, task in report.tasks.items()}
    for fault in faulty.FAULTS_MET:
        good, bad = tasks[f"{fault}.good"], tasks[f"{fault}.bad"]
        assert bad.state == "failed", fault
        assert good.state == "failed" or good.exit_codes[-1] == 0, fault
        if good.tries == 1:
            assert good.logs == (faulty.SAID,), f"no line of {fault} is lost or repeated"
        if fault in faulty.UNDONE:
            assert good.tries == 2, fault
    met = {task for task, _ in plan.struck}
    assert met | faulty.UNMET == set(tasks), "every other task met its fault"
    assert overlaps(scene) == []
