"""What the API server refuses of a pod before it is one; only the rules that pods of tasks can break."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from mainstem.testing.pods.refusals import Refused, bad_request, invalid

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_KEY = re.compile(r"([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_LABEL = re.compile(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")
_CONTAINER = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_ENV_NAME = re.compile(r"[ -<>-~]+")
_QUANTITY = re.compile(r"([+-]?[0-9.]+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]+)?")
_SUFFIXES = {"": Decimal(1), "m": Decimal("0.001"), "k": Decimal(1000)}
_SUFFIXES |= {letter: Decimal(1000) ** (power + 2) for power, letter in enumerate("MGTPE")}
_SUFFIXES |= {f"{letter}i": Decimal(1024) ** (power + 1) for power, letter in enumerate("KMGTPE")}
_UNSUPPORTED = ("initContainers", "ephemeralContainers", "volumes")


def quantity(text: str) -> Decimal:
    """`500m` → 0.5, `64Mi` → 67108864. Raises ValueError."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    number, suffix = found[1], found[2] or ""
    try:
        if suffix[:1] in ("e", "E") and suffix != "E" and suffix != "Ei":
            return Decimal(number + suffix)
        return Decimal(number) * _SUFFIXES[suffix]
    except InvalidOperation as error:
        raise ValueError(text) from error


def check(pod: dict[str, Any]) -> None:
    """Raises Refused with 400 or 422, naming the first field that is wrong."""
    if pod.get("kind", "Pod") != "Pod" or pod.get("apiVersion", "v1") != "v1":
        raise bad_request("the object provided is unrecognized (must be of type Pod)")
    metadata, spec = pod.get("metadata") or {}, pod.get("spec") or {}
    name = str(metadata.get("name") or "")
    if not _NAME.fullmatch(name) or len(name) > 253:
        raise invalid(name, "metadata.name", f'Invalid value: "{name}": a lowercase RFC 1123 subdomain')
    _check_labels(name, metadata.get("labels") or {})
    for field in _UNSUPPORTED:
        if spec.get(field):
            raise Refused(501, "NotImplemented", f"this pods API does not run {field}")
    containers = spec.get("containers") or []
    if not containers:
        raise invalid(name, "spec.containers", "Required value")
    if spec.get("restartPolicy", "Always") != "Never":
        raise Refused(501, "NotImplemented", "this pods API runs only pods with restartPolicy Never")
    for number, container in enumerate(containers):
        _check_container(name, f"spec.containers[{number}]", container)


def _check_labels(name: str, labels: dict[str, Any]) -> None:
    for key, value in labels.items():
        if not _LABEL_KEY.fullmatch(key):
            raise invalid(name, "metadata.labels", f'Invalid value: "{key}": a qualified name')
        if not isinstance(value, str):
            raise bad_request(
                "json: cannot unmarshal into Go struct field ObjectMeta.metadata.labels of string"
            )
        if not _LABEL.fullmatch(value):
            raise invalid(name, "metadata.labels", f'Invalid value: "{value}": a valid label')


def _check_container(pod: str, path: str, container: dict[str, Any]) -> None:
    name = container.get("name") or ""
    if not _CONTAINER.fullmatch(name):
        raise invalid(pod, f"{path}.name", f'Invalid value: "{name}": a lowercase RFC 1123 label')
    if not container.get("image"):
        raise invalid(pod, f"{path}.image", "Required value")
    for number, variable in enumerate(container.get("env") or []):
        _check_variable(pod, f"{path}.env[{number}]", variable)
    _check_resources(pod, f"{path}.resources", container.get("resources") or {})


def _check_variable(pod: str, path: str, variable: dict[str, Any]) -> None:
    name = variable.get("name") or ""
    if not _ENV_NAME.fullmatch(name):
        raise invalid(pod, f"{path}.name", f'Invalid value: "{name}"')
    if variable.get("value") and variable.get("valueFrom"):
        raise invalid(pod, f"{path}.valueFrom", "may not be specified when `value` is not empty")
    if not isinstance(variable.get("value") or "", str):
        raise bad_request("json: cannot unmarshal into Go struct field EnvVar.env.value of type string")


def _check_resources(pod: str, path: str, resources: dict[str, Any]) -> None:
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    amounts: dict[tuple[str, str], Decimal] = {}
    for group, wanted in (("limits", limits), ("requests", requests)):
        for key, text in wanted.items():
            try:
                amounts[group, key] = quantity(str(text))
            except ValueError as error:
                raise bad_request(f"{path}.{group}.{key}: {text!r} is no quantity") from error
    for key in requests:
        if key in limits and amounts["requests", key] > amounts["limits", key]:
            message = f'Invalid value: "{requests[key]}": must be less than or equal to {key} limit'
            raise invalid(pod, f"{path}.requests", message)
