"""A try as Kubernetes knows it: the specification of a pod with one container, as plain data.

Promise: it is what the Airflow provider has KubernetesPodOperator send for the same task, but for what
Airflow adds of its own (`tests/golden/pods` is checked against both). A secret is a reference and never a
value; nothing in an argument or a value is expanded by Kubernetes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping  # msgspec reads the annotations
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

import msgspec

from mainstem.manifest import Resources, SecretRef

if TYPE_CHECKING:
    from mainstem.manifest import Task

_LONGEST_LABEL = 63
_LONGEST_NAME = 63  # Kubernetes takes more, but makes the pod's host name of it, which may not be longer
_LABEL_HASH = 9
CONTAINER = "base"
"""Its name in the pod, as KubernetesPodOperator has it."""


class SecretKeySelector(TypedDict):
    name: str
    key: str


class EnvVarSource(TypedDict):
    secretKeyRef: SecretKeySelector


class EnvVar(TypedDict):
    name: str
    value: NotRequired[str]
    valueFrom: NotRequired[EnvVarSource]


class ResourceRequirements(TypedDict, total=False):
    requests: dict[str, str]
    limits: dict[str, str]


class SecurityContext(TypedDict):
    """Of a container."""

    allowPrivilegeEscalation: bool


class SeccompProfile(TypedDict):
    type: Literal["RuntimeDefault"]


class PodSecurityContext(TypedDict):
    seccompProfile: SeccompProfile
    runAsNonRoot: NotRequired[bool]
    runAsUser: NotRequired[int]


class Container(TypedDict):
    name: str
    image: str
    command: list[str]
    env: list[EnvVar]
    securityContext: SecurityContext
    resources: NotRequired[ResourceRequirements]
    workingDir: NotRequired[str]
    imagePullPolicy: NotRequired[str]


class LocalObjectReference(TypedDict):
    name: str


class PodSpec(TypedDict):
    restartPolicy: Literal["Never"]
    containers: list[Container]
    automountServiceAccountToken: bool
    terminationGracePeriodSeconds: int
    securityContext: PodSecurityContext
    serviceAccountName: NotRequired[str]
    imagePullSecrets: NotRequired[list[LocalObjectReference]]
    nodeSelector: NotRequired[dict[str, str]]
    priorityClassName: NotRequired[str]


class ObjectMeta(TypedDict):
    name: str
    labels: dict[str, str]
    namespace: NotRequired[str]
    annotations: NotRequired[dict[str, str]]


class Pod(TypedDict):
    apiVersion: Literal["v1"]
    kind: Literal["Pod"]
    metadata: ObjectMeta
    spec: PodSpec


@dataclass(frozen=True)
class TryName:
    """Which try it is."""

    dag_id: str
    run_id: str
    task_id: str
    try_number: int


@dataclass(frozen=True)
class Program:
    """What a container runs."""

    argv: tuple[str, ...]
    image: str
    working_dir: str = ""
    """Empty: the image's own."""
    environment: Mapping[str, str] = field(default_factory=dict)
    secret_environment: Mapping[str, SecretRef] = field(default_factory=dict)
    resources: Resources = field(default_factory=Resources)


def program_of(task: Task, image: str, run_environment: Mapping[str, str]) -> Program:
    """A manifest's task; `image` is the one of tasks that name none, `run_environment` which try it is."""
    return Program(
        argv=task.argv,
        image=task.image or image,
        working_dir=task.cwd,
        environment={**task.env, **run_environment},
        secret_environment=task.secret_env,
        resources=task.resources,
    )


class PodOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a deployment decides, by the names that the Airflow provider's `build_dags` takes them."""

    namespace: str = ""
    service_account_name: str = ""
    automount_service_account_token: bool = False
    image_pull_policy: Literal["", "Always", "IfNotPresent", "Never"] = ""
    image_pull_secrets: tuple[str, ...] = ()
    secrets_prefix: str = ""
    labels: Mapping[str, str] = msgspec.field(default_factory=dict)
    annotations: Mapping[str, str] = msgspec.field(default_factory=dict)
    node_selector: Mapping[str, str] = msgspec.field(default_factory=dict)
    priority_class_name: str = ""
    run_as_user: int | None = None
    run_as_non_root: bool = False
    termination_grace: int = 30
    """Seconds between SIGTERM and SIGKILL."""


