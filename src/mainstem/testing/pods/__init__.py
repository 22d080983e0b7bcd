"""A pods API for tests: the part of Kubernetes that runs pods of tasks, with containers as processes.

Promise: an official client, and KubernetesPodOperator, cannot tell it from a cluster by what they ask; and
what a program truly ended with can always be asked of it, whatever a fault made the API say. It is no control
plane: this checks a contract, not a cluster.
"""

from __future__ import annotations

from mainstem.testing.pods.cluster import Cluster, Image
from mainstem.testing.pods.faults import BadAnswer, Faults, Trouble
from mainstem.testing.pods.pod import Pod
from mainstem.testing.pods.server import PodsApi, pods_api

__all__ = ["BadAnswer", "Cluster", "Faults", "Image", "Pod", "PodsApi", "Trouble", "pods_api"]
