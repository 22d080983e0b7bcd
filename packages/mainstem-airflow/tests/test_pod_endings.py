"""Why a pod's try ended, in one line."""

from __future__ import annotations

import json

import pytest
from airflow.providers.cncf.kubernetes.utils.pod_manager import PodLaunchTimeoutException
from kubernetes.client import models as k8s
from kubernetes.client.exceptions import ApiException

from mainstem_airflow import pod_endings


def _pod(phase: str, terminated: k8s.V1ContainerStateTerminated | None = None, **status: str) -> k8s.V1Pod:
    containers = None
    if terminated is not None:
        state = k8s.V1ContainerState(terminated=terminated)
        containers = [
            k8s.V1ContainerStatus(
                name="base", image="i", image_id="", ready=False, restart_count=0, state=state
            )
        ]
    env = [k8s.V1EnvVar(name="A", value="c4nary")]
    spec = k8s.V1PodSpec(containers=[k8s.V1Container(name="base", env=env)])
    return k8s.V1Pod(spec=spec, status=k8s.V1PodStatus(phase=phase, container_statuses=containers, **status))


def _end(code: int, **more: str) -> k8s.V1ContainerStateTerminated:
    return k8s.V1ContainerStateTerminated(exit_code=code, **more)


@pytest.mark.parametrize(
    ("pod", "words"),
    [
        (_pod("Failed", _end(4)), "exit 4"),
        (_pod("Failed", _end(137, reason="OOMKilled")), "killed: out of memory"),
        (_pod("Failed", _end(128, reason="StartError", message="no such file")), "not started: no such file"),
        (_pod("Failed", reason="Evicted", message="disk is full"), "Evicted: disk is full"),
        (_pod("Unknown"), "lost: its pod was Unknown"),
        (None, "lost: its pod was gone"),
    ],
)
def test_an_end_is_told_in_the_words_of_the_embedded_runner(pod: k8s.V1Pod | None, words: str) -> None:
    assert pod_endings.of_container(pod, "base") == words


def test_a_refusal_says_what_kubernetes_said_and_no_header() -> None:
    refused = ApiException(status=403, reason="Forbidden")
    refused.body = json.dumps({"message": 'pods is forbidden: User "airflow" cannot create'})
    refused.headers = {"Authorization": "c4nary"}

    assert pod_endings.of_exception(refused) == (
        'Kubernetes answered 403 Forbidden: pods is forbidden: User "airflow" cannot create'
    )


@pytest.mark.parametrize("body", [None, "<html>", "[]"])
def test_an_answer_that_is_no_status_is_told_by_its_code(body: str | None) -> None:
    broken = ApiException(status=500, reason="Internal Server Error")
    broken.body = body

    assert pod_endings.of_exception(broken) == "Kubernetes answered 500 Internal Server Error"


def test_a_pod_that_is_not_found_is_lost() -> None:
    assert pod_endings.of_exception(ApiException(status=404)) == "lost: its pod is gone"


def test_a_pod_that_never_ran_was_not_started() -> None:
    late = PodLaunchTimeoutException("Pod took too long to start.\nMore than 20s.")

    assert pod_endings.of_exception(late) == "not started: Pod took too long to start. More than 20s."


def test_a_long_story_is_cut() -> None:
    assert len(pod_endings.of_exception(RuntimeError("x" * 5000))) < 600
