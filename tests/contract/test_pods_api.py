"""The pods API of the tests, asked by the official client: what it says must be what a cluster would."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from kubernetes import client, config, watch

from mainstem.testing.pods import BadAnswer, Cluster, Faults, Image, PodsApi, Trouble, pods_api

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRETS = {"warehouse": {"password": "of-the-warehouse"}}
IMAGE = "registry.example/mainstem:1"
PATH = os.environ["PATH"]


class Asker:
    """The official client and the cluster behind the API."""

    def __init__(self, api: PodsApi, file: Path) -> None:
        self.api, self.cluster = api, api.cluster
        self.core = client.CoreV1Api(config.new_client_from_config(str(api.kubeconfig(file))))

    def create(self, *argv: str, name: str = "one", spec: dict[str, Any] | None = None, **more: Any) -> Any:
        container = {"name": "base", "image": IMAGE, "command": list(argv), **more}
        body = {
            "metadata": {"name": name, "labels": {"task_id": name, "try_number": "1"}},
            "spec": {"restartPolicy": "Never", "containers": [container], **(spec or {})},
        }
        return self.core.create_namespaced_pod("default", body)

    def read(self, name: str = "one") -> Any:
        return self.core.read_namespaced_pod(name, "default")

    def phase(self, name: str = "one") -> str:
        return str(self.read(name).status.phase)

    def until(self, *phases: str, name: str = "one") -> Any:
        """The pod once the API shows it in one of `phases`."""
        self.cluster.wait_until(
            lambda: self.cluster.find("default", name).shown()["status"]["phase"] in phases
        )
        return self.read(name)

    def state(self, name: str = "one") -> Any:
        return self.read(name).status.container_statuses[0].state

    def log(self, name: str = "one", **more: Any) -> str:
        """Read raw, as KubernetesPodOperator does: the client would make `str(bytes)` of it."""
        answer = self.core.read_namespaced_pod_log(name, "default", _preload_content=False, **more)
        return bytes(answer.data).decode()

    def until_gone(self, name: str = "one") -> None:
        self.cluster.wait_until(lambda: all(pod.name != name for pod in self.cluster.all_pods("default")))


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def asker(tmp_path: Path, faults: Faults) -> Iterator[Asker]:
    cluster = Cluster(images={IMAGE: Image(environment={"PATH": PATH})}, secrets=SECRETS, faults=faults)
    with pods_api(cluster) as api:
        found = Asker(api, tmp_path / "kubeconfig")
        yield found
        found.core.api_client.close()


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_a_program_that_ends_well_makes_a_pod_succeed(asker: Asker) -> None:
    created = asker.create("sh", "-c", "echo hello")
    assert created.status.phase == "Pending"
    asker.until("Succeeded")
    assert (asker.state().terminated.exit_code, asker.state().terminated.reason) == (0, "Completed")
    assert asker.log() == "hello\n"


def test_an_exit_code_reaches_the_status(asker: Asker) -> None:
    asker.create("sh", "-c", "exit 42")
    asker.until("Failed")
    assert (asker.state().terminated.exit_code, asker.state().terminated.reason) == (42, "Error")


def test_a_signal_shows_as_128_and_its_number(asker: Asker) -> None:
    asker.create("sh", "-c", "kill -s SEGV $$$$")
    asker.until("Failed")
    assert asker.state().terminated.exit_code == 139


def test_a_program_past_its_memory_limit_is_killed_and_told_apart(asker: Asker) -> None:
    asker.create(
        *python("print('start', flush=True); b = b'x' * 300_000_000; print('never', len(b))"),
        resources={"limits": {"memory": "96Mi"}},
    )
    asker.until("Failed")
    assert (asker.state().terminated.exit_code, asker.state().terminated.reason) == (137, "OOMKilled")
    assert asker.log() == "start\n"


def test_memory_is_counted_over_all_processes_of_a_container(asker: Asker) -> None:
    code = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'b = b\"x\" * 300_000_000; input()'])"
    )
    asker.create(*python(code), resources={"limits": {"memory": "96Mi"}})
    asker.until("Failed")
    assert asker.state().terminated.reason == "OOMKilled"


def test_a_program_that_is_not_there_is_a_start_error(asker: Asker) -> None:
    asker.create("no-such-program")
    asker.until("Failed")
    terminated = asker.state().terminated
    assert (terminated.exit_code, terminated.reason) == (128, "StartError")
    assert "no-such-program" in terminated.message


@pytest.mark.parametrize(
    ("image", "reason"), [("registry.example/none:1", "ImagePullBackOff"), ("no image", "InvalidImageName")]
)
def test_an_image_that_cannot_be_had_keeps_its_pod_pending(asker: Asker, image: str, reason: str) -> None:
    asker.create("true", image=image)
    asker.cluster.wait_until(lambda: asker.state().waiting.reason == reason)
    assert asker.phase() == "Pending"
    with pytest.raises(client.ApiException) as refused:
        asker.log()
    assert refused.value.status == 400
    asker.core.delete_namespaced_pod("one", "default")
    asker.until_gone()


def test_a_secret_reaches_the_program_and_not_the_pod(asker: Asker) -> None:
    reference = {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "warehouse", "key": "password"}}}
    asker.create("sh", "-c", "echo $PASSWORD", env=[reference])
    pod = asker.until("Succeeded")
    assert asker.log() == "of-the-warehouse\n"
    assert "of-the-warehouse" not in str(pod)


def test_a_secret_that_is_missing_keeps_its_pod_pending(asker: Asker) -> None:
    reference = {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "warehouse", "key": "user"}}}
    asker.create("true", env=[reference])
    asker.cluster.wait_until(lambda: asker.state().waiting.reason == "CreateContainerConfigError")
    assert "couldn't find key user" in asker.state().waiting.message


def test_variables_are_expanded_in_arguments_as_kubernetes_does(asker: Asker) -> None:
    env = [{"name": "A", "value": "1"}, {"name": "B", "value": "$(A)2"}]
    asker.create("echo", "$(A)", "$(B)", "$$(A)", "$(NONE)", env=env)
    asker.until("Succeeded")
    assert asker.log() == "1 12 $(A) $(NONE)\n"


def test_a_followed_log_ends_with_its_container(asker: Asker) -> None:
    asker.create("sh", "-c", "echo one; sleep 0.2; echo two >&2")
    asker.until("Running", "Succeeded")
    assert asker.log(follow=True) == "one\ntwo\n"


def test_stamped_lines_begin_with_when_they_were_said(asker: Asker) -> None:
    asker.create("sh", "-c", "echo one; echo")
    asker.until("Succeeded")
    first, second = asker.log(timestamps=True).splitlines()
    assert first.endswith("Z one")
    assert second.endswith("Z ")


def test_pods_are_found_by_their_labels(asker: Asker) -> None:
    asker.create("true", name="one")
    asker.create("true", name="two")
    for selector, names in {
        "task_id=one": {"one"},
        "task_id!=one": {"two"},
        "task_id in (one, two),!airflow-worker": {"one", "two"},
        "task_id notin (one)": {"two"},
        "already_checked!=True": {"one", "two"},
        "already_checked": set(),
    }.items():
        found = asker.core.list_namespaced_pod("default", label_selector=selector).items
        assert {pod.metadata.name for pod in found} == names, selector


def test_a_label_can_be_patched_and_nothing_of_the_spec(asker: Asker) -> None:
    asker.create("true")
    patched = asker.core.patch_namespaced_pod("one", "default", {"metadata": {"labels": {"checked": "True"}}})
    assert patched.metadata.labels["checked"] == "True"
    assert patched.metadata.labels["task_id"] == "one"
    with pytest.raises(client.ApiException) as refused:
        asker.core.patch_namespaced_pod("one", "default", {"spec": {"nodeName": "other"}})
    assert refused.value.status == 422


def test_deleting_a_running_pod_lets_its_program_end(asker: Asker) -> None:
    asker.create("sh", "-c", "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.05; done")
    asker.cluster.wait_until(lambda: asker.cluster.history[0].has_spoken)
    deleted = asker.core.delete_namespaced_pod("one", "default", grace_period_seconds=20)
    assert deleted.metadata.deletion_timestamp is not None
    asker.until_gone()
    pod = asker.cluster.history[0]
    assert pod.exit_codes == (3,)
    assert [line.text for line in pod.containers["base"].lines] == [b"up", b"bye"]


def test_what_ignores_its_end_is_killed_with_all_it_started(asker: Asker) -> None:
    asker.create("sh", "-c", "setsid sleep 1000 & echo $!; sleep 1000")
    asker.cluster.wait_until(lambda: asker.cluster.history[0].has_spoken)
    grandchild = int(asker.log())
    asker.core.delete_namespaced_pod("one", "default", grace_period_seconds=0)
    asker.until_gone()
    assert asker.cluster.history[0].exit_codes == (137,)
    assert not _runs(grandchild)


def test_nothing_of_a_container_outlives_its_first_process(asker: Asker) -> None:
    asker.create("sh", "-c", "setsid sleep 1000 & echo $!")
    asker.until("Succeeded")
    assert not _runs(int(asker.log()))


def test_a_pod_past_its_deadline_has_failed(asker: Asker) -> None:
    asker.create("sleep", "1000", spec={"activeDeadlineSeconds": 1, "terminationGracePeriodSeconds": 0})
    pod = asker.until("Failed")
    assert pod.status.reason == "DeadlineExceeded"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "Not_A_Name"}, 422),
        ({"image": ""}, 422),
        ({"resources": {"limits": {"memory": "lots"}}}, 400),
        ({"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}}, 422),
        ({"env": [{"name": "A", "value": "1", "valueFrom": {"fieldRef": {"fieldPath": "a"}}}]}, 422),
    ],
)
def test_a_pod_that_kubernetes_would_refuse_is_refused(
    asker: Asker, change: dict[str, Any], code: int
) -> None:
    container = {"name": "base", "image": IMAGE, **change}
    body = {"metadata": {"name": "one"}, "spec": {"restartPolicy": "Never", "containers": [container]}}
    with pytest.raises(client.ApiException) as refused:
        asker.core.create_namespaced_pod("default", body)
    assert refused.value.status == code


def test_a_name_is_given_once(asker: Asker) -> None:
    asker.create("true")
    with pytest.raises(client.ApiException) as refused:
        asker.create("true")
    assert refused.value.status == 409


def test_what_is_not_there_is_not_found(asker: Asker) -> None:
    with pytest.raises(client.ApiException) as refused:
        asker.read("none")
    assert refused.value.status == 404
    assert '"kind": "Status"' in refused.value.body


def test_a_watch_tells_every_change_from_the_version_it_names(asker: Asker) -> None:
    version = asker.core.list_namespaced_pod("default").metadata.resource_version
    asker.create("true")
    asker.until("Succeeded")
    phases = []
    for change in watch.Watch().stream(
        asker.core.list_namespaced_pod, "default", resource_version=version, timeout_seconds=20
    ):
        phases.append(change["object"].status.phase)
        if phases[-1] == "Succeeded":
            break
    assert phases[0] == "Pending"
    assert phases[-1] == "Succeeded"


def test_events_tell_what_happened_to_one_pod(asker: Asker) -> None:
    asker.create("true", name="one")
    asker.create("true", name="two")
    asker.until("Succeeded", name="one")
    found = asker.core.list_namespaced_event("default", field_selector="involvedObject.name=one").items
    assert [event.reason for event in found] == ["Scheduled", "Pulled", "Started"]


class TestFaults:
    @pytest.fixture
    def faults(self, request: pytest.FixtureRequest) -> Faults:
        return Faults((request.param,))

    @pytest.mark.parametrize(
        ("faults", "code"),
        [
            (BadAnswer("one", "get", "404"), 404),
            (BadAnswer("one", "get", "401"), 401),
            (BadAnswer("one", "get", "500"), 500),
        ],
        indirect=["faults"],
    )
    def test_a_bad_answer_is_given_once_and_written_down(
        self, asker: Asker, code: int, faults: Faults
    ) -> None:
        asker.create("sh", "-c", "echo up; sleep 1000")
        asker.cluster.wait_until(lambda: asker.cluster.history[0].has_spoken)
        with pytest.raises(client.ApiException) as refused:
            asker.read()
        assert refused.value.status == code
        assert asker.phase() == "Running"
        assert faults.struck == [("one", f"get {code}")]

    @pytest.mark.parametrize("faults", [BadAnswer("one", "get", "429")], indirect=True)
    def test_too_many_requests_say_when_to_ask_again(self, asker: Asker, faults: Faults) -> None:
        asker.create("sh", "-c", "echo up; sleep 1000")
        asker.cluster.wait_until(lambda: asker.cluster.history[0].has_spoken)
        assert asker.phase() == "Running"
        assert faults.struck == [("one", "get 429")]

    @pytest.mark.parametrize("faults", [BadAnswer("one", "log", "drop")], indirect=True)
    def test_a_dropped_log_breaks_after_its_first_line(self, asker: Asker) -> None:
        asker.create("sh", "-c", "echo one; sleep 0.2; echo two")
        asker.cluster.wait_until(lambda: asker.cluster.history[0].has_spoken)
        stream = asker.core.read_namespaced_pod_log("one", "default", follow=True, _preload_content=False)
        with pytest.raises(Exception, match=r"[Ii]ncomplete|closed|reset"):
            stream.read()
        stream.close()
        assert asker.log(follow=True) == "one\ntwo\n"

    @pytest.mark.parametrize("faults", [Trouble("one", "deleted")], indirect=True)
    def test_a_pod_can_vanish_in_the_midst_of_its_run(self, asker: Asker) -> None:
        asker.create("sh", "-c", "echo up; sleep 1000")
        asker.until_gone()
        with pytest.raises(client.ApiException) as refused:
            asker.read()
        assert refused.value.status == 404

    @pytest.mark.parametrize("faults", [Trouble("one", "evicted")], indirect=True)
    def test_an_evicted_pod_has_failed_and_says_why(self, asker: Asker) -> None:
        asker.create("sh", "-c", "echo up; sleep 1000")
        assert asker.until("Failed").status.reason == "Evicted"

    @pytest.mark.parametrize("faults", [Trouble("one", "unknown", seconds=0.5)], indirect=True)
    def test_a_node_that_falls_silent_makes_its_pods_unknown_for_a_while(self, asker: Asker) -> None:
        asker.create("sh", "-c", "echo up; sleep 1.5")
        assert asker.until("Unknown").status.reason == "NodeLost"
        asker.until("Succeeded")


def _runs(pid: int) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True
