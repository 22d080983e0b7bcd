"""Tries as Podman containers: the pod that Kubernetes would run, on this machine.

Promise: a task that runs here runs there. What a pod's specification asks for that Podman cannot do is
refused, never left out.
"""

from __future__ import annotations

from mainstem.orchestrate.podman.runtime import PodmanRuntime
from mainstem.orchestrate.podman.settings import PodmanSettings

__all__ = ["PodmanRuntime", "PodmanSettings"]
