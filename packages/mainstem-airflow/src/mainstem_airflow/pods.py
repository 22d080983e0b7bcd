"""Parts of a pod: a manifest's values as Kubernetes' typed ones.

Promise: a secret is a reference to a Secret and nothing else; no text is put together to YAML.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kubernetes.client import models as k8s

from mainstem_airflow.manifest import SecretRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem_airflow.manifest import Resources


def unexpanded(text: str) -> str:
    """`text` as Kubernetes takes it literally: it expands `$(NAME)` in arguments and values, `$$` to `$`."""
    return text.replace("$", "$$") if "$(" in text or "$$" in text else text


def secret_variables(secrets: Mapping[str, SecretRef], prefix: str) -> list[k8s.V1EnvVar]:
    return [
        k8s.V1EnvVar(
            name=name,
            value_from=k8s.V1EnvVarSource(
                secret_key_ref=k8s.V1SecretKeySelector(name=f"{prefix}{secret.name}", key=secret.key)
            ),
        )
        for name, secret in secrets.items()
    ]


def with_prefix(secrets: Mapping[str, SecretRef], prefix: str) -> list[SecretRef]:
    return [SecretRef(f"{prefix}{secret.name}", secret.key) for secret in secrets.values()]


def variables(values: Mapping[str, str]) -> list[k8s.V1EnvVar]:
    return [k8s.V1EnvVar(name=name, value=unexpanded(value)) for name, value in values.items()]


def requirements(resources: Resources) -> k8s.V1ResourceRequirements | None:
    requests = {"cpu": resources.cpu_request, "memory": resources.memory_request}
    limits = {"cpu": resources.cpu_limit, "memory": resources.memory_limit}
    if not any((*requests.values(), *limits.values())):
        return None
    return k8s.V1ResourceRequirements(
        requests={name: quantity for name, quantity in requests.items() if quantity} or None,
        limits={name: quantity for name, quantity in limits.items() if quantity} or None,
    )


def pod_security(
    full: k8s.V1Pod | None, run_as_user: int | None, run_as_non_root: bool
) -> k8s.V1PodSecurityContext | None:
    """None where `full` says something itself: Airflow would put ours in its place, not beside it."""
    if full is not None and full.spec is not None and full.spec.security_context is not None:
        return None
    return k8s.V1PodSecurityContext(
        seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault"),
        run_as_user=run_as_user,
        run_as_non_root=run_as_non_root or None,
    )


def container_security(full: k8s.V1Pod | None) -> k8s.V1SecurityContext | None:
    """A task needs no more rights than it began with; None as for `pod_security`."""
    if full is not None and full.spec is not None:
        given = (container.security_context for container in full.spec.containers or ())
        if any(context is not None for context in given):
            return None
    return k8s.V1SecurityContext(allow_privilege_escalation=False)


def pull_secrets(names: Sequence[str]) -> list[k8s.V1LocalObjectReference]:
    return [k8s.V1LocalObjectReference(name=name) for name in names]


def pod_name(dag_id: str, task_id: str) -> str:
    """A DNS label, to which Airflow adds a random end."""
    return re.sub(r"[^a-z0-9]+", "-", f"{dag_id}-{task_id}".lower()).strip("-")[:200] or "task"
