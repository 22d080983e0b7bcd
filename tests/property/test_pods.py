"""Whatever a task is, its pod is one that Kubernetes takes, and its program gets what the task says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import kubernetes_validate
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.manifest import Resources, SecretRef, Task
from mainstem.orchestrate.pod import PodOptions, TryName, as_read, literal, pod, program_of

if TYPE_CHECKING:
    from collections.abc import Mapping

KUBERNETES = "1.37"
LABEL = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?")
NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
signs = st.text("$()AB {}", max_size=12)
ids = st.from_regex(r"[A-Za-z0-9_.\-]{1,80}", fullmatch=True)
variables = st.from_regex(r"[A-Z_][A-Z0-9_]{0,10}", fullmatch=True)
cpus = st.sampled_from(["", "500m", "2", "0.5"])
sizes = st.sampled_from(["", "256Mi", "1Gi", "1.5G"])
tasks = st.builds(
    Task,
    task_id=ids,
    argv=st.lists(texts | signs, min_size=1, max_size=4).map(tuple),
    cwd=st.sampled_from(["", "/srv", "/srv/project/dbt"]),
    env=st.dictionaries(variables, texts | signs, max_size=4),
    secret_env=st.dictionaries(
        variables, st.builds(SecretRef, name=st.just("crm"), key=st.just("token")), max_size=2
    ),
    resources=st.builds(
        Resources, cpu_request=cpus, cpu_limit=cpus, memory_request=sizes, memory_limit=sizes
    ),
)
tries = st.builds(TryName, dag_id=ids, run_id=texts, task_id=ids, try_number=st.integers(1, 10**6))
options = st.builds(
    PodOptions,
    namespace=st.sampled_from(["", "data"]),
    service_account_name=st.sampled_from(["", "tasks"]),
    image_pull_policy=st.sampled_from(["", "Always", "Never"]),
    image_pull_secrets=st.sampled_from([(), ("registry",)]),
    annotations=st.sampled_from([{}, {"team": "data"}]),
    node_selector=st.sampled_from([{}, {"pool": "batch"}]),
    run_as_user=st.none() | st.integers(0, 65_535),
    run_as_non_root=st.booleans(),
    termination_grace=st.integers(0, 600),
)


def expanded(text: str, values: Mapping[str, str]) -> str:
    """As the kubelet expands arguments and values: written after its documentation."""
    made, at = "", 0
    while at < len(text):
        if text[at] != "$" or at + 1 == len(text):
            made, at = made + text[at], at + 1
        elif text[at + 1] == "$":
            made, at = made + "$", at + 2
        elif text[at + 1] == "(" and (end := text.find(")", at)) > 0:
            name = text[at + 2 : end]
            made, at = made + values.get(name, f"$({name})"), end + 1
        else:
            made, at = made + text[at : at + 2], at + 2
    return made


@settings(max_examples=30, deadline=None)
@given(tasks, tries, options)
def test_every_pod_is_valid(task: Task, name: TryName, given_options: PodOptions) -> None:
    made: Any = pod(name, program_of(task, "shop:1", {"MAINSTEM_DAG_ID": name.dag_id}), given_options)
    kubernetes_validate.validate(made, KUBERNETES, strict=True)
    assert NAME.fullmatch(made["metadata"]["name"])
    assert all(LABEL.fullmatch(value) for value in made["metadata"]["labels"].values())


@pytest.mark.parametrize("changed", [{"restartPolice": "Never"}, {"containers": []}, {"restartPolicy": 1}])
def test_the_check_knows_a_pod_that_is_not_valid(changed: dict[str, Any]) -> None:
    made: Any = pod(TryName("d", "r", "t", 1), program_of(Task("t", ("true",)), "i", {}))
    spec = {**made["spec"], **changed}
    if not spec["containers"]:
        del spec["containers"]
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**made, "spec": spec}, KUBERNETES, strict=True)


@given(signs | texts, st.dictionaries(st.text("AB", max_size=2), texts))
def test_kubernetes_expands_nothing_that_a_task_says(text: str, values: dict[str, str]) -> None:
    assert expanded(literal(text), values) == text
    assert as_read(literal(text)) == text
