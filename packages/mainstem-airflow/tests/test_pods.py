"""Parts of a pod."""

from __future__ import annotations

import pytest

from mainstem_airflow import pods
from mainstem_airflow.manifest import Resources, SecretRef


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("echo $HOME", "echo $HOME"),
        ("$(HOME)", "$$(HOME)"),
        ("kill $$", "kill $$$$"),
        ("$x $(y)", "$$x $$(y)"),
    ],
)
def test_kubernetes_expands_nothing_of_an_argument(text: str, written: str) -> None:
    assert pods.unexpanded(text) == written


def test_a_secret_is_a_reference_with_the_prefix_of_the_deployment() -> None:
    (variable,) = pods.secret_variables({"TOKEN": SecretRef("stripe", "key")}, "shop-")

    assert variable.value is None
    assert variable.value_from.secret_key_ref.name == "shop-stripe"
    assert variable.value_from.secret_key_ref.key == "key"


def test_only_what_is_said_of_resources_is_asked_for() -> None:
    found = pods.requirements(Resources(cpu_request="500m", memory_limit="1Gi"))

    assert found is not None
    assert (found.requests, found.limits) == ({"cpu": "500m"}, {"memory": "1Gi"})
    assert pods.requirements(Resources()) is None


@pytest.mark.parametrize(
    ("dag_id", "task_id", "name"),
    [("Sync", "build.company.staging", "sync-build-company-staging"), ("_a_", "é", "a")],
)
def test_a_pods_name_is_one_that_dns_takes(dag_id: str, task_id: str, name: str) -> None:
    assert pods.pod_name(dag_id, task_id) == name
