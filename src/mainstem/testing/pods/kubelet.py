"""Runs pods: from Pending to their end, a thread for each.

Promise: the order of states, the reasons and the messages are a kubelet's. Not run: probes, init containers,
volumes, restarts.
"""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.testing.pods.checking import quantity
from mainstem.testing.pods.container import CannotStart, Container, Exit
from mainstem.testing.pods.pod import FINAL, moment

if TYPE_CHECKING:
    from mainstem.testing.pods.cluster import Cluster
    from mainstem.testing.pods.faults import Trouble
    from mainstem.testing.pods.pod import Pod

_IMAGE = re.compile(r"[a-z0-9]+([._/:-][a-zA-Z0-9]+)*(@sha256:[0-9a-f]{64})?")
_REFERENCE = re.compile(r"\$(\$|\((?P<name>[^)]*)\))")


class Waits(Exception):
    """A container that cannot be started as things are; its pod stays Pending."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


def run_pod(cluster: Cluster, pod: Pod) -> None:
    """Start the pod's life; returns at once."""
    threading.Thread(target=_live, args=(cluster, pod), daemon=True).start()


def _live(cluster: Cluster, pod: Pod) -> None:
    _schedule(cluster, pod)
    specs = pod.manifest["spec"]["containers"]
    try:
        for spec in specs:
            _prepare(cluster, pod, spec)
    except Waits as waits:
        _wait_in_vain(cluster, pod, specs, waits)
        return
    for spec in specs:
        _start(cluster, pod, spec)
    threading.Thread(target=_end_when_asked, args=(cluster, pod), daemon=True).start()
    _befall(cluster, pod)
    for container in pod.containers.values():
        container.wait()
    _finish(cluster, pod)


def _schedule(cluster: Cluster, pod: Pod) -> None:
    def change(manifest: dict[str, Any]) -> None:
        condition = {"type": "PodScheduled", "status": "True", "lastTransitionTime": moment()}
        manifest["status"] |= {"conditions": [condition], "startTime": moment(), "hostIP": "10.0.0.1"}
        manifest["spec"]["nodeName"] = "node-1"
        waiting = {"waiting": {"reason": "ContainerCreating"}}
        manifest["status"]["containerStatuses"] = [
            _status(spec, waiting, ready=False) for spec in manifest["spec"]["containers"]
        ]

    cluster.update(pod, change)
    cluster.tell_event(pod, "Scheduled", f"Successfully assigned {pod.namespace}/{pod.name} to node-1")


def _prepare(cluster: Cluster, pod: Pod, spec: dict[str, Any]) -> None:
    """Build the container. Raises Waits."""
    reference = spec["image"]
    if not _IMAGE.fullmatch(reference):
        message = f'Failed to apply default image tag "{reference}": couldn\'t parse image name'
        raise Waits("InvalidImageName", message)
    image = cluster.images.get(reference)
    if image is None and spec.get("imagePullPolicy") == "Never":
        raise Waits(
            "ErrImageNeverPull", f'Container image "{reference}" is not present with pull policy of Never'
        )
    if image is None:
        message = f'failed to pull and unpack image "{reference}": failed to resolve reference: not found'
        cluster.tell_event(pod, "Failed", message, warning=True)
        raise Waits("ErrImagePull", message)
    cluster.tell_event(pod, "Pulled", f'Container image "{reference}" already present on machine')
    environment = {**image.environment, **_environment(cluster, pod, spec)}
    argv = [_expanded(part, environment) for part in spec.get("command") or image.entrypoint]
    argv += [_expanded(part, environment) for part in spec.get("args") or ()]
    limit = ((spec.get("resources") or {}).get("limits") or {}).get("memory")
    pod.containers[spec["name"]] = Container(
        hostname=pod.name,
        argv=tuple(argv),
        environment=environment,
        cwd=spec.get("workingDir") or image.folder,
        memory_limit=int(quantity(str(limit))) if limit else None,
        changed=cluster.touch,
    )


def _environment(cluster: Cluster, pod: Pod, spec: dict[str, Any]) -> dict[str, str]:
    """Each variable sees those before it, as `$(NAME)`."""
    values: dict[str, str] = {}
    for variable in spec.get("env") or ():
        source = variable.get("valueFrom")
        if source is None:
            values[variable["name"]] = _expanded(variable.get("value") or "", values)
        elif "secretKeyRef" in source:
            values |= _secret(cluster, pod, variable["name"], source["secretKeyRef"])
        else:
            raise Waits("CreateContainerConfigError", f"this kubelet reads no {sorted(source)}")
    return values


def _secret(cluster: Cluster, pod: Pod, name: str, reference: dict[str, Any]) -> dict[str, str]:
    secret, key = reference["name"], reference["key"]
    if secret in cluster.secrets and key in cluster.secrets[secret]:
        return {name: cluster.secrets[secret][key]}
    if reference.get("optional"):
        return {}
    missing = f'secret "{secret}" not found'
    if secret in cluster.secrets:
        missing = f"couldn't find key {key} in Secret {pod.namespace}/{secret}"
    raise Waits("CreateContainerConfigError", missing)


def _expanded(text: str, values: dict[str, str]) -> str:
    """`$(NAME)` is a variable's value, where there is one; `$$` is `$`."""

    def one(found: re.Match[str]) -> str:
        return "$" if found[1] == "$" else values.get(found["name"], found[0])

    return _REFERENCE.sub(one, text)


