from __future__ import annotations

import pytest

from mainstem.manifest import Resources, SecretRef, Task
from mainstem.orchestrate.pod import PodOptions, Program, TryName, label_value, pod, pod_name, program_of

TRY = TryName("shop", "scheduled__2026-11-23T07:00:00+00:00", "load.Orders", 2)
PROGRAM = Program(("dbt", "build"), "shop:1")


def test_a_pod_is_never_restarted_and_has_no_token_nor_more_rights_than_it_began_with() -> None:
    spec = pod(TRY, PROGRAM)["spec"]
    assert spec["restartPolicy"] == "Never"
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}
    assert spec["containers"][0]["securityContext"] == {"allowPrivilegeEscalation": False}


def test_the_program_is_the_command_so_that_no_entrypoint_of_the_image_comes_before_it() -> None:
    (container,) = pod(TRY, PROGRAM)["spec"]["containers"]
    assert container["command"] == ["dbt", "build"]
    assert "args" not in container


def test_the_same_try_has_the_same_name_and_another_try_another() -> None:
    others = [
        TryName("shop", TRY.run_id, TRY.task_id, 3),
        TryName("shop", "manual__1", TRY.task_id, 2),
        TryName("shop-load", TRY.run_id, "orders", 2),
    ]
    assert pod_name(TRY) == pod_name(TryName(*TRY.__dict__.values()))
    assert len({pod_name(TRY), *map(pod_name, others)}) == 4
    assert pod_name(TRY).startswith("shop-load-orders-")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("shop", "shop"),
        ("load.Orders_2-b", "load.Orders_2-b"),
        ("scheduled__2026-11-23T07:00:00+00:00", "scheduled__2026-11-23T0700000000-e0f6da7b2"),
        ("x" * 70, "x" * 53 + "-7d56c0f83"),
        ("größe", "gre-fdbb3a562"),
    ],
)
def test_labels_are_shortened_as_airflow_shortens_them(text: str, label: str) -> None:
    assert label_value(text) == label


def test_a_label_of_an_operator_cannot_make_a_pod_another_try() -> None:
    labels = pod(TRY, PROGRAM, PodOptions(labels={"team": "data", "dag_id": "other"}))["metadata"]["labels"]
    assert (labels["team"], labels["dag_id"], labels["try_number"]) == ("data", "shop", "2")


def test_a_secret_is_a_reference() -> None:
    task = Task("t", ("true",), secret_env={"TOKEN": SecretRef("crm", "token")})
    made = pod(TRY, program_of(task, "shop:1", {}), PodOptions(secrets_prefix="prod-"))
    assert made["spec"]["containers"][0]["env"] == [
        {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "prod-crm", "key": "token"}}}
    ]


def test_what_is_not_asked_for_is_left_to_kubernetes() -> None:
    made = pod(TRY, PROGRAM)
    assert made["metadata"].keys() == {"name", "labels"}
    assert made["spec"]["containers"][0].keys() == {"name", "image", "command", "env", "securityContext"}


def test_a_request_without_a_limit_is_one() -> None:
    program = Program(("true",), "i", resources=Resources(cpu_request="500m", memory_limit="1Gi"))
    (container,) = pod(TRY, program)["spec"]["containers"]
    assert container["resources"] == {"requests": {"cpu": "500m"}, "limits": {"memory": "1Gi"}}


def test_a_user_is_asked_for_where_one_is_given() -> None:
    made = pod(TRY, PROGRAM, PodOptions(run_as_user=1000, run_as_non_root=True))
    security = made["spec"]["securityContext"]
    assert (security["runAsUser"], security["runAsNonRoot"]) == (1000, True)
