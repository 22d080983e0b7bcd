"""A pod as the cluster keeps it: the object that the API shows, and what is running of it."""

from __future__ import annotations

import threading
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from mainstem.testing.pods.container import Container

FINAL = frozenset({"Succeeded", "Failed"})


def moment(at: datetime | None = None) -> str:
    """As objects of Kubernetes write it: UTC, whole seconds."""
    return (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Pod:
    """`manifest` is what was posted, with defaults and status; change it only under the cluster's lock."""

    manifest: dict[str, Any]
    containers: dict[str, Container] = field(default_factory=dict)
    unknown: bool = False
    """Its node does not answer: the phase shows as `Unknown` and no log can be read."""
    removed: bool = False
    deleting: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def accepted(cls, posted: dict[str, Any], namespace: str) -> Pod:
        manifest = deepcopy(posted)
        manifest["kind"], manifest["apiVersion"] = "Pod", "v1"
        metadata = manifest["metadata"]
        metadata |= {"namespace": namespace, "uid": str(uuid4()), "creationTimestamp": moment()}
        manifest["spec"].setdefault("terminationGracePeriodSeconds", 30)
        manifest["status"] = {"phase": "Pending", "qosClass": "BestEffort"}
        return cls(manifest)

    @property
    def name(self) -> str:
        return str(self.manifest["metadata"]["name"])

    @property
    def namespace(self) -> str:
        return str(self.manifest["metadata"]["namespace"])

    @property
    def labels(self) -> dict[str, str]:
        return self.manifest["metadata"].get("labels") or {}

    @property
    def task(self) -> str:
        return self.labels.get("task_id", "")

    @property
    def phase(self) -> str:
        return str(self.manifest["status"]["phase"])

    @property
    def grace(self) -> float:
        return float(self.manifest["spec"]["terminationGracePeriodSeconds"])

    @property
    def has_spoken(self) -> bool:
        """A line of its log can be read, and its status says that it started."""
        return self.phase != "Pending" and any(container.lines for container in self.containers.values())

    @property
    def exit_codes(self) -> tuple[int | None, ...]:
        """What its programs truly ended with, whatever the API says; None while one runs."""
        exits = [container.exit for container in self.containers.values()]
        return tuple(found.exit_code if found else None for found in exits)

    def shown(self) -> dict[str, Any]:
        """What a GET answers."""
        copied = deepcopy(self.manifest)
        if self.unknown:
            copied["status"] |= {"phase": "Unknown", "reason": "NodeLost"}
        return copied
