"""Why a pod's try ended, in one line.

Promise: the words of the embedded runner where it has the same end, and never a pod's specification: that
holds every variable of the task.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow.providers.cncf.kubernetes.kubernetes_helper_functions import PodLaunchFailedException
from airflow.providers.cncf.kubernetes.utils.container import get_container_status
from airflow.providers.cncf.kubernetes.utils.pod_manager import (
    PodLaunchTimeoutException,
    PodNotFoundException,
)
from kubernetes.client.exceptions import ApiException

if TYPE_CHECKING:
    from kubernetes.client.models import V1ContainerStateTerminated, V1Pod

GONE = "lost: its pod is gone"
_NEVER_RAN = (PodLaunchFailedException, PodLaunchTimeoutException)
_LONGEST = 500


def terminated(pod: V1Pod | None, container: str) -> V1ContainerStateTerminated | None:
    status = get_container_status(pod, container) if pod else None
    return status.state.terminated if status and status.state else None


def of_container(pod: V1Pod | None, container: str) -> str:
    """Of a pod that has ended, or is about to be."""
    end = terminated(pod, container)
    if end is not None:
        if end.reason == "OOMKilled":
            return "killed: out of memory"
        if end.reason in ("StartError", "ContainerCannotRun"):
            return f"not started: {_short(end.message or end.reason)}"
        if end.exit_code:
            return f"exit {end.exit_code}"
    status = pod.status if pod else None
    if status is not None and status.reason:
        return _short(f"{status.reason}: {status.message or ''}".rstrip(": "))
    return f"lost: its pod was {status.phase if status else 'gone'}"


def of_exception(e: BaseException) -> str:
    """Of what Airflow or Kubernetes' client raised."""
    if isinstance(e, ApiException):
        return of_answer(e)
    if isinstance(e, PodNotFoundException):
        return GONE
    words = _short(str(e) or type(e).__name__)
    if isinstance(e, _NEVER_RAN) or words.startswith("Image cannot be pulled"):
        return f"not started: {words}"
    return words


def of_answer(e: ApiException) -> str:
    """What Kubernetes said; without the headers and the body that the exception prints."""
    if e.status == 404:
        return GONE
    try:
        said = json.loads(e.body or "{}").get("message", "")
    except (ValueError, AttributeError):
        said = ""
    return _short(f"Kubernetes answered {e.status} {e.reason}: {said}".rstrip(": "))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