def _wait_in_vain(cluster: Cluster, pod: Pod, specs: list[dict[str, Any]], waits: Waits) -> None:
    """Pending with the reason, then backing off, until somebody deletes it."""
    reasons = [waits.reason]
    if waits.reason == "ErrImagePull":
        reasons.append("ImagePullBackOff")
    for reason in reasons:
        state = {"waiting": {"reason": reason, "message": waits.message}}

        def change(manifest: dict[str, Any], state: dict[str, Any] = state) -> None:
            manifest["status"]["containerStatuses"] = [_status(spec, state, ready=False) for spec in specs]

        cluster.update(pod, change)
    cluster.tell_event(pod, "Failed", f"Error: {waits.reason}", warning=True)
    pod.containers.clear()
    pod.deleting.wait()
    cluster.remove(pod)


def _start(cluster: Cluster, pod: Pod, spec: dict[str, Any]) -> None:
    container = pod.containers[spec["name"]]
    try:
        container.start()
    except CannotStart as error:
        container.never_started(Exit(128, "StartError", datetime.now(UTC), str(error)))
        cluster.tell_event(pod, "Failed", f"Error: {error}", warning=True)
        return
    cluster.tell_event(pod, "Started", f"Started container {spec['name']}")
    running = {"running": {"startedAt": moment(container.started_at)}}

    def change(manifest: dict[str, Any]) -> None:
        manifest["status"]["phase"] = "Running"
        _replace(manifest, _status(spec, running, ready=True))

    cluster.update(pod, change)


def _end_when_asked(cluster: Cluster, pod: Pod) -> None:
    """On DELETE, or past `activeDeadlineSeconds`: SIGTERM, the grace, SIGKILL."""
    deadline = pod.manifest["spec"].get("activeDeadlineSeconds")
    asked = pod.deleting.wait(deadline)
    if pod.phase in FINAL:
        return
    if not asked:
        _fail(
            cluster, pod, "DeadlineExceeded", "Pod was active on the node longer than the specified deadline"
        )
    cluster.tell_event(pod, "Killing", "Stopping container base")
    for container in pod.containers.values():
        container.terminate()
    timer = threading.Timer(pod.grace, _kill, args=(pod,))
    timer.daemon = True
    timer.start()
    for container in pod.containers.values():
        container.wait()
    timer.cancel()
    if pod.deleting.is_set():
        cluster.remove(pod)


def _kill(pod: Pod) -> None:
    for container in pod.containers.values():
        container.kill()


def _befall(cluster: Cluster, pod: Pod) -> None:
    trouble = cluster.faults.trouble_for(pod.task, pod.labels.get("try_number", ""))
    if trouble is None:
        return
    with cluster.changed:
        cluster.changed.wait_for(
            lambda: pod.has_spoken or all(code is not None for code in pod.exit_codes), 60
        )
    _strike(cluster, pod, trouble)


def _strike(cluster: Cluster, pod: Pod, trouble: Trouble) -> None:
    match trouble.mishap:
        case "deleted":
            cluster.remove(pod)
            _kill(pod)
        case "evicted":
            _fail(cluster, pod, "Evicted", "The node was low on resource: memory.")
            _kill(pod)
        case "container_killed":
            _kill(pod)
        case "unknown" | "unknown_then_gone":
            pod.unknown = True
            cluster.update(pod, lambda manifest: None)
            pod.deleting.wait(trouble.seconds)
            if trouble.mishap == "unknown_then_gone":
                cluster.remove(pod)
                _kill(pod)
            pod.unknown = False
            cluster.update(pod, lambda manifest: None)


def _fail(cluster: Cluster, pod: Pod, reason: str, message: str) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["status"] |= {"phase": "Failed", "reason": reason, "message": message}

    cluster.update(pod, change)


def _finish(cluster: Cluster, pod: Pod) -> None:
    """Succeeded only if every container ended with 0 and nothing has failed the pod before."""

    def change(manifest: dict[str, Any]) -> None:
        for spec in manifest["spec"]["containers"]:
            container = pod.containers[spec["name"]]
            if container.exit is not None:
                state = {"terminated": _terminated(container, container.exit)}
                _replace(manifest, _status(spec, state, ready=False))
        succeeded = all(code == 0 for code in pod.exit_codes)
        if manifest["status"]["phase"] != "Failed":
            manifest["status"]["phase"] = "Succeeded" if succeeded else "Failed"

    cluster.update(pod, change)


def _terminated(container: Container, ended: Exit) -> dict[str, Any]:
    state: dict[str, Any] = {
        "exitCode": ended.exit_code,
        "reason": ended.reason,
        "startedAt": moment(container.started_at),
        "finishedAt": moment(ended.at),
        "containerID": "containerd://0",
    }
    return {**state, "message": ended.message} if ended.message else state


def _status(spec: dict[str, Any], state: dict[str, Any], *, ready: bool) -> dict[str, Any]:
    return {
        "name": spec["name"],
        "state": state,
        "lastState": {},
        "ready": ready,
        "started": ready,
        "restartCount": 0,
        "image": spec["image"],
        "imageID": "",
    }


def _replace(manifest: dict[str, Any], status: dict[str, Any]) -> None:
    statuses = manifest["status"]["containerStatuses"]
    manifest["status"]["containerStatuses"] = [
        status if former["name"] == status["name"] else former for former in statuses
    ]
