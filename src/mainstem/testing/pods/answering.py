"""What the API does for each request about pods: JSON in, JSON out, Refused for the rest."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.testing.pods.kubelet import run_pod
from mainstem.testing.pods.refusals import Refused, bad_request, invalid, not_found
from mainstem.testing.pods.selectors import selects, selects_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.testing.pods.cluster import Cluster, Kind
    from mainstem.testing.pods.faults import Call
    from mainstem.testing.pods.pod import Pod


@dataclass(frozen=True)
class Asked:
    """One request, taken apart. `path`: what follows `/api/v1/namespaces/`, split."""

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    body: Any = None

    @property
    def call(self) -> Call | None:
        """Which of the calls that faults can strike; None for watches and what is not known."""
        match self.method, self.path:
            case "POST", (_, "pods"):
                return "create"
            case "GET", (_, "pods"):
                return "list"
            case "GET", (_, "pods", _):
                return "get"
            case "GET", (_, "pods", _, "log"):
                return "log"
            case "GET", (_, "events"):
                return "events"
            case "PATCH", (_, "pods", _):
                return "patch"
            case "DELETE", (_, "pods", _):
                return "delete"
        return None

    def says(self, name: str) -> bool:
        """Of a switch in the query; Python's clients write `True`."""
        return self.query.get(name) in ("true", "True", "1")

    def selects(self, thing: Mapping[str, Any]) -> bool:
        labels = thing["metadata"].get("labels") or {}
        by_field = selects_fields(self.query.get("fieldSelector", ""), thing)
        return by_field and selects(self.query.get("labelSelector", ""), labels)


def pod_meant(cluster: Cluster, asked: Asked) -> Pod | None:
    """The pod that a request is about, where it names one that was ever there."""
    name = asked.path[2] if len(asked.path) > 2 else ""
    if asked.call == "events":
        name = asked.query.get("fieldSelector", "").removeprefix("involvedObject.name=")
    return next((pod for pod in cluster.history if pod.name == name), None)


def answer(cluster: Cluster, asked: Asked) -> tuple[int, dict[str, Any]]:
    """Status and object. Raises Refused."""
    match asked.method, asked.path:
        case "POST", (namespace, "pods"):
            return 201, _create(cluster, namespace, asked.body)
        case "GET", (namespace, "pods" | "events" as kind):
            return 200, _list(cluster, namespace, kind, asked)
        case "GET", (namespace, "pods", name):
            return 200, cluster.find(namespace, name).shown()
        case "GET", (namespace, "secrets", name):
            return 200, _secret(cluster, namespace, name)
        case "PATCH", (namespace, "pods", name):
            return 200, _patch(cluster, namespace, name, asked.body)
        case "DELETE", (namespace, "pods", name):
            return 200, _delete(cluster, namespace, name, asked)
    raise not_found("path", "/".join(asked.path))


def things(cluster: Cluster, namespace: str, kind: Kind) -> list[dict[str, Any]]:
    if kind == "events":
        return cluster.events(namespace)
    return [pod.shown() for pod in cluster.all_pods(namespace)]


def _secret(cluster: Cluster, namespace: str, name: str) -> dict[str, Any]:
    if name not in cluster.secrets:
        raise not_found("secrets", name)
    data = {key: b64encode(value.encode()).decode() for key, value in cluster.secrets[name].items()}
    metadata = {"name": name, "namespace": namespace}
    return {"kind": "Secret", "apiVersion": "v1", "type": "Opaque", "metadata": metadata, "data": data}


def _create(cluster: Cluster, namespace: str, body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise bad_request("the body of the request was empty or no object")
    pod = cluster.create(namespace, body)
    shown = pod.shown()
    run_pod(cluster, pod)
    return shown


def _list(cluster: Cluster, namespace: str, kind: Kind, asked: Asked) -> dict[str, Any]:
    version = cluster.version()
    chosen = [thing for thing in things(cluster, namespace, kind) if asked.selects(thing)]
    named = {"pods": "PodList", "events": "EventList"}[kind]
    return {"kind": named, "apiVersion": "v1", "metadata": {"resourceVersion": version}, "items": chosen}


def _patch(cluster: Cluster, namespace: str, name: str, body: Any) -> dict[str, Any]:
    pod = cluster.find(namespace, name)
    if not isinstance(body, dict):
        raise Refused(415, "UnsupportedMediaType", "this pods API knows merge patches only")
    if set(body) - {"metadata", "kind", "apiVersion"}:
        raise invalid(name, "spec", "Forbidden: pod updates may not change fields other than metadata")
    cluster.update(pod, lambda manifest: _merge(manifest, body))
    return pod.shown()


def _merge(target: dict[str, Any], patch: dict[str, Any]) -> None:
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict):
            _merge(target.setdefault(key, {}), value)
        else:
            target[key] = value


def _delete(cluster: Cluster, namespace: str, name: str, asked: Asked) -> dict[str, Any]:
    pod = cluster.find(namespace, name)
    options = asked.body if isinstance(asked.body, dict) else {}
    given = asked.query.get("gracePeriodSeconds", options.get("gracePeriodSeconds"))
    cluster.ask_to_end(pod, None if given is None else float(given))
    return pod.shown()


def parse_body(content: bytes) -> Any:
    """Raises Refused with 400."""
    if not content:
        return None
    try:
        return json.loads(content)
    except ValueError as error:
        raise bad_request(f"couldn't get version/kind; json parse error: {error}") from error