def pod(name: TryName, program: Program, options: PodOptions | None = None) -> Pod:
    """The pod of one try. Fields that nobody has set are left out: Kubernetes' own defaults hold."""
    options = options or PodOptions()
    made: Pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": pod_name(name), "labels": labels(name, options)},
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": options.automount_service_account_token,
            "terminationGracePeriodSeconds": options.termination_grace,
            "securityContext": _pod_security(options),
            "containers": [_container(program, options)],
        },
    }
    _add_placement(made, options)
    return made


def pod_name(name: TryName) -> str:
    """A DNS label, the same for the same try: what was created once is not created again."""
    readable = re.sub(r"[^a-z0-9]+", "-", f"{name.dag_id}-{name.task_id}".lower()).strip("-") or "task"
    whole = "\0".join((name.dag_id, name.run_id, name.task_id, str(name.try_number)))
    end = hashlib.sha256(whole.encode()).hexdigest()[:12]
    return f"{readable[: _LONGEST_NAME - len(end) - 1].rstrip('-')}-{end}"


def labels(name: TryName, options: PodOptions) -> dict[str, str]:
    identity = {
        "dag_id": name.dag_id,
        "task_id": name.task_id,
        "run_id": name.run_id,
        "try_number": str(name.try_number),
    }
    found = {label: label_value(value) for label, value in identity.items()}
    return {"app.kubernetes.io/part-of": "mainstem", **options.labels, **found}


def label_value(text: str) -> str:
    """`text` as a label may hold it; by Airflow's rule, so that one selector finds the pods of both."""
    safe = re.sub(r"^[^a-z0-9A-Z]*|[^a-zA-Z0-9_\-.]|[^a-z0-9A-Z]*$", "", text)
    if len(safe) > _LONGEST_LABEL or safe != text:
        end = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:_LABEL_HASH]
        safe = f"{safe[: _LONGEST_LABEL - _LABEL_HASH - 1]}-{end}".lstrip("-")
    return safe


def literal(text: str) -> str:
    """`text` as Kubernetes reads it literally: in arguments and values it makes `$` of `$$`, and of
    `$(NAME)` the variable. A lone `$` is one to it."""
    return text.replace("$", "$$") if "$$" in text or "$(" in text else text


def as_read(text: str) -> str:
    """What `literal` was given."""
    return text.replace("$$", "$")


def _container(program: Program, options: PodOptions) -> Container:
    made: Container = {
        "name": CONTAINER,
        "image": program.image,
        "command": [literal(argument) for argument in program.argv],
        "env": _environment(program, options),
        "securityContext": {"allowPrivilegeEscalation": False},
    }
    if resources := _requirements(program.resources):
        made["resources"] = resources
    if program.working_dir:
        made["workingDir"] = program.working_dir
    if options.image_pull_policy:
        made["imagePullPolicy"] = options.image_pull_policy
    return made


def _environment(program: Program, options: PodOptions) -> list[EnvVar]:
    plain: list[EnvVar] = [
        {"name": name, "value": literal(value)} for name, value in program.environment.items()
    ]
    secret: list[EnvVar] = [
        {
            "name": name,
            "valueFrom": {"secretKeyRef": {"name": f"{options.secrets_prefix}{ref.name}", "key": ref.key}},
        }
        for name, ref in program.secret_environment.items()
    ]
    return [*plain, *secret]


def _requirements(resources: Resources) -> ResourceRequirements:
    made: ResourceRequirements = {}
    requests = {"cpu": resources.cpu_request, "memory": resources.memory_request}
    limits = {"cpu": resources.cpu_limit, "memory": resources.memory_limit}
    if any(requests.values()):
        made["requests"] = {name: quantity for name, quantity in requests.items() if quantity}
    if any(limits.values()):
        made["limits"] = {name: quantity for name, quantity in limits.items() if quantity}
    return made


def _pod_security(options: PodOptions) -> PodSecurityContext:
    made: PodSecurityContext = {"seccompProfile": {"type": "RuntimeDefault"}}
    if options.run_as_non_root:
        made["runAsNonRoot"] = True
    if options.run_as_user is not None:
        made["runAsUser"] = options.run_as_user
    return made


def _add_placement(made: Pod, options: PodOptions) -> None:
    if options.namespace:
        made["metadata"]["namespace"] = options.namespace
    if options.annotations:
        made["metadata"]["annotations"] = dict(options.annotations)
    if options.service_account_name:
        made["spec"]["serviceAccountName"] = options.service_account_name
    if options.image_pull_secrets:
        made["spec"]["imagePullSecrets"] = [{"name": name} for name in options.image_pull_secrets]
    if options.node_selector:
        made["spec"]["nodeSelector"] = dict(options.node_selector)
    if options.priority_class_name:
        made["spec"]["priorityClassName"] = options.priority_class_name
