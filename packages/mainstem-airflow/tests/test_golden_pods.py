"""The pods that this provider has sent are those of the repository's golden files, which the embedded runner
is held to as well: a task that runs on one runs on the other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kubernetes.client import ApiClient
from kubernetes.client import models as k8s

from mainstem_airflow.manifest import Dag, Manifest, Task
from mainstem_airflow.operators import KubernetesOptions
from mainstem_airflow.pods import container_security, pod_security

CASES = sorted((Path(__file__).parents[3] / "tests/golden/pods/cases").glob("*.json"))
AIRFLOWS_OWN = {"affinity", "dnsPolicy", "hostNetwork", "terminationMessagePolicy"}
"""Fields that KubernetesPodOperator writes with Kubernetes' own defaults."""
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: u, user: {}}]
"""


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_task_becomes_the_pod_that_the_embedded_runner_writes(file: Path, tmp_path: Path) -> None:
    case = json.loads(file.read_bytes())
    config = tmp_path / "config"
    config.write_text(KUBECONFIG)
    options = KubernetesOptions(
        image=case["image"],
        kubernetes_conn_id=None,
        config_file=str(config),
        mask_secrets=False,  # there is no Kubernetes to read them from
        **case["options"],
    )
    task = msgspec.convert(case["task"], Task)
    dag = Dag("shop", (task,))
    operator: Any = options.operator(Manifest("shop", (dag,)), dag, task, {"task_id": task.task_id})
    operator.run_environment = case["run_environment"]
    sent = ApiClient().sanitize_for_serialization(operator.build_pod_request_obj())
    assert meant(sent["spec"]) == meant(case["pod"]["spec"])
    assert sent["metadata"].get("annotations", {}) == case["pod"]["metadata"].get("annotations", {})
    assert sent["metadata"]["name"].startswith(case["pod"]["metadata"]["name"].rpartition("-")[0])


def meant(value: Any) -> Any:
    """Without what is empty or a default; variables in no order."""
    if isinstance(value, dict):
        kept = {name: meant(inner) for name, inner in value.items() if name not in AIRFLOWS_OWN}
        return {name: inner for name, inner in kept.items() if inner not in (None, {}, [])}
    if isinstance(value, list):
        inner = [meant(each) for each in value]
        named = all(isinstance(each, dict) and "name" in each for each in inner)
        return sorted(inner, key=lambda each: str(each["name"])) if named else inner
    return value


def test_a_security_context_of_the_deployment_stands() -> None:
    own = k8s.V1PodSecurityContext(run_as_user=7)
    contained = k8s.V1Container(name="base", security_context=k8s.V1SecurityContext(privileged=True))
    full = k8s.V1Pod(spec=k8s.V1PodSpec(containers=[contained], security_context=own))
    assert pod_security(full, None, False) is None
    assert container_security(full) is None
    assert container_security(k8s.V1Pod(spec=k8s.V1PodSpec(containers=[]))) is not None
