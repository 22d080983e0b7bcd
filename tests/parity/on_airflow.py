"""A manifest run by real Airflow with the real KubernetesPodOperator, against the pods API of the tests."""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.manifest import dump
from mainstem.testing.messengers import WebhookReceiver, webhook_receiver
from mainstem.testing.pods import Cluster, Faults, Image, PodsApi, pods_api
from tests.parity.airflow import REPOSITORY, Airflow, running_airflow
from tests.parity.reports import RunReport, Span, TaskReport, alert, said
from tests.parity.twelve import ADDRESS, IMAGE, SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.manifest import Manifest

RUN = "one"
ENDED = ("success", "failed")
_EXIT = re.compile(r"\[mainstem\] exit (\d+)")
_DAGS = """
from mainstem_airflow import build_dags

globals().update(build_dags(
    "manifest.json",
    kubernetes_conn_id=None,
    config_file={kubeconfig!r},
    in_cluster=False,
    namespace="default",
    termination_grace=1,
    poll_interval=1,
    deferrable={deferrable},
    alerts="people",
))
"""


def airflow_python() -> Path:
    """Of the environment that `make` installs Airflow into; MAINSTEM_AIRFLOW names another.

    Not resolved: a virtual environment is found by the link's own place.
    """
    default = REPOSITORY / ".venv-airflow" / "bin" / "python"
    python = type(REPOSITORY)(os.environ.get("MAINSTEM_AIRFLOW", default))
    if not python.exists():
        message = f"no Airflow at {python}: `make test` installs it; MAINSTEM_AIRFLOW names another python"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return python


@dataclass
class Scene:
    """Airflow, the cluster that it speaks to, and the place that its alerts go to."""

    airflow: Airflow
    api: PodsApi
    receiver: WebhookReceiver
    manifest: Manifest
    ran: list[tuple[str, str]] = field(default_factory=list)

    @property
    def cluster(self) -> Cluster:
        return self.api.cluster

    def run(self, dag_id: str, *, seconds: float = 240) -> str:
        """Trigger a DAG and wait for its end: the run's state."""
        self.airflow.trigger(dag_id, RUN)
        return self.await_run(dag_id, seconds=seconds)

    def await_run(self, dag_id: str, *, seconds: float = 240) -> str:
        """Wait for the end of a DAG's first run, whoever started it."""

        def over() -> bool:
            return any(run["state"] in ENDED for run in self.airflow.runs(dag_id))

        self.airflow.wait_until(over, f"the end of {dag_id}", seconds)
        (run,) = self.airflow.runs(dag_id)
        self.ran.append((dag_id, run["dag_run_id"]))
        return str(run["state"])

    def await_alerts(self, count: int) -> None:
        self.airflow.wait_until(lambda: len(self.receiver.posted) >= count, f"{count} alerts", 60)

    def report(self) -> RunReport:
        """Of the runs waited for."""
        states = {dag: self._run_state(dag) for dag, _ in self.ran}
        tasks = {
            f"{dag}.{task['task_id']}": self._task(dag, run, task)
            for dag, run in self.ran
            for task in self.airflow.tasks(dag, run)
        }
        told = [message for _, message in self.receiver.posted]
        return RunReport(states, tasks, tuple(sorted(alert(one["title"], one["message"]) for one in told)))

    def spans(self) -> list[Span]:
        """Of every container that ran."""
        return [
            Span(pod.task, container.started_at.timestamp(), container.exit.at.timestamp())
            for pod in self.cluster.history
            for container in pod.containers.values()
            if container.started_at and container.exit
        ]

    def _run_state(self, dag_id: str) -> str:
        (run,) = self.airflow.runs(dag_id)
        return str(run["state"])

    def _task(self, dag_id: str, run_id: str, task: dict[str, Any]) -> TaskReport:
        tries = int(task["try_number"] or 0)
        logs = [self.airflow.log(dag_id, run_id, task["task_id"], number + 1) for number in range(tries)]
        ended = self._exit_codes(dag_id, task["task_id"])
        codes = tuple(ended.get(number + 1) for number in range(tries))
        for code, log in zip(codes, logs, strict=True):
            assert _exit_code(log) in (None, code), "what is told is what was"
        return TaskReport(str(task["state"]), tries, codes, tuple(said(log) for log in logs))

    def _exit_codes(self, dag_id: str, task_id: str) -> dict[int, int | None]:
        """What each try's program truly ended with."""
        return {
            int(pod.labels["try_number"]): pod.exit_codes[0] if pod.exit_codes else None
            for pod in self.cluster.history
            if (pod.labels["dag_id"], pod.task) == (dag_id, task_id)
        }


def _exit_code(log: list[str]) -> int | None:
    found = [int(exit_[1]) for line in log if (exit_ := _EXIT.match(line))]
    return found[-1] if found else None


@contextmanager
def on_airflow(
    manifest: Manifest,
    folder: Path,
    *,
    deferrable: bool = False,
    triggerer: bool = False,
    faults: Faults | None = None,
) -> Iterator[Scene]:
    """Airflow with the manifest's DAGs and pools, ready to run them. `triggerer` tells of missed SLAs."""
    python = airflow_python()
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])  # noqa: PTH120  # not a file
    cluster = Cluster(images={IMAGE: Image(environment={"PATH": path})}, secrets=SECRETS, faults=faults)
    with ExitStack() as stack:
        api, receiver = stack.enter_context(pods_api(cluster)), stack.enter_context(webhook_receiver())
        kubeconfig = str(api.kubeconfig(folder / "kubeconfig"))
        files = {
            "manifest.json": dump(manifest).decode(),
            "dags.py": _DAGS.format(kubeconfig=kubeconfig, deferrable=deferrable),
        }
        people = {"conn_type": "generic", "password": f"json://127.0.0.1:{receiver.port}/{ADDRESS}"}
        variables = {"AIRFLOW_CONN_PEOPLE": json.dumps(people)}
        running = running_airflow(
            python, folder / "airflow", files, variables, triggerer=triggerer or deferrable
        )
        airflow = stack.enter_context(running)
        for pool in manifest.pools:
            airflow.ask("POST", "/api/v2/pools", {"name": pool.name, "slots": pool.slots})
        airflow.wait_until(lambda: _all_known(airflow, manifest), "the DAGs to be read", 60)
        yield Scene(airflow, api, receiver, manifest)


def _all_known(airflow: Airflow, manifest: Manifest) -> bool:
    errors = airflow.import_errors()
    assert not errors, errors
    return all(airflow.knows(dag.dag_id) for dag in manifest.dags)
