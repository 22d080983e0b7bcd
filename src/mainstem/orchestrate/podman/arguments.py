"""What `podman run` is told of a pod. Pure.

Promise: every field of the specification that this project writes has its argument here; one that it has
not is an error, so that Podman never runs something else than Kubernetes would. No secret is among them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mainstem.manifest import cpu_cores, memory_bytes
from mainstem.orchestrate.pod import as_read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.orchestrate.pod import Container, Pod, PodSpec
    from mainstem.orchestrate.podman.settings import PodmanSettings

_SPEC = frozenset(
    {
        "restartPolicy",
        "automountServiceAccountToken",  # there is no token here
        "terminationGracePeriodSeconds",  # the keeper's
        "securityContext",
        "containers",
    }
)
_CONTAINER = frozenset(
    {"name", "image", "command", "env", "resources", "securityContext", "workingDir", "imagePullPolicy"}
)
_SHARES_PER_CPU = 1024
"""As the kubelet counts them."""


def run_arguments(pod: Pod, settings: PodmanSettings, folder: Path) -> list[str]:
    """`run …` for a pod of one container. Into `folder` Podman writes the process ids of program and monitor.

    A secret of the pod is Podman's secret of the name that `secret_name` makes of its reference.
    """
    spec, (container,) = pod["spec"], pod["spec"]["containers"]
    _check(spec, container)
    return [
        "run",
        "--detach",
        f"--name={pod['metadata']['name']}",
        "--log-driver=passthrough",
        "--http-proxy=false",  # it would hand on this process's environment
        "--restart=no",
        "--sdnotify=ignore",
        f"--pull={settings.pull}",
        f"--pidfile={folder / 'program.pid'}",
        f"--conmon-pidfile={folder / 'monitor.pid'}",
        *(f"--label={name}={value}" for name, value in pod["metadata"]["labels"].items()),
        *([f"--network={settings.network}"] if settings.network else []),
        *(f"--volume={volume}" for volume in settings.volumes),
        *_security(spec, container),
        *_limits(container),
        *_environment(container),
        *([f"--workdir={container['workingDir']}"] if "workingDir" in container else []),
        f"--entrypoint={json.dumps([as_read(argument) for argument in container['command']])}",
        container["image"],
    ]


def secret_name(name: str, key: str) -> str:
    """Podman's name for the key of a Secret."""
    return f"{name}.{key}"


def _check(spec: PodSpec, container: Container) -> None:
    unknown = [*(spec.keys() - _SPEC), *(container.keys() - _CONTAINER)]
    if unknown:
        raise ValueError(f"Podman is not told of {', '.join(sorted(unknown))}")


def _security(spec: PodSpec, container: Container) -> Iterator[str]:
    """Podman's own profile for system calls is what Kubernetes calls RuntimeDefault."""
    if not container["securityContext"]["allowPrivilegeEscalation"]:
        yield "--security-opt=no-new-privileges"
    user = spec["securityContext"].get("runAsUser")
    if spec["securityContext"].get("runAsNonRoot") and not user:
        raise ValueError(
            "runAsNonRoot needs a runAsUser that is not 0: Podman itself does not check the image's"
        )
    if user is not None:
        yield f"--user={user}"


def _limits(container: Container) -> Iterator[str]:
    resources = container.get("resources", {})
    requests, limits = resources.get("requests", {}), resources.get("limits", {})
    if cores := cpu_cores(limits.get("cpu", "")):
        yield f"--cpus={cores:g}"
    if cores := cpu_cores(requests.get("cpu", "")):
        yield f"--cpu-shares={max(2, round(cores * _SHARES_PER_CPU))}"
    if size := memory_bytes(limits.get("memory", "")):
        yield f"--memory={size}b"
        yield f"--memory-swap={size}b"  # the same: none of it in swap, as under the kubelet
    if size := memory_bytes(requests.get("memory", "")):
        yield f"--memory-reservation={size}b"


def _environment(container: Container) -> Iterator[str]:
    for variable in container["env"]:
        if "valueFrom" in variable:
            reference = variable["valueFrom"]["secretKeyRef"]
            secret = secret_name(reference["name"], reference["key"])
            yield f"--secret={secret},type=env,target={variable['name']}"
        else:
            yield f"--env={variable['name']}={as_read(variable['value'])}"
