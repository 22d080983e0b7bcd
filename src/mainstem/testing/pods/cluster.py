"""Pods in memory, the events about them, and the changes that watchers are told.

Promise: what Kubernetes keeps about versions: each change has a greater `resourceVersion` than all before,
and a watcher that names one is told everything after it. Nothing outlives the process.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from mainstem.testing.pods.checking import check
from mainstem.testing.pods.faults import Faults
from mainstem.testing.pods.pod import FINAL, Pod, moment
from mainstem.testing.pods.refusals import already_there, not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Kind = Literal["pods", "events"]


@dataclass(frozen=True)
class Image:
    """What an image brings: its entrypoint and environment. Its files are this machine's."""

    entrypoint: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: str = "/"


@dataclass(frozen=True)
class Change:
    version: int
    kind: Kind
    what: Literal["ADDED", "MODIFIED", "DELETED"]
    thing: dict[str, Any]


class Cluster:
    """`secrets`: name → key → value. `images`: what can be pulled. `history`: every pod there ever was."""

    def __init__(
        self,
        *,
        images: Mapping[str, Image],
        secrets: Mapping[str, Mapping[str, str]] | None = None,
        faults: Faults | None = None,
        namespaces: tuple[str, ...] = ("default",),
    ) -> None:
        self.images, self.secrets = images, secrets or {}
        self.faults, self.namespaces = faults or Faults(), namespaces
        self.history: list[Pod] = []
        self.changed = threading.Condition(threading.RLock())
        self.closed = False
        self._pods: dict[tuple[str, str], Pod] = {}
        self._events: list[dict[str, Any]] = []
        self._changes: list[Change] = []
        self._version = 1

    def create(self, namespace: str, posted: dict[str, Any]) -> Pod:
        """A new pod, Pending. Raises Refused."""
        if namespace not in self.namespaces:
            raise not_found("namespaces", namespace)
        check(posted)
        pod = Pod.accepted(posted, namespace)
        with self.changed:
            if (namespace, pod.name) in self._pods:
                raise already_there(pod.name)
            self._pods[namespace, pod.name] = pod
            self.history.append(pod)
            self._tell("pods", "ADDED", pod.manifest)
        return pod

    def find(self, namespace: str, name: str) -> Pod:
        with self.changed:
            pod = self._pods.get((namespace, name))
        if pod is None:
            raise not_found("pods", name)
        return pod

    def all_pods(self, namespace: str) -> list[Pod]:
        with self.changed:
            return [pod for pod in self._pods.values() if pod.namespace == namespace]

    def events(self, namespace: str) -> list[dict[str, Any]]:
        with self.changed:
            return [event for event in self._events if event["metadata"]["namespace"] == namespace]

    def update(self, pod: Pod, change: Callable[[dict[str, Any]], None]) -> None:
        """Change a pod's object by `change`, unless it is gone."""
        with self.changed:
            if pod.removed:
                return
            change(pod.manifest)
            self._tell("pods", "MODIFIED", pod.manifest)

    def remove(self, pod: Pod) -> None:
        """Take it out at once; what it runs is another's to end."""
        with self.changed:
            if self._pods.pop((pod.namespace, pod.name), None) is None:
                return
            pod.removed = True
            self._tell("pods", "DELETED", pod.manifest)

    def ask_to_end(self, pod: Pod, grace: float | None) -> None:
        """What DELETE does: a finished pod is gone, another is marked and ended by its kubelet."""
        if pod.phase in FINAL and not pod.manifest["metadata"].get("deletionTimestamp"):
            self.remove(pod)
            return
        seconds = pod.grace if grace is None else grace

        def mark(manifest: dict[str, Any]) -> None:
            manifest["metadata"].setdefault("deletionTimestamp", moment())
            manifest["metadata"]["deletionGracePeriodSeconds"] = int(seconds)
            manifest["spec"]["terminationGracePeriodSeconds"] = seconds

        self.update(pod, mark)
        pod.deleting.set()

    def tell_event(self, pod: Pod, reason: str, message: str, *, warning: bool = False) -> None:
        with self.changed:
            number = len(self._events)
            event = {
                "kind": "Event",
                "apiVersion": "v1",
                "metadata": {
                    "name": f"{pod.name}.{number:x}",
                    "namespace": pod.namespace,
                    "uid": f"event-{number}",
                    "creationTimestamp": moment(),
                },
                "involvedObject": {
                    "kind": "Pod",
                    "namespace": pod.namespace,
                    "name": pod.name,
                    "uid": pod.manifest["metadata"]["uid"],
                    "fieldPath": "spec.containers{base}",
                },
                "reason": reason,
                "message": message,
                "type": "Warning" if warning else "Normal",
                "firstTimestamp": moment(),
                "lastTimestamp": moment(),
                "count": 1,
                "source": {"component": "kubelet"},
            }
            self._events.append(event)
            self._tell("events", "ADDED", event)

    def touch(self) -> None:
        """Wake whoever waits: a log has grown, a container has ended."""
        with self.changed:
            self.changed.notify_all()

    def version(self) -> str:
        with self.changed:
            return str(self._version)

    def changes_after(self, version: int, kind: Kind) -> list[Change]:
        with self.changed:
            return [change for change in self._changes if change.version > version and change.kind == kind]

    def wait_until(self, holds: Callable[[], object], seconds: float = 60.0) -> None:
        """Until `holds()`, which may ask the API; looked at after each change. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while not holds():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"still not so after {seconds:.0f} s")
            with self.changed:
                self.changed.wait(min(left, 0.1))

    def close(self) -> None:
        """End every container and every stream."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()
            pods = list(self.history)
        for pod in pods:
            pod.deleting.set()
            for container in pod.containers.values():
                if container.exit is None:
                    container.kill()
        for pod in pods:
            for container in pod.containers.values():
                container.wait()

    def _tell(self, kind: Kind, what: Literal["ADDED", "MODIFIED", "DELETED"], thing: dict[str, Any]) -> None:
        self._version += 1
        thing["metadata"]["resourceVersion"] = str(self._version)
        self._changes.append(Change(self._version, kind, what, _copy(thing)))
        self.changed.notify_all()


def _copy(thing: dict[str, Any]) -> dict[str, Any]:
    return {key: _copy(value) if isinstance(value, dict) else value for key, value in thing.items()}
